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
  wide_row_->RangeTombstonesAt(version_, &tombstones_);
  ranges_.Assign(&tombstones_);
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
  next_change_ = ranges_.LowerBound(bound);
  open_deletion_ = ranges_.Below(next_change_);
  return Settle();
}

absl::Status MemtableIterator::NextRow() {
  ROWAN_DCHECK(HasRow());
  const bool forward = direction_ == Direction::kForward;
  if (fragment_.kind == RowFragment::Kind::kDeletionChange) {
    open_deletion_ = forward ? fragment_.above : fragment_.below;
    next_change_ = forward ? next_change_ + 1 : next_change_ - 1;
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

bool MemtableIterator::HasChange() const {
  return direction_ == Direction::kForward ? next_change_ < ranges_.size()
                                           : next_change_ > 0;
}

bool MemtableIterator::ChangeComesFirst() const {
  if (!HasChange()) return false;
  if (next_row_ == nullptr) return true;
  return direction_ == Direction::kForward
             ? ranges_[next_change_].position < next_row_->position()
             : ranges_[next_change_ - 1].position > next_row_->position();
}

absl::Status MemtableIterator::Settle() {
  has_fragment_ = next_row_ != nullptr || HasChange();
  if (!has_fragment_) return absl::OkStatus();
  if (!ChangeComesFirst()) return SettleOnRow();
  SettleOnChange();
  return absl::OkStatus();
}

void MemtableIterator::SettleOnChange() {
  const size_t change =
      direction_ == Direction::kForward ? next_change_ : next_change_ - 1;
  fragment_.kind = RowFragment::Kind::kDeletionChange;
  fragment_.position = ranges_[change].position;
  fragment_.image = {};
  fragment_.below = ranges_.Below(change);
  fragment_.above = ranges_[change].above;
}

absl::Status MemtableIterator::SettleOnRow() {
  fragment_ = {};
  fragment_.kind = RowFragment::Kind::kRow;
  fragment_.position = next_row_->position();
  return row_reader_.Read(next_row_->deltas.newest(), version_,
                          &fragment_.image);
}

}  // namespace rowan
