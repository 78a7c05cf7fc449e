// SPDX-License-Identifier: Apache-2.0
#include "storage/model/types/big_integer.h"

#include <gmp.h>

#include <algorithm>

namespace rowan {
namespace {

struct Number {
  Number() { mpz_init(z); }
  ~Number() { mpz_clear(z); }
  Number(const Number&) = delete;
  Number& operator=(const Number&) = delete;
  mpz_t z;
};

// 2^(8 bytes): what two's complement adds to a negative number.
void SetPowerOf256(size_t bytes, Number* number) {
  mpz_set_ui(number->z, 1);
  mpz_mul_2exp(number->z, number->z, 8 * bytes);
}

void Import(std::string_view integer, Number* number) {
  mpz_import(number->z, integer.size(), 1, 1, 0, 0, integer.data());
  if (static_cast<signed char>(integer[0]) < 0) {
    Number wrap;
    SetPowerOf256(integer.size(), &wrap);
    mpz_sub(number->z, number->z, wrap.z);
  }
}

std::string Export(const Number& number) {
  Number magnitude;  // has as many bits as the two's complement without sign
  if (mpz_sgn(number.z) < 0) {
    mpz_com(magnitude.z, number.z);
  } else {
    mpz_set(magnitude.z, number.z);
  }
  const size_t size = mpz_sizeinbase(magnitude.z, 2) / 8 + 1;
  if (mpz_sgn(number.z) < 0) {
    SetPowerOf256(size, &magnitude);
    mpz_add(magnitude.z, magnitude.z, number.z);
  }
  std::string bytes(size, '\0');
  size_t written = 0;
  mpz_export(bytes.data(), &written, 1, 1, 0, 0, magnitude.z);
  // Export writes no leading zeros; move what it wrote to the end.
  std::rotate(bytes.begin(), bytes.begin() + static_cast<long>(written),
              bytes.end());
  return bytes;
}

}  // namespace

std::string IntegerToDigits(std::string_view integer) {
  Number number;
  Import(integer, &number);
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
  Number number;
  if (mpz_set_str(number.z, text.c_str(), 10) != 0) return false;
  *integer = Export(number);
  return true;
}

}  // namespace rowan
