// SPDX-License-Identifier: Apache-2.0
#include "storage/model/numbers/exact_sum.h"

#include <cmath>

#include "storage/model/numbers/gmp_number.h"

namespace rowan {
namespace {

// Larger differences of scale make more digits than kBytesMax holds.
constexpr int64_t kScaleStepMax = int64_t{3} * ExactSum::kBytesMax;

// Bits of a quotient that are enough to round it to a double's 53.
constexpr int64_t kQuotientBits = 62;

size_t BytesOf(const GmpNumber& number) {
  return mpz_sizeinbase(number.z, 2) / 8 + 1;
}

// Whether number * 10^step was made and is not too large.
bool Scale(int64_t step, GmpNumber* number) {
  if (step == 0 || mpz_sgn(number->z) == 0) return true;
  if (step > kScaleStepMax) return false;
  GmpNumber power;
  mpz_ui_pow_ui(power.z, 10, static_cast<unsigned long>(step));
  mpz_mul(number->z, number->z, power.z);
  return BytesOf(*number) <= ExactSum::kBytesMax;
}

}  // namespace

ExactSum::ExactSum() : sum_(std::make_unique<GmpNumber>()) {}
ExactSum::ExactSum(ExactSum&&) noexcept = default;
ExactSum& ExactSum::operator=(ExactSum&&) noexcept = default;
ExactSum::~ExactSum() = default;

void ExactSum::Add(int64_t number) {
  if (number >= 0) {
    mpz_add_ui(sum_->z, sum_->z, static_cast<unsigned long>(number));
  } else {
    mpz_sub_ui(sum_->z, sum_->z, -static_cast<unsigned long>(number));
  }
}

bool ExactSum::Add(std::string_view unscaled, int32_t scale) {
  GmpNumber number;
  number.Import(unscaled);
  const int64_t step = int64_t{scale} - scale_;
  if (step <= 0) {
    if (!Scale(-step, &number)) return false;
    mpz_add(number.z, number.z, sum_->z);
  } else {
    GmpNumber sum;
    mpz_set(sum.z, sum_->z);
    if (!Scale(step, &sum)) return false;
    mpz_add(number.z, number.z, sum.z);
  }
  if (BytesOf(number) > kBytesMax) return false;
  mpz_swap(sum_->z, number.z);
  if (step > 0) scale_ = scale;
  return true;
}

std::string ExactSum::unscaled() const { return sum_->Export(); }

double ExactSum::DoubleAverage(uint64_t count) const {
  if (mpz_sgn(sum_->z) == 0) return 0;
  GmpNumber magnitude, rest;
  mpz_abs(magnitude.z, sum_->z);
  // Moved so that the quotient has kQuotientBits or one more; what is cut off
  // below leaves a sticky bit, and the conversion rounds once.
  GmpNumber divisor;
  mpz_set_ui(divisor.z, count);
  const int64_t shift = kQuotientBits +
                        static_cast<int64_t>(mpz_sizeinbase(divisor.z, 2)) -
                        static_cast<int64_t>(mpz_sizeinbase(magnitude.z, 2));
  if (shift > 0) {
    mpz_mul_2exp(magnitude.z, magnitude.z, static_cast<mp_bitcnt_t>(shift));
  } else {
    mpz_mul_2exp(divisor.z, divisor.z, static_cast<mp_bitcnt_t>(-shift));
  }
  GmpNumber quotient;
  mpz_tdiv_qr(quotient.z, rest.z, magnitude.z, divisor.z);
  uint64_t bits = mpz_get_ui(quotient.z);
  if (mpz_sgn(rest.z) != 0) bits |= 1;
  const double average =
      std::ldexp(static_cast<double>(bits), -static_cast<int>(shift));
  return mpz_sgn(sum_->z) < 0 ? -average : average;
}

std::string ExactSum::AverageUnscaled(uint64_t count, uint32_t digits) const {
  GmpNumber scaled, divisor, quotient, rest;
  mpz_ui_pow_ui(scaled.z, 10, digits);
  mpz_mul(scaled.z, scaled.z, sum_->z);
  mpz_set_ui(divisor.z, count);
  // Floor division: the rest lies in [0, count).
  mpz_fdiv_qr(quotient.z, rest.z, scaled.z, divisor.z);
  mpz_mul_2exp(rest.z, rest.z, 1);
  const int half = mpz_cmp(rest.z, divisor.z);
  if (half > 0 || (half == 0 && mpz_odd_p(quotient.z) != 0)) {
    mpz_add_ui(quotient.z, quotient.z, 1);
  }
  return quotient.Export();
}

}  // namespace rowan
