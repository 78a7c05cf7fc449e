// SPDX-License-Identifier: Apache-2.0
#include "storage/model/numbers/gmp_number.h"

#include <algorithm>

namespace rowan {
namespace {

// 2^(8 bytes): what two's complement adds to a negative number.
void SetPowerOf256(size_t bytes, GmpNumber* number) {
  mpz_set_ui(number->z, 1);
  mpz_mul_2exp(number->z, number->z, 8 * bytes);
}

}  // namespace

void GmpNumber::Import(std::string_view integer) {
  mpz_import(z, integer.size(), 1, 1, 0, 0, integer.data());
  if (static_cast<signed char>(integer[0]) < 0) {
    GmpNumber wrap;
    SetPowerOf256(integer.size(), &wrap);
    mpz_sub(z, z, wrap.z);
  }
}

std::string GmpNumber::Export() const {
  GmpNumber magnitude;  // has as many bits as the two's complement without sign
  if (mpz_sgn(z) < 0) {
    mpz_com(magnitude.z, z);
  } else {
    mpz_set(magnitude.z, z);
  }
  const size_t size = mpz_sizeinbase(magnitude.z, 2) / 8 + 1;
  if (mpz_sgn(z) < 0) {
    SetPowerOf256(size, &magnitude);
    mpz_add(magnitude.z, magnitude.z, z);
  }
  std::string bytes(size, '\0');
  size_t written = 0;
  mpz_export(bytes.data(), &written, 1, 1, 0, 0, magnitude.z);
  // Export writes no leading zeros; move what it wrote to the end.
  std::rotate(bytes.begin(), bytes.begin() + static_cast<long>(written),
              bytes.end());
  return bytes;
}

}  // namespace rowan
