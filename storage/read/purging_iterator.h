// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_READ_PURGING_ITERATOR_H_
#define ROWAN_STORAGE_READ_PURGING_ITERATOR_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/model/row_iterator.h"
#include "storage/read/purger.h"

namespace rowan {

// A stream without what is of no use any more: cells of dropped columns are
// gone, with no other condition; expired cells become tombstones, and
// tombstones of cells, rows, ranges and wide rows that may go (purger.h) are
// gone; a row or wide row of which nothing is left vanishes. A row that stays
// as it is passes as the same bytes.
//
// Owns the stream below, which must have applied its deletions already
// (MergingIterator, MergeForm::kImages). Thread-compatible; the oracle outlives
// it. An error of the stream below is final. Entering a wide row without
// wide-row deletion and static row looks for its first fragment.
class PurgingIterator final : public RowIterator {
 public:
  // `dropped`: ascending.
  PurgingIterator(std::unique_ptr<RowIterator> rows, PurgeOracle* oracle,
                  uint32_t now_s, uint32_t grace_s,
                  std::vector<ColumnId> dropped = {});
  // Without dropped columns, but with every tombstone.
  PurgingIterator(std::unique_ptr<RowIterator> rows,
                  std::vector<ColumnId> dropped)
      : PurgingIterator(std::move(rows), nullptr, 0, 0, std::move(dropped)) {}

  absl::Status SeekWideRow(Token token,
                           std::string_view partition_key) override;
  absl::Status NextWideRow() override;
  bool HasWideRow() const override { return has_wide_row_; }
  const WideRowHead& wide_row() const override { return head_; }

  absl::Status SeekRow(std::string_view bound, Direction direction) override;
  absl::Status NextRow() override;
  bool HasRow() const override { return has_row_ && !peeked_; }
  const RowFragment& row() const override { return row_; }
  DeletionTime open_deletion() const override { return open_; }

 private:
  absl::Status Fail(absl::Status status);
  absl::Status EnterWideRow();
  // Whether anything is left of the wide row that `rows_` stands at.
  absl::StatusOr<bool> PurgeWideRow();
  absl::Status PurgeStaticRow();
  // Purges scratch_; returns whether it changed.
  bool PurgeScratch();
  absl::Status SeekBelow(std::string_view bound, Direction direction);
  absl::Status FindFragment();
  // Whether the fragment that `rows_` stands at stays; then row_ holds it.
  absl::StatusOr<bool> PurgeFragment();
  DeletionTime Purged(const DeletionTime& deletion);

  const std::unique_ptr<RowIterator> rows_;
  const std::vector<ColumnId> dropped_;
  Purger purger_;
  absl::Status status_;

  bool has_wide_row_ = false;
  WideRowHead head_;
  std::string static_image_;

  bool has_row_ = false;
  bool peeked_ = false;  // row_ was found on entry and not asked for yet
  RowFragment row_;
  DeletionTime open_;
  Row scratch_;
  std::string image_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_READ_PURGING_ITERATOR_H_
