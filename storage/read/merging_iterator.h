// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_READ_MERGING_ITERATOR_H_
#define ROWAN_STORAGE_READ_MERGING_ITERATOR_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/model/row.h"
#include "storage/model/row_iterator.h"

namespace rowan {

// What a merge shows of a row that it had to put together from parts.
enum class MergeForm {
  // The row encoded again; rows of which nothing is left are skipped. A
  // RowIterator in full, for writing SSTables.
  kImages,
  // The row in decoded_row() only, its image left empty. Rows of which nothing
  // is left are shown (as empty rows), so that the reader of a page sees them
  // pass and keeps its deadline. For reads: nothing is encoded.
  kRows,
};

// One stream out of k: memtables and SSTables of one partition, in any order
// (merging is commutative). Wide rows, rows and deletions that several sources
// hold come out as one, reconciled by storage/model/reconcile.h; what a
// wide-row or range deletion hides is gone, and so is a range deletion that the
// wide-row deletion supersedes.
//
// A row that one source alone holds and no outer deletion touches is passed
// through: its image is the source's, never decoded (its own row deletion may
// still hide some of its cells, rule 4 of RowIterator).
//
// Owns its sources. Thread-compatible. An error of a source is final, but for
// WouldBlock() inside a wide row (rule 6 of RowIterator): what the sources show
// of the wide row stays the same, those that have nothing of it are not asked.
// Cost: finding the next row takes one comparison per source that holds the
// wide row; k is small (compaction keeps it below 32, mostly 1 to 4), where a
// plain scan beats a tree of losers.
class MergingIterator final : public RowIterator {
 public:
  MergingIterator(std::vector<std::unique_ptr<RowIterator>> sources,
                  MergeForm form);

  absl::Status SeekWideRow(Token token,
                           std::string_view partition_key) override;
  absl::Status NextWideRow() override;
  bool HasWideRow() const override { return has_wide_row_; }
  const WideRowHead& wide_row() const override { return head_; }

  absl::Status SeekRow(std::string_view bound, Direction direction) override;
  absl::Status NextRow() override;
  bool HasRow() const override { return has_row_; }
  const RowFragment& row() const override { return row_; }
  DeletionTime open_deletion() const override { return open_before_; }

  void MayWait() override;

  // The current row where it was put together, all deletions applied; null for
  // a row passed through and for a deletion change. The caller may change it.
  // Values are views that live until the iterator moves.
  Row* decoded_row() { return decoded_ ? &merged_ : nullptr; }

  // What the current row takes in all sources, what is hidden included.
  uint64_t source_bytes() const;

 private:
  struct Source {
    std::unique_ptr<RowIterator> rows;
    DeletionTime open;  // range deletion of this source, behind its last change
  };

  absl::Status Fail(absl::Status status);
  absl::Status FailInRows(absl::Status status);
  absl::Status EnterWideRow();
  absl::Status MergeHeads();
  absl::Status FindFragment();
  absl::Status AdvanceFragment();
  bool CollectNext();
  bool MergeChanges();
  absl::StatusOr<bool> MergeRows();
  // Merges what `image` holds into merged_ (replaces merged_ if `first`).
  absl::Status AddToMerged(std::string_view image, bool first);
  DeletionTime MergedOpen() const;

  const MergeForm form_;
  std::vector<Source> sources_;
  std::vector<Source*> in_wide_row_;  // stand at the current wide row
  std::vector<Source*> in_fragment_;  // of those, stand at the current fragment
  absl::Status status_;

  bool has_wide_row_ = false;
  WideRowHead head_;
  std::string static_image_;

  Direction direction_ = Direction::kForward;
  bool has_row_ = false;
  bool decoded_ = false;
  RowFragment row_;
  DeletionTime open_before_;  // merged, in force before the current fragment
  DeletionTime open_behind_;  // ... and behind it, in the direction of travel
  Row merged_;
  Row part_;  // scratch: one source's share of merged_
  std::string image_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_READ_MERGING_ITERATOR_H_
