// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MEMTABLE_WIDE_ROW_LIST_H_
#define ROWAN_STORAGE_MEMTABLE_WIDE_ROW_LIST_H_

#include <atomic>
#include <cstdint>
#include <string_view>

#include "partitioner/partition_id.h"
#include "storage/memtable/arena.h"
#include "storage/memtable/token_directory.h"
#include "storage/memtable/wide_row.h"

namespace rowan {

// The wide rows of a memtable in (token, key) order: a skip list whose searches
// start at a hint of the token directory. Towers are low, one node in 64; they
// serve where the directory doesn't help (many wide rows in one slot), so that
// no choice of keys makes a search longer than O(log n).
//
// Thread-safe, lock-free: an insert links by compare-and-swap, bottom up; the
// link on the lowest level is the moment it becomes visible.
class WideRowList {
 public:
  WideRowList(PartitionId partition, Arena* arena)
      : partition_(partition), directory_(partition, arena), arena_(arena) {}

  // A place in the list, good for ever as a place to search on from.
  struct Place {
    WideRow* before = nullptr;  // the last wide row before; null: none
    WideRow* at = nullptr;      // the first at or after; null: none
    bool found = false;         // `at` is the one that was asked for
  };

  // The first wide row at or after, or null. Any token: a scan comes from the
  // partitions before.
  const WideRow* FindAtOrAfter(Token token, std::string_view key) const;
  // For an insert: also mends the directory's hint. REQUIRES: a token of the
  // partition.
  Place FindPlace(Token token, std::string_view key);

  // A wide row that is not linked yet.
  WideRow* Create(Token token, std::string_view key);
  // Links `row` unless its key is there; returns the one that is linked.
  // `place` is what FindPlace said, however long ago.
  WideRow* Link(WideRow* row, Place place);

  uint64_t count() const { return count_.load(std::memory_order_relaxed); }
  const TokenDirectory& directory() const { return directory_; }

 private:
  static constexpr int kHeightMax = 4;  // 64^4 = 16 million on the lowest level
  static constexpr int kBitsPerLevel = 6;
  // Where a walk gives up and takes the towers, which cost about as much.
  static constexpr int kStepsMax = 96;

  WideRow* Next(const WideRow* row, int level) const {
    return row == nullptr ? head_[level].load(std::memory_order_acquire)
                          : row->next(level);
  }
  std::atomic<WideRow*>& LinkOf(WideRow* row, int level) {
    return row == nullptr ? head_[level] : row->link(level);
  }
  // The last wide row of `level` before (token, key), or null.
  WideRow* Descend(Token token, std::string_view key, int level) const;
  Place Walk(WideRow* start, Token token, std::string_view key,
             Token slot_start, WideRow** hint) const;
  void LinkAbove(WideRow* row, int level);

  std::atomic<WideRow*> head_[kHeightMax] = {};
  std::atomic<uint64_t> count_{0};
  const PartitionId partition_;
  TokenDirectory directory_;
  Arena* const arena_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_MEMTABLE_WIDE_ROW_LIST_H_
