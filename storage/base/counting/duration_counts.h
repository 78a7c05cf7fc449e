// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_BASE_COUNTING_DURATION_COUNTS_H_
#define ROWAN_STORAGE_BASE_COUNTING_DURATION_COUNTS_H_

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace rowan {

// Upper bounds in nanoseconds; what is above them counts only in the total.
// Thirteen steps from below a cached read to above a bad day.
inline constexpr std::array<int64_t, 13> kDurationBoundsNs = {
    50'000,      100'000,       250'000,       500'000,    1'000'000,
    2'500'000,   5'000'000,     10'000'000,    25'000'000, 100'000'000,
    250'000'000, 1'000'000'000, 10'000'000'000};
inline constexpr size_t kDurationBuckets = kDurationBoundsNs.size() + 1;

// The first bucket whose bound is not below `ns`.
inline size_t DurationBucket(int64_t ns) {
  return static_cast<size_t>(
      std::lower_bound(kDurationBoundsNs.begin(), kDurationBoundsNs.end(), ns) -
      kDurationBoundsNs.begin());
}

// How often something took how long. A plain value.
struct DurationCounts {
  std::array<uint64_t, kDurationBuckets> by_duration{};  // last: above all
  uint64_t total_ns = 0;

  void Add(int64_t ns) {
    ++by_duration[DurationBucket(ns)];
    total_ns += static_cast<uint64_t>(std::max<int64_t>(ns, 0));
  }
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_BASE_COUNTING_DURATION_COUNTS_H_
