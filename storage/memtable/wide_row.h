// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MEMTABLE_WIDE_ROW_H_
#define ROWAN_STORAGE_MEMTABLE_WIDE_ROW_H_

#include <atomic>
#include <cstdint>
#include <string_view>
#include <vector>

#include "partitioner/token.h"
#include "storage/memtable/arena.h"
#include "storage/memtable/delta_chain.h"
#include "storage/memtable/entry_lock.h"
#include "storage/memtable/row_list.h"
#include "storage/model/mutation.h"

namespace rowan {

// One wide row of a memtable: a node of the outer list, and everything that was
// written under its key. Links and key bytes follow the struct. Never moves, is
// never unlinked.
//
// Thread safety: one writer at a time, who holds lock() or has not linked the
// wide row yet; any number of readers. A reader takes version() first and asks
// everything else by it. What it then sees:
//  1. all of every mutation up to that version, nothing of a later one;
//  2. the same however often it asks.
class WideRow {
 public:
  static WideRow* Create(Token token, std::string_view key, int height,
                         Arena* arena);

  Token token() const { return token_; }
  std::string_view key() const {
    return {reinterpret_cast<const char*>(links() + height_), key_size_};
  }
  // Order of the outer list.
  bool IsBefore(Token token, std::string_view key) const {
    return token_ != token ? token_ < token : this->key() < key;
  }
  bool Is(Token token, std::string_view key) const {
    return token_ == token && this->key() == key;
  }

  int height() const { return height_; }
  std::atomic<WideRow*>& link(int level) { return links()[level]; }
  WideRow* next(int level = 0) const {
    return links()[level].load(std::memory_order_acquire);
  }

  EntryLock& lock() { return lock_; }

  // Copies the parts into the arena as one version and publishes it. Returns
  // how many rows are new. REQUIRES: every part is valid; the caller is the
  // writer.
  uint64_t Apply(MutationReader parts, Arena* arena);

  WideRowVersion version() const {
    return version_.load(std::memory_order_acquire);
  }
  DeletionTime DeletionAt(WideRowVersion version) const;
  // The chain of the static row, or null.
  const Delta* static_deltas() const;
  // Range tombstones are numbered from 1, oldest first. How many there are.
  uint32_t RangeTombstonesShown(WideRowVersion version) const;
  // Replaces `found` by those numbered above `known`, newest first, as views.
  void RangeTombstonesAt(WideRowVersion version, uint32_t known,
                         std::vector<RangeTombstone>* found) const;
  // May hold rows that a version doesn't show: Delta::At tells.
  const RowList& rows() const { return rows_; }

 private:
  struct DeletionDelta;
  struct RangeDelta;
  const RangeDelta* RangesAt(WideRowVersion version) const;

  // What stands before the rows. Most wide rows have nothing of it.
  struct Head {
    std::atomic<const DeletionDelta*> deletion{nullptr};
    std::atomic<const RangeDelta*> ranges{nullptr};
    DeltaChain static_row;
  };

  WideRow(Token token, uint32_t key_size, uint8_t height)
      : key_size_(key_size), height_(height), token_(token) {}
  std::atomic<WideRow*>* links() const {
    return reinterpret_cast<std::atomic<WideRow*>*>(const_cast<WideRow*>(this) +
                                                    1);
  }

  Head* MakeHead(Arena* arena);
  void AddDeletion(WideRowVersion version, const DeletionTime& deletion,
                   Arena* arena);
  void AddRange(WideRowVersion version, const MutationPart& part, Arena* arena);
  bool AddRow(WideRowVersion version, uint32_t part_number,
              const MutationPart& part, Arena* arena);

  RowList rows_;
  std::atomic<Head*> head_{nullptr};
  std::atomic<WideRowVersion> version_{0};
  const uint32_t key_size_;
  EntryLock lock_;
  const uint8_t height_;
  // Last, beside the lowest link: a walk along the list reads just these two,
  // mostly in one cache line.
  const Token token_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_MEMTABLE_WIDE_ROW_H_
