// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MEMTABLE_MEMTABLE_ITERATOR_H_
#define ROWAN_STORAGE_MEMTABLE_MEMTABLE_ITERATOR_H_

#include <string_view>
#include <vector>

#include "storage/memtable/delta_chain.h"
#include "storage/memtable/range_cache.h"
#include "storage/memtable/range_cursor.h"
#include "storage/memtable/wide_row.h"
#include "storage/memtable/wide_row_list.h"
#include "storage/model/row_iterator.h"

namespace rowan {

// The rows of a memtable as a RowIterator. Takes a wide row's version when it
// comes to it and shows that version until it leaves.
//
// Thread-compatible; must not outlive the list and the cache. Cost: the first
// SeekRow in a wide row sorts the range tombstones that are not in the cache
// yet; a step in reverse is a search.
class MemtableIterator : public RowIterator {
 public:
  MemtableIterator(const WideRowList* list, RangeCache* cache)
      : list_(list), cache_(cache) {}

  absl::Status SeekWideRow(Token token,
                           std::string_view partition_key) override;
  absl::Status NextWideRow() override;
  bool HasWideRow() const override { return wide_row_ != nullptr; }
  const WideRowHead& wide_row() const override { return head_; }

  absl::Status SeekRow(std::string_view bound, Direction direction) override;
  absl::Status NextRow() override;
  bool HasRow() const override { return has_fragment_; }
  const RowFragment& row() const override { return fragment_; }
  // The range deletion in force just before row() in the direction of travel.
  DeletionTime open_deletion() const override { return open_deletion_; }

 private:
  absl::Status ArriveAt(const WideRow* wide_row);
  void LoadRangeDeletions();
  // Moves next_row_ on, or back, to a row that version_ shows.
  void SkipHiddenRows();
  // Makes the nearer of next_row_ and the next change the fragment.
  absl::Status Settle();
  bool ChangeComesFirst() const;
  void SettleOnChange();
  absl::Status SettleOnRow();

  const WideRowList* const list_;
  RangeCache* const cache_;

  const WideRow* wide_row_ = nullptr;
  WideRowVersion version_ = 0;
  WideRowHead head_;
  ChainReader static_reader_;

  bool ranges_loaded_ = false;
  std::vector<RangeRun> runs_;
  RangeDeletions rest_;  // of no run
  RangeCursor ranges_;

  Direction direction_ = Direction::kForward;
  const RowNode* next_row_ = nullptr;  // not passed yet; null: no more

  bool has_fragment_ = false;
  RowFragment fragment_;
  DeletionTime open_deletion_;
  ChainReader row_reader_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_MEMTABLE_MEMTABLE_ITERATOR_H_
