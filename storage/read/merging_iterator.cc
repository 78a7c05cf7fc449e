// SPDX-License-Identifier: Apache-2.0
#include "storage/read/merging_iterator.h"

#include <algorithm>
#include <utility>

#include "storage/base/check.h"
#include "storage/base/file_system.h"
#include "storage/base/status_macros.h"
#include "storage/model/reconcile.h"

namespace rowan {
namespace {

// Negative, 0 or positive, as memcmp.
int CompareHeads(const WideRowHead& a, const WideRowHead& b) {
  if (a.token != b.token) return a.token < b.token ? -1 : 1;
  return a.partition_key.compare(b.partition_key);
}

}  // namespace

MergingIterator::MergingIterator(
    std::vector<std::unique_ptr<RowIterator>> sources, MergeForm form)
    : form_(form) {
  sources_.reserve(sources.size());
  for (auto& rows : sources) sources_.push_back({std::move(rows), {}});
  in_wide_row_.reserve(sources_.size());
  in_fragment_.reserve(sources_.size());
}

absl::Status MergingIterator::Fail(absl::Status status) {
  status_ = std::move(status);
  has_wide_row_ = has_row_ = decoded_ = false;
  return status_;
}

// Of SeekRow or NextRow of a source.
absl::Status MergingIterator::FailInRows(absl::Status status) {
  const bool stays = IsWouldBlock(status) &&
                     std::all_of(in_wide_row_.begin(), in_wide_row_.end(),
                                 [](const Source* source) {
                                   return source->rows->HasWideRow();
                                 });
  if (!stays) return Fail(std::move(status));
  has_row_ = decoded_ = false;
  return status;
}

void MergingIterator::MayWait() {
  for (Source& source : sources_) source.rows->MayWait();
}

absl::Status MergingIterator::SeekWideRow(Token token,
                                          std::string_view partition_key) {
  RETURN_IF_ERROR(status_);
  for (Source& source : sources_) {
    absl::Status sought = source.rows->SeekWideRow(token, partition_key);
    if (!sought.ok()) return Fail(std::move(sought));
  }
  return EnterWideRow();
}

absl::Status MergingIterator::NextWideRow() {
  RETURN_IF_ERROR(status_);
  ROWAN_DCHECK(has_wide_row_);
  for (Source* source : in_wide_row_) {
    absl::Status moved = source->rows->NextWideRow();
    if (!moved.ok()) return Fail(std::move(moved));
  }
  return EnterWideRow();
}

absl::Status MergingIterator::EnterWideRow() {
  has_row_ = decoded_ = false;
  open_before_ = open_behind_ = {};
  in_wide_row_.clear();
  in_fragment_.clear();
  for (Source& source : sources_) {
    if (!source.rows->HasWideRow()) continue;
    const int order =
        in_wide_row_.empty()
            ? 0
            : CompareHeads(source.rows->wide_row(),
                           in_wide_row_.front()->rows->wide_row());
    if (order > 0) continue;
    if (order < 0) in_wide_row_.clear();
    in_wide_row_.push_back(&source);
  }
  has_wide_row_ = !in_wide_row_.empty();
  return has_wide_row_ ? MergeHeads() : absl::OkStatus();
}

absl::Status MergingIterator::MergeHeads() {
  head_ = in_wide_row_.front()->rows->wide_row();
  int statics = 0;
  for (const Source* source : in_wide_row_) {
    const WideRowHead& head = source->rows->wide_row();
    head_.deletion = Newer(head_.deletion, head.deletion);
    if (head.static_row.empty()) continue;
    ++statics;
    head_.static_row = head.static_row;
  }
  if (statics == 0 || (statics == 1 && head_.deletion.none())) {
    return absl::OkStatus();
  }
  bool first = true;
  for (const Source* source : in_wide_row_) {
    const WideRowHead& head = source->rows->wide_row();
    if (head.static_row.empty()) continue;
    absl::Status added = AddToMerged(head.static_row, first);
    if (!added.ok()) return Fail(std::move(added));
    first = false;
  }
  ApplyDeletion(head_.deletion, &merged_);
  static_image_.clear();
  if (!merged_.empty()) AppendRowImage(merged_, &static_image_);
  head_.static_row = static_image_;
  return absl::OkStatus();
}

absl::Status MergingIterator::SeekRow(std::string_view bound,
                                      Direction direction) {
  RETURN_IF_ERROR(status_);
  ROWAN_DCHECK(has_wide_row_);
  direction_ = direction;
  in_fragment_.clear();
  for (Source* source : in_wide_row_) {
    absl::Status sought = source->rows->SeekRow(bound, direction);
    if (!sought.ok()) return FailInRows(std::move(sought));
    source->open = source->rows->open_deletion();
  }
  open_before_ = open_behind_ = MergedOpen();
  return FindFragment();
}

absl::Status MergingIterator::NextRow() {
  RETURN_IF_ERROR(status_);
  ROWAN_DCHECK(has_row_);
  RETURN_IF_ERROR(AdvanceFragment());
  open_before_ = open_behind_;
  return FindFragment();
}

absl::Status MergingIterator::AdvanceFragment() {
  for (Source* source : in_fragment_) {
    absl::Status moved = source->rows->NextRow();
    if (!moved.ok()) return FailInRows(std::move(moved));
  }
  return absl::OkStatus();
}

absl::Status MergingIterator::FindFragment() {
  for (;;) {
    decoded_ = false;
    has_row_ = CollectNext();
    if (!has_row_) return absl::OkStatus();
    const RowFragment::Kind kind = in_fragment_.front()->rows->row().kind;
    for (const Source* source : in_fragment_) {
      if (source->rows->row().kind == kind) continue;
      return Fail(absl::DataLossError("a row and a bound at one position"));
    }
    if (kind == RowFragment::Kind::kDeletionChange) {
      if (MergeChanges()) return absl::OkStatus();
    } else {
      absl::StatusOr<bool> shown = MergeRows();
      if (!shown.ok()) return Fail(shown.status());
      if (*shown) return absl::OkStatus();
    }
    RETURN_IF_ERROR(AdvanceFragment());
  }
}

// Fills in_fragment_ with the sources that stand at the next position in the
// direction of travel; false when there is none.
bool MergingIterator::CollectNext() {
  in_fragment_.clear();
  std::string_view next;
  for (Source* source : in_wide_row_) {
    if (!source->rows->HasRow()) continue;
    const std::string_view position = source->rows->row().position;
    int order = in_fragment_.empty() ? 0 : position.compare(next);
    if (direction_ == Direction::kReverse) order = -order;
    if (order > 0) continue;
    if (order < 0) in_fragment_.clear();
    next = position;
    in_fragment_.push_back(source);
  }
  return !in_fragment_.empty();
}

// Whether the merged range deletion changes here; then row_ says how.
bool MergingIterator::MergeChanges() {
  const bool forward = direction_ == Direction::kForward;
  for (Source* source : in_fragment_) {
    const RowFragment& change = source->rows->row();
    source->open = forward ? change.above : change.below;
  }
  open_behind_ = MergedOpen();
  if (open_behind_ == open_before_) return false;
  row_.kind = RowFragment::Kind::kDeletionChange;
  row_.position = in_fragment_.front()->rows->row().position;
  row_.image = {};
  row_.below = forward ? open_before_ : open_behind_;
  row_.above = forward ? open_behind_ : open_before_;
  return true;
}

// Whether there is a row to show; then row_ (and merged_) hold it.
absl::StatusOr<bool> MergingIterator::MergeRows() {
  const DeletionTime outer = Newer(head_.deletion, open_before_);
  row_ = in_fragment_.front()->rows->row();
  if (in_fragment_.size() == 1 && outer.none()) return true;
  bool first = true;
  for (const Source* source : in_fragment_) {
    RETURN_IF_ERROR(AddToMerged(source->rows->row().image, first));
    first = false;
  }
  ApplyDeletion(outer, &merged_);
  if (form_ == MergeForm::kRows) {
    decoded_ = true;
    row_.image = {};
    return true;
  }
  if (merged_.empty()) return false;
  decoded_ = true;
  image_.clear();
  AppendRowImage(merged_, &image_);
  row_.image = image_;
  return true;
}

absl::Status MergingIterator::AddToMerged(std::string_view image, bool first) {
  if (first) return DecodeRowImage(image, &merged_);
  RETURN_IF_ERROR(DecodeRowImage(image, &part_));
  MergeRow(part_, &merged_);
  return absl::OkStatus();
}

uint64_t MergingIterator::source_bytes() const {
  uint64_t bytes = 0;
  for (const Source* source : in_fragment_) {
    bytes += source->rows->row().image.size();
  }
  return bytes;
}

DeletionTime MergingIterator::MergedOpen() const {
  DeletionTime newest;
  for (const Source* source : in_wide_row_) {
    newest = Newer(newest, source->open);
  }
  return newest.Supersedes(head_.deletion) ? newest : DeletionTime{};
}

}  // namespace rowan
