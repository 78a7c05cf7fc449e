// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_SALVAGING_ITERATOR_H_
#define ROWAN_STORAGE_SSTABLE_SALVAGING_ITERATOR_H_

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/sstable/loss/sstable_loss.h"
#include "storage/sstable/sstable_iterator.h"
#include "storage/sstable/statistics.h"

namespace rowan {

// All of one file that can be read, as a RowIterator that goes through it once,
// forward, every fragment of every wide row; damage is no error. Inside a wide
// row a loss is told from the readable neighbour below to the one above, where
// there is none to what the file's statistics say of positions. A range
// deletion that was in force on both sides of a loss stays so in between; one
// that was on one side only ends or begins at the loss.
//
// Thread-compatible. SeekWideRow and SeekRow go to the first, whatever they are
// asked for. Holds two fragments, and the losses.
class SalvagingIterator final : public RowIterator {
 public:
  // `statistics` and `losses` outlive it. When HasWideRow() is false, `losses`
  // has what was lost, `known` from earlier included, as JoinLosses says.
  SalvagingIterator(std::unique_ptr<SSTableIterator> rows,
                    const SSTableStatistics* statistics,
                    std::vector<SSTableLoss> known,
                    std::vector<SSTableLoss>* losses);

  absl::Status SeekWideRow(Token token,
                           std::string_view partition_key) override;
  absl::Status NextWideRow() override;
  bool HasWideRow() const override { return has_wide_row_; }
  const WideRowHead& wide_row() const override { return rows_->wide_row(); }

  absl::Status SeekRow(std::string_view bound, Direction direction) override;
  absl::Status NextRow() override;
  bool HasRow() const override { return !fragments_.empty(); }
  const RowFragment& row() const override {
    return fragments_.front().fragment;
  }
  DeletionTime open_deletion() const override { return {}; }

 private:
  struct Kept {
    RowFragment fragment;  // views of the two
    std::string position, image;
  };

  absl::Status EnterWideRow(absl::Status status);
  // Queues what rows_ stands on after a move with this status, until the first
  // of the queue is settled: a change is not before something follows it.
  absl::Status Fill(absl::Status status);
  absl::Status Take(absl::Status status);
  bool Settled() const;
  void TellLostRows(SSTableLoss loss);
  void Queue(const RowFragment& fragment, DeletionTime open);
  void QueueChange(std::string position, DeletionTime below,
                   DeletionTime above);
  // Ends the deletion that is in force behind the queue.
  void Close();
  void Add(SSTableLoss loss);

  const std::unique_ptr<SSTableIterator> rows_;
  const SSTableStatistics* const statistics_;
  std::vector<SSTableLoss>* const losses_;
  std::vector<SSTableLoss> lost_;
  bool has_wide_row_ = false;
  // Of the current wide row:
  bool moved_on_ = false;  // rows_ stands on the next one already
  bool ended_ = false;     // nothing follows the queue
  std::deque<Kept> fragments_;
  std::string last_position_;  // of the last that could be read
  DeletionTime open_;          // in force behind the queue
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_SALVAGING_ITERATOR_H_
