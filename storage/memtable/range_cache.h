// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MEMTABLE_RANGE_CACHE_H_
#define ROWAN_STORAGE_MEMTABLE_RANGE_CACHE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "storage/base/memory_budget.h"
#include "storage/base/mutex.h"
#include "storage/memtable/range_deletions.h"
#include "storage/memtable/wide_row.h"

namespace rowan {

// Some range tombstones of a wide row in order: those numbered from the end of
// the run before it to `end`.
struct RangeRun {
  std::shared_ptr<const RangeDeletions> changes;
  uint32_t tombstones = 0;
  uint32_t end = 0;
};

// The range tombstones of a memtable's wide rows, each sorted once and kept for
// all readers. A wide row's are runs, oldest first, each at least twice as
// large as the next is at its making: a tombstone is merged O(log n) times in
// all, and there are O(log n) runs, however reads and writes alternate. Only
// wide rows with at least `kept_min` of them are here.
//
// Thread-safe; a lock is held for copies of pointers. Charged to the budget: 64
// bytes a tombstone at most.
class RangeCache {
 public:
  // `kept_min` is at least 1.
  RangeCache(MemoryBudget* budget, uint32_t kept_min)
      : kept_min_(kept_min), bytes_{.budget = budget} {}

  // What `version` shows of `wide_row`: runs, and in `rest` what no run holds,
  // fewer than `kept_min`. Cost: O(runs) + O(new tombstones * log n),
  // amortised.
  std::vector<RangeRun> Read(const WideRow& wide_row, WideRowVersion version,
                             RangeDeletions* rest);

  int64_t memory_bytes() const {
    return bytes_.used.load(std::memory_order_relaxed);
  }

 private:
  struct Bytes {
    MemoryBudget* const budget;
    std::atomic<int64_t> used{0};
    void Add(int64_t bytes);
  };

  std::vector<RangeRun> KeptFor(const WideRow& wide_row) ROWAN_EXCLUDES(mutex_);
  void Keep(const WideRow& wide_row, std::vector<RangeRun> runs)
      ROWAN_EXCLUDES(mutex_);
  std::shared_ptr<const RangeDeletions> Charged(RangeDeletions changes);

  const uint32_t kept_min_;
  Bytes bytes_;  // outlives the runs below
  Mutex mutex_;
  absl::flat_hash_map<const WideRow*, std::vector<RangeRun>> kept_
      ROWAN_GUARDED_BY(mutex_);
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_MEMTABLE_RANGE_CACHE_H_
