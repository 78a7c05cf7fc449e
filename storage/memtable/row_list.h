// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MEMTABLE_ROW_LIST_H_
#define ROWAN_STORAGE_MEMTABLE_ROW_LIST_H_

#include <atomic>
#include <cstdint>
#include <string_view>

#include "storage/memtable/arena.h"
#include "storage/memtable/delta_chain.h"

namespace rowan {

// One row of a wide row: its position and what was written to it. Links and
// position bytes follow the struct. Never moves, is never unlinked.
class RowNode {
 public:
  static RowNode* Create(std::string_view position, int height, Arena* arena);

  std::string_view position() const {
    return {reinterpret_cast<const char*>(links() + height_), position_size_};
  }
  std::atomic<RowNode*>& link(int level) { return links()[level]; }
  RowNode* next(int level = 0) const {
    return links()[level].load(std::memory_order_acquire);
  }

  DeltaChain deltas;

 private:
  RowNode(uint32_t position_size, uint8_t height)
      : position_size_(position_size), height_(height) {}
  std::atomic<RowNode*>* links() const {
    return reinterpret_cast<std::atomic<RowNode*>*>(const_cast<RowNode*>(this) +
                                                    1);
  }

  const uint32_t position_size_;
  const uint8_t height_;
};

// The rows of one wide row in position order: a skip list that costs one
// pointer for a single row, and gets its tower with the first tall node.
//
// One writer at a time, who holds the wide row's lock; any number of readers. A
// node may be seen before the version that shows its first delta.
class RowList {
 public:
  // The first row at or after `position`, or null.
  const RowNode* FindAtOrAfter(std::string_view position) const;
  // The last row before `position`, or null.
  const RowNode* FindBefore(std::string_view position) const;

  // The row at `position`, new if `*inserted`. `random` draws its height.
  RowNode* FindOrInsert(std::string_view position, uint64_t random,
                        Arena* arena, bool* inserted);

 private:
  // A quarter of the nodes reach each next level: enough for 16 million rows.
  static constexpr int kHeightMax = 12;
  struct Tower {
    std::atomic<RowNode*> links[kHeightMax - 1];
  };
  // Where a node goes on each level: behind `before` (null: the head).
  struct Splice {
    RowNode* before[kHeightMax] = {};
    RowNode* after[kHeightMax] = {};
  };

  static int DrawHeight(uint64_t random);
  RowNode* Next(const RowNode* node, int level) const;
  template <typename Visit>
  void Descend(std::string_view position, Visit visit) const;
  void Link(RowNode* before, int level, RowNode* node, Arena* arena);

  std::atomic<RowNode*> first_{nullptr};
  std::atomic<Tower*> tower_{nullptr};  // the head's links above the lowest
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_MEMTABLE_ROW_LIST_H_
