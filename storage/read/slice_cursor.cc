// SPDX-License-Identifier: Apache-2.0
#include "storage/read/slice_cursor.h"

#include <algorithm>
#include <utility>

#include "storage/base/status_macros.h"
#include "storage/model/key_codec.h"

namespace rowan {
namespace {

const ClusteringSlice kWholeWideRow;

// The bound right behind `position` in the direction of travel.
std::string BoundBehind(std::string_view position, bool reverse) {
  std::string bound(position);
  if (!bound.empty() && !IsBound(position)) {
    bound.back() = reverse ? position::kBefore : position::kAfter;
  }
  return bound;
}

}  // namespace

SliceCursor::SliceCursor(RowIterator* rows,
                         std::span<const ClusteringSlice> slices, bool reverse,
                         std::string_view behind, LostRanges::Rows lost)
    : rows_(rows),
      slices_(slices.empty() ? std::span(&kWholeWideRow, 1) : slices),
      reverse_(reverse),
      from_(BoundBehind(behind, reverse)),
      lost_(std::move(lost)),
      covered_(from_) {}

absl::Status SliceCursor::Start() {
  RETURN_IF_ERROR(SeekFromSlice());
  // A page that ended at a bound finds the change there once more.
  if (has_row_ && rows_->row().position == from_) return Next();
  return absl::OkStatus();
}

absl::Status SliceCursor::Next() {
  RETURN_IF_ERROR(rows_->NextRow());
  if (!lost_.empty()) RETURN_IF_ERROR(CheckWay());
  has_row_ = InSlice();
  if (has_row_) return absl::OkStatus();
  ++visited_;
  return SeekFromSlice();
}

absl::Status SliceCursor::SeekFromSlice() {
  has_row_ = false;
  for (; visited_ < slices_.size(); ++visited_) {
    std::string_view from = reverse_ ? slice().end : slice().start;
    if (!from_.empty()) {
      from = reverse_ ? std::min<std::string_view>(from, from_)
                      : std::max<std::string_view>(from, from_);
    }
    const bool nothing_left =
        reverse_ ? from <= slice().start : from >= slice().end;
    if (nothing_left) continue;
    RETURN_IF_ERROR(rows_->SeekRow(
        from, reverse_ ? Direction::kReverse : Direction::kForward));
    if (!lost_.empty()) RETURN_IF_ERROR(CheckWay());
    newest_open_ = std::max(newest_open_, rows_->open_deletion().timestamp);
    has_row_ = InSlice();
    if (has_row_ || !rows_->HasRow()) return absl::OkStatus();
  }
  return absl::OkStatus();
}

const ClusteringSlice& SliceCursor::slice() const {
  return slices_[reverse_ ? slices_.size() - 1 - visited_ : visited_];
}

absl::Status SliceCursor::CheckWay() {
  const std::string here(rows_->HasRow() ? rows_->row().position : "");
  const std::string_view low = reverse_ ? here : covered_;
  const std::string_view high = reverse_ ? covered_ : here;
  for (const ClusteringSlice& one : slices_) {
    const std::string_view from = std::max<std::string_view>(one.start, low);
    std::string_view to = one.end;
    if (!high.empty()) to = std::min(to, high);
    if (from < to) RETURN_IF_ERROR(lost_.Check(from, to));
  }
  covered_ = here;
  return absl::OkStatus();
}

bool SliceCursor::InSlice() const {
  if (!rows_->HasRow()) return false;
  const std::string_view position = rows_->row().position;
  return reverse_ ? position >= slice().start : position < slice().end;
}

}  // namespace rowan
