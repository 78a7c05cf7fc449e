// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MEMTABLE_MEMTABLE_H_
#define ROWAN_STORAGE_MEMTABLE_MEMTABLE_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "partitioner/partition_id.h"
#include "storage/base/memory_budget.h"
#include "storage/model/mutation.h"
#include "storage/model/row_iterator.h"

namespace rowan {

// The newest writes of one partition, in memory, in (token, partition key)
// order. One partition has one active memtable that takes inserts and any
// number of sealed ones on their way to SSTables.
//
// Ownership: its partition's view; freed whole, through the epoch domain, after
// its flush. Readers hold an epoch guard or a pinned view while they use it.
//
// Thread safety: any number of inserting and reading threads. Readers take no
// lock and never wait (but for pointers to sorted range tombstones, where a
// wide row has many: RangeCache). Everything inside one wide row is versioned:
// an iterator takes a wide row's version when it comes to it and shows exactly
// the mutations published by then, so a mutation of many rows is seen wholly or
// not at all.
//
// Memory comes from an arena, and that cache, charged to `budget`; an empty
// memtable holds under 1 KiB, its directory and chunks included.
class Memtable {
 public:
  // Range tombstones of a wide row are kept sorted from `kept_ranges_min` on.
  Memtable(PartitionId partition, MemoryBudget* budget,
           uint32_t kept_ranges_min = 64);
  ~Memtable();
  Memtable(const Memtable&) = delete;
  Memtable& operator=(const Memtable&) = delete;

  // Inserts the mutation whose header `reader` has just read, leaving `reader`
  // behind its last part. kUnavailable (IsBusy below) when another thread held
  // the wide row for too long: nothing was inserted and `reader` is as before;
  // the caller posts the insert again. kDataLoss for malformed bytes: nothing
  // was inserted.
  absl::Status Insert(MutationReader* reader);
  static bool IsBusy(const absl::Status& status);

  // A stream of what is in the memtable. Wide rows inserted after the iterator
  // passed their place are not seen; see above for versions. The iterator must
  // not outlive the memtable.
  std::unique_ptr<RowIterator> NewIterator() const;

  // Whether the wide row is present: one lookup. For the purge check.
  bool Contains(Token token, std::string_view partition_key) const;

  PartitionId partition() const { return partition_; }
  // Bytes taken from the allocator.
  int64_t memory_bytes() const;
  // Wide rows, and rows (an overwritten row counts once); may lag by the
  // inserts under way.
  uint64_t wide_row_count() const;
  uint64_t row_count() const;
  bool empty() const { return wide_row_count() == 0; }
  // The smallest timestamp of anything inserted; INT64_MAX when empty.
  int64_t min_timestamp() const;

 private:
  struct Impl;
  const PartitionId partition_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_MEMTABLE_MEMTABLE_H_
