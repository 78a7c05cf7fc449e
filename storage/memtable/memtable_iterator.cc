// SPDX-License-Identifier: Apache-2.0
#include "storage/memtable/memtable_iterator.h"

#include "storage/base/check.h"
#include "storage/base/status_macros.h"

namespace rowan {

absl::Status MemtableIterator::SeekWideRow(Token token,
                                           std::string_view partition_key) {
  return ArriveAt(list_->FindAtOrAfter(token, partition_key));
}

absl::Status MemtableIterator::NextWideRow() {
  ROWAN_DCHECK(HasWideRow());
  return ArriveAt(wide_row_->next());
}

absl::Status MemtableIterator::ArriveAt(const WideRow* wide_row) {
  wide_row_ = wide_row;
  has_fragment_ = false;
  ranges_loaded_ = false;
  open_deletion_ = {};
  if (wide_row == nullptr) return absl::OkStatus();
  // First of all: what is asked later is asked by this version.
  version_ = wide_row->version();
  head_.token = wide_row->token();
  head_.partition_key = wide_row->key();
  head_.deletion = wide_row->DeletionAt(version_);
  return static_reader_.Read(wide_row->static_deltas(), version_,
                             &head_.static_row);
}

void MemtableIterator::LoadRangeDeletions() {
  if (ranges_loaded_) return;
  runs_ = cache_->Read(*wide_row_, version_, &rest_);
  ranges_.Clear();
  ranges_.Add(rest_);
  for (const RangeRun& run : runs_) ranges_.Add(*run.changes);
  ranges_loaded_ = true;
}

absl::Status MemtableIterator::SeekRow(std::string_view bound,
                                       Direction direction) {
  ROWAN_DCHECK(HasWideRow());
  LoadRangeDeletions();
  direction_ = direction;
  next_row_ = direction == Direction::kForward
                  ? wide_row_->rows().FindAtOrAfter(bound)
                  : wide_row_->rows().FindBefore(bound);
  SkipHiddenRows();
  // Either way a change right at `bound` is not behind: going forward it comes
  // next, in reverse the travel starts below it.
  ranges_.Seek(bound, direction);
  open_deletion_ = ranges_.open();
  return Settle();
}

absl::Status MemtableIterator::NextRow() {
  ROWAN_DCHECK(HasRow());
  const bool forward = direction_ == Direction::kForward;
  if (fragment_.kind == RowFragment::Kind::kDeletionChange) {
    open_deletion_ = forward ? fragment_.above : fragment_.below;
    ranges_.Next();
  } else {
    next_row_ = forward ? next_row_->next()
                        : wide_row_->rows().FindBefore(next_row_->position());
    SkipHiddenRows();
  }
  return Settle();
}

void MemtableIterator::SkipHiddenRows() {
  while (next_row_ != nullptr &&
         Delta::At(next_row_->deltas.newest(), version_) == nullptr) {
    next_row_ = direction_ == Direction::kForward
                    ? next_row_->next()
                    : wide_row_->rows().FindBefore(next_row_->position());
  }
}

bool MemtableIterator::ChangeComesFirst() const {
  if (!ranges_.HasChange()) return false;
  if (next_row_ == nullptr) return true;
  const std::string_view change = ranges_.change().position;
  return direction_ == Direction::kForward ? change < next_row_->position()
                                           : change > next_row_->position();
}

absl::Status MemtableIterator::Settle() {
  has_fragment_ = next_row_ != nullptr || ranges_.HasChange();
  if (!has_fragment_) return absl::OkStatus();
  if (!ChangeComesFirst()) return SettleOnRow();
  SettleOnChange();
  return absl::OkStatus();
}

void MemtableIterator::SettleOnChange() {
  const RangeCursor::Change& change = ranges_.change();
  fragment_.kind = RowFragment::Kind::kDeletionChange;
  fragment_.position = change.position;
  fragment_.image = {};
  fragment_.below = change.below;
  fragment_.above = change.above;
}

absl::Status MemtableIterator::SettleOnRow() {
  fragment_ = {};
  fragment_.kind = RowFragment::Kind::kRow;
  fragment_.position = next_row_->position();
  return row_reader_.Read(next_row_->deltas.newest(), version_,
                          &fragment_.image);
}

}  // namespace rowan
