// SPDX-License-Identifier: Apache-2.0
#include "storage/read/purging_iterator.h"

#include <utility>

#include "storage/base/check.h"
#include "storage/base/status_macros.h"
#include "storage/model/key_codec.h"
#include "storage/model/reconcile.h"

namespace rowan {
namespace {

// Drops what the row's own deletion and those of its columns hide; returns
// whether *row changed.
bool DropHidden(Row* row) {
  const size_t cells = row->cells.size();
  const bool marker = row->liveness.none();
  ApplyDeletion({}, row);
  return row->cells.size() != cells || row->liveness.none() != marker;
}

}  // namespace

PurgingIterator::PurgingIterator(std::unique_ptr<RowIterator> rows,
                                 PurgeOracle* oracle, uint32_t now_s,
                                 uint32_t grace_s,
                                 std::vector<ColumnId> dropped)
    : rows_(std::move(rows)),
      dropped_(std::move(dropped)),
      purger_(oracle, now_s, grace_s) {}

absl::Status PurgingIterator::Fail(absl::Status status) {
  status_ = std::move(status);
  has_wide_row_ = has_row_ = false;
  return status_;
}

absl::Status PurgingIterator::SeekWideRow(Token token,
                                          std::string_view partition_key) {
  RETURN_IF_ERROR(status_);
  absl::Status sought = rows_->SeekWideRow(token, partition_key);
  return sought.ok() ? EnterWideRow() : Fail(std::move(sought));
}

absl::Status PurgingIterator::NextWideRow() {
  RETURN_IF_ERROR(status_);
  ROWAN_DCHECK(has_wide_row_);
  absl::Status moved = rows_->NextWideRow();
  return moved.ok() ? EnterWideRow() : Fail(std::move(moved));
}

absl::Status PurgingIterator::EnterWideRow() {
  has_wide_row_ = has_row_ = peeked_ = false;
  open_ = {};
  while (rows_->HasWideRow()) {
    absl::StatusOr<bool> left = PurgeWideRow();
    if (!left.ok()) return Fail(left.status());
    if (*left) {
      has_wide_row_ = true;
      return absl::OkStatus();
    }
    absl::Status moved = rows_->NextWideRow();
    if (!moved.ok()) return Fail(std::move(moved));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> PurgingIterator::PurgeWideRow() {
  head_ = rows_->wide_row();
  purger_.EnterWideRow(head_.token, head_.partition_key);
  head_.deletion = Purged(head_.deletion);
  RETURN_IF_ERROR(PurgeStaticRow());
  if (!head_.deletion.none() || !head_.static_row.empty()) return true;
  RETURN_IF_ERROR(SeekBelow(kFirstBound, Direction::kForward));
  peeked_ = has_row_;
  return has_row_;
}

absl::Status PurgingIterator::PurgeStaticRow() {
  if (head_.static_row.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(DecodeRowImage(head_.static_row, &scratch_));
  if (!PurgeScratch()) return absl::OkStatus();
  static_image_.clear();
  if (!scratch_.empty()) AppendRowImage(scratch_, &static_image_);
  head_.static_row = static_image_;
  return absl::OkStatus();
}

bool PurgingIterator::PurgeScratch() {
  bool changed = DropHidden(&scratch_);
  changed |= RemoveColumns(dropped_, &scratch_);
  changed |= purger_.PurgeRow(&scratch_);
  return changed;
}

absl::Status PurgingIterator::SeekRow(std::string_view bound,
                                      Direction direction) {
  RETURN_IF_ERROR(status_);
  ROWAN_DCHECK(has_wide_row_);
  const bool found_on_entry =
      peeked_ && direction == Direction::kForward && bound == kFirstBound;
  peeked_ = false;
  if (found_on_entry) return absl::OkStatus();
  absl::Status sought = SeekBelow(bound, direction);
  return sought.ok() ? sought : Fail(std::move(sought));
}

absl::Status PurgingIterator::NextRow() {
  RETURN_IF_ERROR(status_);
  ROWAN_DCHECK(HasRow());
  absl::Status moved = rows_->NextRow();
  if (moved.ok()) moved = FindFragment();
  return moved.ok() ? moved : Fail(std::move(moved));
}

absl::Status PurgingIterator::SeekBelow(std::string_view bound,
                                        Direction direction) {
  RETURN_IF_ERROR(rows_->SeekRow(bound, direction));
  return FindFragment();
}

absl::Status PurgingIterator::FindFragment() {
  for (;;) {
    has_row_ = false;
    open_ = Purged(rows_->open_deletion());
    if (!rows_->HasRow()) return absl::OkStatus();
    ASSIGN_OR_RETURN(has_row_, PurgeFragment());
    if (has_row_) return absl::OkStatus();
    RETURN_IF_ERROR(rows_->NextRow());
  }
}

absl::StatusOr<bool> PurgingIterator::PurgeFragment() {
  row_ = rows_->row();
  if (row_.kind == RowFragment::Kind::kDeletionChange) {
    row_.below = Purged(row_.below);
    row_.above = Purged(row_.above);
    return row_.below != row_.above;
  }
  RETURN_IF_ERROR(DecodeRowImage(row_.image, &scratch_));
  if (IsRequestId(row_.position) && purger_.Expired(scratch_.liveness)) {
    return false;
  }
  const bool changed = PurgeScratch();
  if (scratch_.empty()) return false;
  if (!changed) return true;
  image_.clear();
  AppendRowImage(scratch_, &image_);
  row_.image = image_;
  return true;
}

DeletionTime PurgingIterator::Purged(const DeletionTime& deletion) {
  return purger_.MayDrop(deletion) ? DeletionTime{} : deletion;
}

}  // namespace rowan
