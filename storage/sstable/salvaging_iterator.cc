// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/salvaging_iterator.h"

#include <optional>
#include <utility>

#include "storage/base/status_macros.h"
#include "storage/model/key_codec.h"

namespace rowan {
namespace {

// The bound next to a row's position, on the side of `kind`; a bound as it is.
std::string BoundAt(std::string_view of, char kind) {
  std::string bound(of);
  if (!bound.empty() && !IsBound(bound)) bound.back() = kind;
  return bound;
}

}  // namespace

SalvagingIterator::SalvagingIterator(std::unique_ptr<SSTableIterator> rows,
                                     const SSTableStatistics* statistics,
                                     std::vector<SSTableLoss> known,
                                     std::vector<SSTableLoss>* losses)
    : rows_(std::move(rows)),
      statistics_(statistics),
      losses_(losses),
      lost_(std::move(known)) {}

absl::Status SalvagingIterator::SeekWideRow(Token, std::string_view) {
  return EnterWideRow(rows_->SeekWideRow(Token::Min(), {}));
}

absl::Status SalvagingIterator::NextWideRow() {
  const bool moved_on = std::exchange(moved_on_, false);
  return EnterWideRow(moved_on ? absl::OkStatus() : rows_->NextWideRow());
}

absl::Status SalvagingIterator::EnterWideRow(absl::Status status) {
  while (absl::IsDataLoss(status)) {
    SSTableLoss loss;
    status = rows_->SkipLoss(&loss);
    Add(std::move(loss));
  }
  RETURN_IF_ERROR(status);
  has_wide_row_ = rows_->HasWideRow();
  fragments_.clear();
  last_position_.clear();
  open_ = {};
  ended_ = false;
  if (!has_wide_row_) *losses_ = JoinLosses(std::move(lost_));
  return absl::OkStatus();
}

absl::Status SalvagingIterator::SeekRow(std::string_view, Direction) {
  return Fill(rows_->SeekRow(kFirstBound, Direction::kForward));
}

absl::Status SalvagingIterator::NextRow() {
  fragments_.pop_front();
  return Settled() ? absl::OkStatus() : Fill(rows_->NextRow());
}

bool SalvagingIterator::Settled() const {
  if (ended_) return true;
  if (fragments_.empty()) return false;
  return fragments_.size() > 1 ||
         fragments_.front().fragment.kind == RowFragment::Kind::kRow;
}

absl::Status SalvagingIterator::Fill(absl::Status status) {
  RETURN_IF_ERROR(Take(std::move(status)));
  while (!Settled()) RETURN_IF_ERROR(Take(rows_->NextRow()));
  return absl::OkStatus();
}

absl::Status SalvagingIterator::Take(absl::Status status) {
  std::optional<SSTableLoss> rows_lost;
  while (absl::IsDataLoss(status)) {
    SSTableLoss loss;
    status = rows_->SkipLoss(&loss);
    if (loss.partition_key.empty()) {
      // The rest of its block went with it, and rows_ is behind that.
      moved_on_ = true;
      Add(std::move(loss));
    } else if (!rows_lost.has_value()) {
      rows_lost = std::move(loss);
    }
  }
  RETURN_IF_ERROR(status);
  ended_ = moved_on_ || !rows_->HasRow();
  if (rows_lost.has_value()) TellLostRows(*std::move(rows_lost));
  if (ended_) {
    Close();
  } else {
    Queue(rows_->row(), rows_->open_deletion());
  }
  return absl::OkStatus();
}

void SalvagingIterator::TellLostRows(SSTableLoss loss) {
  loss.from = last_position_.empty()
                  ? BoundAt(statistics_->min_position, position::kBefore)
                  : BoundAt(last_position_, position::kAfter);
  loss.to = ended_ ? BoundAt(statistics_->max_position, position::kAfter)
                   : BoundAt(rows_->row().position, position::kBefore);
  // Only where the file lies.
  if (loss.from >= loss.to) loss.from = loss.to = "";
  Add(std::move(loss));
}

void SalvagingIterator::Queue(const RowFragment& fragment, DeletionTime open) {
  const bool is_row = fragment.kind == RowFragment::Kind::kRow;
  if (open != open_) {
    Close();
    if (is_row && !open.none()) {
      QueueChange(BoundAt(fragment.position, position::kBefore), {}, open);
    }
  }
  last_position_.assign(fragment.position);
  if (!is_row) {
    QueueChange(last_position_, open_, fragment.above);
    return;
  }
  Kept& kept = fragments_.emplace_back();
  kept.fragment = fragment;
  kept.position.assign(fragment.position);
  kept.image.assign(fragment.image);
  kept.fragment.position = kept.position;
  kept.fragment.image = kept.image;
}

void SalvagingIterator::QueueChange(std::string position, DeletionTime below,
                                    DeletionTime above) {
  open_ = above;
  if (below == above) return;
  Kept& kept = fragments_.emplace_back();
  kept.position = std::move(position);
  kept.fragment = {
      RowFragment::Kind::kDeletionChange, kept.position, {}, below, above};
}

void SalvagingIterator::Close() {
  if (open_.none()) return;
  const std::string at = BoundAt(last_position_, position::kAfter);
  DeletionTime below = open_;
  if (!fragments_.empty() && fragments_.back().position == at) {
    // What opened there opens nothing.
    below = fragments_.back().fragment.below;
    fragments_.pop_back();
  }
  QueueChange(at, below, {});
}

void SalvagingIterator::Add(SSTableLoss loss) {
  lost_.push_back(std::move(loss));
  if (lost_.size() > 4 * kLossesMax) lost_ = JoinLosses(std::move(lost_));
}

}  // namespace rowan
