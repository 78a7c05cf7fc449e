// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_STATE_READ_COUNTERS_H_
#define ROWAN_STORAGE_ENGINE_STATE_READ_COUNTERS_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "storage/base/counting/per_core.h"
#include "storage/base/read_stats.h"

namespace rowan {

// Upper bounds of the number of SSTables that a page consulted. Leveled tables
// stay in the first half; past 32 compaction has fallen behind.
inline constexpr std::array<uint64_t, 7> kSSTablesPerReadBounds = {0, 1,  2, 4,
                                                                   8, 16, 32};

// What reads cost since the engine was opened.
struct ReadTotals {
  // Pages by SSTables consulted; the last: above all bounds.
  std::array<uint64_t, kSSTablesPerReadBounds.size() + 1> by_sstables{};
  uint64_t sstables = 0;
  uint64_t tombstones = 0;
  // SSTables that a read by key looked into for nothing: filter and token range
  // had said maybe.
  uint64_t filter_false_positives = 0;

  uint64_t pages() const {
    uint64_t sum = 0;
    for (const uint64_t count : by_sstables) sum += count;
    return sum;
  }
};

// Counts pages as they end. Thread-safe; a page costs one relaxed add on a line
// of this core, and one for each figure that is not zero.
class ReadCounters {
 public:
  void Add(const ReadStats& page, bool by_key) {
    Counts& mine = counts_.Mine();
    const auto bucket =
        std::lower_bound(kSSTablesPerReadBounds.begin(),
                         kSSTablesPerReadBounds.end(), page.sstables) -
        kSSTablesPerReadBounds.begin();
    Add(mine.by_sstables[static_cast<size_t>(bucket)], 1);
    Add(mine.sstables, page.sstables);
    Add(mine.tombstones, page.tombstones);
    if (by_key) Add(mine.filter_false_positives, page.sstable_misses);
  }

  ReadTotals Totals() const {
    ReadTotals totals;
    counts_.ForEach([&totals](const Counts& core) {
      for (size_t i = 0; i < totals.by_sstables.size(); ++i) {
        totals.by_sstables[i] += core.by_sstables[i].load();
      }
      totals.sstables += core.sstables.load();
      totals.tombstones += core.tombstones.load();
      totals.filter_false_positives += core.filter_false_positives.load();
    });
    return totals;
  }

 private:
  using Count = std::atomic<uint64_t>;
  struct Counts {
    std::array<Count, kSSTablesPerReadBounds.size() + 1> by_sstables{};
    Count sstables{0}, tombstones{0}, filter_false_positives{0};
  };
  static void Add(Count& count, uint64_t by) {
    if (by != 0) count.fetch_add(by, std::memory_order_relaxed);
  }

  PerCore<Counts> counts_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_STATE_READ_COUNTERS_H_
