// SPDX-License-Identifier: Apache-2.0
#include "storage/read/page_reader.h"

#include <algorithm>

#include "storage/base/status_macros.h"
#include "storage/model/reconcile.h"

namespace rowan {

PageReader::PageReader(const ReadCommand& command, RowConsumer* consumer,
                       const Clock& clock, ReadStats* stats)
    : command_(command),
      consumer_(consumer),
      stats_(stats),
      budget_(command, clock),
      ended_(budget_.Ended()),
      place_(command.resume) {}

Token PageReader::next_token() const {
  if (command_.partition_key.has_value()) return command_.token;
  return place_.has_value() ? place_->token : command_.first_token;
}

PageEnd PageReader::End() const {
  PageEnd end;
  end.rows = budget_.rows();
  end.newest_us = newest_us_;
  end.stats = *stats_;
  if (!ended_.has_value()) return end;
  end.reason = *ended_;
  if (!budget_.limit_reached()) end.resume = place_;
  return end;
}

absl::StatusOr<bool> PageReader::Run(MergingIterator* sources) {
  if (ended_.has_value()) return true;
  RETURN_IF_ERROR(SeekToPlace(sources));
  while (sources->HasWideRow() && Wants(sources->wide_row())) {
    ASSIGN_OR_RETURN(const bool done, ReadWideRow(sources));
    // Nothing follows a wide row read by its key: the page is not "full".
    if (done && command_.partition_key.has_value()) return false;
    ended_ = budget_.Ended();
    if (ended_.has_value()) return true;
    RETURN_IF_ERROR(sources->NextWideRow());
  }
  return false;
}

absl::Status PageReader::SeekToPlace(MergingIterator* sources) {
  if (!place_.has_value()) {
    return command_.partition_key.has_value()
               ? sources->SeekWideRow(command_.token, *command_.partition_key)
               : sources->SeekWideRow(command_.first_token, {});
  }
  RETURN_IF_ERROR(sources->SeekWideRow(place_->token, place_->partition_key));
  const bool done = sources->HasWideRow() && AtPlace(sources->wide_row()) &&
                    place_->position.empty();
  return done ? sources->NextWideRow() : absl::OkStatus();
}

bool PageReader::Wants(const WideRowHead& head) const {
  if (command_.partition_key.has_value()) {
    return head.token == command_.token &&
           head.partition_key == *command_.partition_key;
  }
  return head.token <= command_.last_token;
}

bool PageReader::AtPlace(const WideRowHead& head) const {
  return place_.has_value() && place_->token == head.token &&
         place_->partition_key == head.partition_key;
}

absl::StatusOr<bool> PageReader::ReadWideRow(MergingIterator* sources) {
  const WideRowHead& head = sources->wide_row();
  Meet(head.deletion.timestamp);
  RETURN_IF_ERROR(LoadStaticRow(head));
  std::string behind;
  uint64_t rows_left = command_.per_wide_row_limit;
  if (AtPlace(head)) {
    behind = place_->position;
    rows_left = std::min(place_->rows_left_in_wide_row, rows_left);
  } else if (!head.deletion.none()) {
    ++stats_->tombstones;
    budget_.CountTombstones(1);
  }
  ASSIGN_OR_RETURN(const bool done, ReadRows(sources, behind, &rows_left));
  if (!done) return false;
  const bool no_row_shown =
      rows_left > 0 && rows_left == command_.per_wide_row_limit;
  if (no_row_shown && static_visible_ &&
      (command_.slices.empty() || command_.static_alone)) {
    Show(head, {}, nullptr);
  }
  budget_.CountLook();
  MoveTo(head, {}, 0);
  return true;
}

// Whether the rows of the wide row are done; else the page ended first.
absl::StatusOr<bool> PageReader::ReadRows(MergingIterator* sources,
                                          std::string_view behind,
                                          uint64_t* rows_left) {
  if (*rows_left == 0) return true;
  SliceCursor cursor(sources, command_.slices, command_.reverse, behind);
  absl::StatusOr<bool> done = WalkRows(sources, &cursor, rows_left);
  // After an error, too: a page that goes on skips what it has passed.
  Meet(cursor.newest_open());
  return done;
}

absl::StatusOr<bool> PageReader::WalkRows(MergingIterator* sources,
                                          SliceCursor* cursor,
                                          uint64_t* rows_left) {
  const WideRowHead& head = sources->wide_row();
  RETURN_IF_ERROR(cursor->Start());
  while (cursor->HasRow()) {
    if (sources->row().kind == RowFragment::Kind::kDeletionChange) {
      Meet(sources->row().below.timestamp);
      Meet(sources->row().above.timestamp);
      ++stats_->tombstones;
      budget_.CountTombstones(1);
    } else {
      ASSIGN_OR_RETURN(const bool shown, LookAtRow(sources));
      if (shown && --*rows_left == 0) return true;
    }
    budget_.CountLook();
    MoveTo(head, sources->row().position, *rows_left);
    if (budget_.Ended().has_value()) return false;
    RETURN_IF_ERROR(cursor->Next());
  }
  return true;
}

absl::Status PageReader::LoadStaticRow(const WideRowHead& head) {
  static_visible_ = static_shown_ = false;
  if (head.static_row.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(DecodeRowImage(head.static_row, &static_row_));
  ApplyDeletion({}, &static_row_);
  if (command_.want_newest) Meet(static_row_);
  KeepLive(command_.now_s, &static_row_);
  static_visible_ = !static_row_.cells.empty();
  Project(&static_row_);
  static_shown_ = !static_row_.cells.empty();
  return absl::OkStatus();
}

absl::StatusOr<bool> PageReader::LookAtRow(MergingIterator* sources) {
  Row* row = sources->decoded_row();
  if (row == nullptr) {
    row = &row_;
    RETURN_IF_ERROR(DecodeRowImage(sources->row().image, row));
    ApplyDeletion({}, row);
  }
  if (command_.want_newest) Meet(*row);
  const uint64_t tombstones = CountTombstones(*row);
  ++stats_->rows_scanned;
  stats_->cells_scanned += row->cells.size();
  stats_->tombstones += tombstones;
  budget_.CountTombstones(tombstones);
  if (!KeepLive(command_.now_s, row)) return false;
  Show(sources->wide_row(), sources->row().position, row);
  return true;
}

void PageReader::Show(const WideRowHead& head, std::string_view position,
                      Row* row) {
  if (row != nullptr) Project(row);
  ResultRow result;
  result.token = head.token;
  result.partition_key = head.partition_key;
  result.position = position;
  result.row = row;
  result.static_row = static_shown_ ? &static_row_ : nullptr;
  budget_.CountRow(consumer_->OnRow(result));
}

// Keeps the columns asked for. Both lists ascend.
void PageReader::Project(Row* row) const {
  if (!command_.columns.has_value()) return;
  auto asked = command_.columns->begin();
  const auto end = command_.columns->end();
  std::erase_if(row->cells, [&](const Cell& cell) {
    while (asked != end && *asked < cell.column) ++asked;
    return asked == end || *asked != cell.column;
  });
}

uint64_t PageReader::CountTombstones(const Row& row) const {
  uint64_t count = row.deletion.none() ? 0 : 1;
  if (!row.liveness.none() && !row.liveness.LiveAt(command_.now_s)) ++count;
  for (const Cell& cell : row.cells) count += !cell.LiveAt(command_.now_s);
  return count;
}

void PageReader::Meet(const Row& row) {
  Meet(row.liveness.timestamp);
  Meet(row.deletion.timestamp);
  for (const Cell& cell : row.cells) Meet(cell.timestamp);
}

void PageReader::MoveTo(const WideRowHead& head, std::string_view position,
                        uint64_t rows_left) {
  if (!AtPlace(head)) {
    if (!place_.has_value()) place_.emplace();
    place_->token = head.token;
    place_->partition_key.assign(head.partition_key);
  }
  place_->position.assign(position);
  place_->rows_left_in_wide_row = rows_left;
}

}  // namespace rowan
