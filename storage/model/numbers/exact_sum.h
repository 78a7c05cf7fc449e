// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_NUMBERS_EXACT_SUM_H_
#define ROWAN_STORAGE_MODEL_NUMBERS_EXACT_SUM_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace rowan {

struct GmpNumber;

// A sum of whole numbers (scale 0) or of decimals (unscaled * 10^-scale),
// without rounding. Its scale is 0 at first and then the largest that was
// added, as Java's BigDecimal has it.
//
// Thread-compatible. Adding numbers of equal scale is linear in their bytes.
class ExactSum {
 public:
  // Of the unscaled sum.
  static constexpr size_t kBytesMax = 65'535;

  ExactSum();
  ExactSum(ExactSum&&) noexcept;
  ExactSum& operator=(ExactSum&&) noexcept;
  ~ExactSum();

  void Add(int64_t number);
  // Big-endian two's complement, not empty. False when the unscaled sum would
  // take more than kBytesMax; the sum is then as before.
  [[nodiscard]] bool Add(std::string_view unscaled, int32_t scale);

  int32_t scale() const { return scale_; }
  std::string unscaled() const;  // the shortest form

  // The double nearest to sum / count, ties to even. REQUIRES: scale() is 0,
  // count > 0.
  double DoubleAverage(uint64_t count) const;
  // sum / count with `digits` more digits behind the point than the sum has,
  // rounded half to even: its unscaled number. REQUIRES: count > 0.
  std::string AverageUnscaled(uint64_t count, uint32_t digits) const;

 private:
  std::unique_ptr<GmpNumber> sum_;
  int32_t scale_ = 0;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_NUMBERS_EXACT_SUM_H_
