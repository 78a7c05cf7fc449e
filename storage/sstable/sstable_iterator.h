// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_SSTABLE_ITERATOR_H_
#define ROWAN_STORAGE_SSTABLE_SSTABLE_ITERATOR_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "storage/base/read_stats.h"
#include "storage/model/row_iterator.h"
#include "storage/sstable/block_source.h"
#include "storage/sstable/format/block_index.h"
#include "storage/sstable/format/wide_row_codec.h"
#include "storage/sstable/format/wide_rows_block.h"
#include "storage/sstable/loss/sstable_loss.h"
#include "storage/sstable/row_index_cursor.h"

namespace rowan {

// A RowIterator over one file. Holds the block of the wide row it is on, and in
// a large wide row one part and one index node a level: memory does not grow
// with the wide row. Thread-compatible.
class SSTableIterator final : public RowIterator {
 public:
  // All outlive the iterator; `stats` may be null.
  SSTableIterator(const BlockSource* source, const BlockIndex* index,
                  Token last_token, Blocking blocking, ReadStats* stats)
      : source_(source),
        index_(index),
        last_token_(last_token),
        blocking_(blocking),
        stats_(stats),
        parts_(source, blocking, stats) {}

  absl::Status SeekWideRow(Token token, std::string_view key) override;
  absl::Status NextWideRow() override;
  bool HasWideRow() const override { return has_wide_row_; }
  const WideRowHead& wide_row() const override { return head_; }

  absl::Status SeekRow(std::string_view bound, Direction direction) override;
  absl::Status NextRow() override;
  bool HasRow() const override { return has_row_; }
  const RowFragment& row() const override { return fragment_; }
  DeletionTime open_deletion() const override { return open_; }

  void MayWait() override;

  // After kDataLoss of a call that moves forward: says what is lost with the
  // damaged block and moves behind it, onto the next wide row that can be read
  // or, where only a part of a large wide row is lost, onto its next fragment.
  // Any of the two may be missing then; open_deletion() is right again.
  // kDataLoss when the block behind is damaged, too: it is called again.
  absl::Status SkipLoss(SSTableLoss* loss);

  // Where the current wide row and fragment stand in the data, counted in
  // uncompressed bytes from its start.
  // REQUIRES: HasWideRow(), HasRow().
  uint64_t wide_row_position() const;
  uint64_t row_position() const;
  // `status` with path and offset of the block that holds the current
  // fragments, for bytes that only a caller can find malformed.
  absl::Status InFragments(const absl::Status& status) const;

 private:
  // Each of these is the public call without the rules of what an error leaves.
  absl::Status TrySeekWideRow(Token token);
  absl::Status TryNextWideRow();
  // Onto the first wide row of the next entry, if there is one.
  absl::Status EnterNextEntry();
  absl::Status TrySeekRow(Direction direction);
  absl::Status TryNextRow();
  // After an error nothing is positioned, but for rule 6 of RowIterator.
  absl::Status Final(absl::Status status);

  bool large() const { return index_->large(entry_); }
  // Reads the block of index entry `entry`.
  absl::Status LoadEntry(size_t entry);
  absl::Status LoadShared();
  absl::Status LoadRoot();
  // Onto wide row `i` of the shared block.
  absl::Status EnterShared(size_t i);
  // Reads the part that parts_ is on.
  absl::Status LoadPart();
  // Onto the neighbouring part; leaves no row when there is none.
  absl::Status EnterNextPart();
  absl::Status DecodeCurrentFragment();
  void DescribeLoss(SSTableLoss* loss) const;

  const BlockSource* const source_;
  const BlockIndex* const index_;
  const Token last_token_;  // of the file
  Blocking blocking_;
  ReadStats* const stats_;

  bool has_wide_row_ = false;
  size_t entry_ = 0;        // of index_
  BlockBuffer block_;       // shared block or root of entry_
  WideRowsBlock shared_;    // unless large()
  size_t wide_row_at_ = 0;  // in shared_
  WideRowHead head_;
  RowIndexCursor parts_;  // when large()
  BlockBuffer part_;      // the part parts_ is on

  // What an error is in: rows of head_, which stays, or whole wide rows.
  bool in_rows_ = false;
  absl::Status error_;

  bool has_row_ = false;
  Direction direction_ = Direction::kForward;
  FragmentList fragments_;  // of the wide row, or of the part
  size_t fragment_at_ = 0;
  RowFragment fragment_;
  DeletionTime open_;
  // Copies of what was sought: arguments may be views into our own blocks.
  std::string sought_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_SSTABLE_ITERATOR_H_
