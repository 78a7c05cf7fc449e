// SPDX-License-Identifier: Apache-2.0
#include "storage/model/numbers/big_integer.h"

#include <algorithm>

#include "storage/model/numbers/gmp_number.h"

namespace rowan {

std::string IntegerToDigits(std::string_view integer) {
  GmpNumber number;
  number.Import(integer);
  std::string digits(mpz_sizeinbase(number.z, 10) + 2, '\0');
  mpz_get_str(digits.data(), 10, number.z);
  digits.resize(digits.find('\0'));
  return digits;
}

bool IntegerFromDigits(std::string_view digits, std::string* integer) {
  const bool plus = digits.starts_with('+');
  if (plus) digits.remove_prefix(1);
  const std::string text(digits);
  if (!plus && digits.starts_with('-')) digits.remove_prefix(1);
  const bool all_digits = std::all_of(digits.begin(), digits.end(), [](char c) {
    return c >= '0' && c <= '9';
  });
  if (digits.empty() || !all_digits) return false;
  GmpNumber number;
  if (mpz_set_str(number.z, text.c_str(), 10) != 0) return false;
  *integer = number.Export();
  return true;
}

}  // namespace rowan
