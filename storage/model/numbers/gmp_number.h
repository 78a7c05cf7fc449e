// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_NUMBERS_GMP_NUMBER_H_
#define ROWAN_STORAGE_MODEL_NUMBERS_GMP_NUMBER_H_

#include <gmp.h>

#include <string>
#include <string_view>

namespace rowan {

// A GMP integer that frees itself; seen by the .cc files of this folder only.
struct GmpNumber {
  GmpNumber() { mpz_init(z); }
  ~GmpNumber() { mpz_clear(z); }
  GmpNumber(const GmpNumber&) = delete;
  GmpNumber& operator=(const GmpNumber&) = delete;

  // Big-endian two's complement, not empty.
  void Import(std::string_view integer);
  // The shortest form.
  std::string Export() const;

  mpz_t z;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_NUMBERS_GMP_NUMBER_H_
