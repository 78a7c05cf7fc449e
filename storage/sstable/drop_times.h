// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_DROP_TIMES_H_
#define ROWAN_STORAGE_SSTABLE_DROP_TIMES_H_

#include <cstddef>
#include <cstdint>
#include <map>

namespace rowan {

// When tombstones were written and when what expires does, by spans of a day.
// With more than kSpansMax of them the spans double, so that neither the
// writer's memory nor the file grows with the range of TTLs. A plain value.
struct DropTimes {
  static constexpr uint32_t kDay = 24 * 3600;
  // Over a year of days; at most two kilobytes in the file.
  static constexpr size_t kSpansMax = 400;

  uint32_t span_s = kDay;
  // First second of a span (a multiple of span_s, since 1970) -> how many.
  std::map<uint32_t, uint64_t> counts;

  void Add(uint32_t second) {
    ++counts[second - second % span_s];
    while (counts.size() > kSpansMax) Coarsen();
  }
  // Those whose whole span is before `second`.
  uint64_t CountBefore(int64_t second) const {
    uint64_t sum = 0;
    for (const auto& [first, count] : counts) {
      if (int64_t{first} + span_s <= second) sum += count;
    }
    return sum;
  }

  friend bool operator==(const DropTimes&, const DropTimes&) = default;

 private:
  void Coarsen() {
    span_s *= 2;
    std::map<uint32_t, uint64_t> coarser;
    for (const auto& [first, count] : counts) {
      coarser[first - first % span_s] += count;
    }
    counts.swap(coarser);
  }
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_DROP_TIMES_H_
