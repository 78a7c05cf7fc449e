// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_SIZE_HISTOGRAM_H_
#define ROWAN_STORAGE_SSTABLE_SIZE_HISTOGRAM_H_

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace rowan {

// How many things are how large, in powers of two: bucket 0 counts zeros,
// bucket b the sizes from 2^(b-1) to 2^b - 1. A plain value.
struct SizeHistogram {
  static constexpr size_t kBucketsMax = 65;

  std::vector<uint64_t> counts;  // up to the last bucket that is not empty
  uint64_t largest = 0;          // exact

  void Add(uint64_t size) {
    const auto bucket = static_cast<size_t>(std::bit_width(size));
    if (bucket >= counts.size()) counts.resize(bucket + 1);
    ++counts[bucket];
    largest = std::max(largest, size);
  }

  // The smallest and the largest size that a bucket counts.
  static uint64_t First(size_t bucket) {
    return bucket == 0 ? 0 : uint64_t{1} << (bucket - 1);
  }
  static uint64_t Last(size_t bucket) {
    return bucket == 0 ? 0 : First(bucket) + (First(bucket) - 1);
  }

  friend bool operator==(const SizeHistogram&, const SizeHistogram&) = default;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_SIZE_HISTOGRAM_H_
