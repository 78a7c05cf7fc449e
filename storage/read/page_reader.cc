// SPDX-License-Identifier: Apache-2.0
#include "storage/read/page_reader.h"

#include <algorithm>

#include "storage/base/status_macros.h"
#include "storage/model/reconcile.h"

namespace rowan {
namespace {

size_t CountKeys(const ReadCommand& command) {
  return command.partition_key.has_value() ? 1 : command.wide_rows.size();
}

size_t IdleBytesOf(const Cell& cell) {
  return cell.value.size() + cell.path.size() + kIdleCellBytes;
}

uint64_t IdleBytesOf(const Row& row) {
  uint64_t bytes = 0;
  for (const Cell& cell : row.cells) bytes += IdleBytesOf(cell);
  return bytes;
}

}  // namespace

PageReader::PageReader(const ReadCommand& command,
                       std::span<const ColumnId> dropped, RowConsumer* consumer,
                       const Clock& clock, ReadStats* stats)
    : command_(command),
      dropped_(dropped),
      consumer_(consumer),
      stats_(stats),
      budget_(command, clock),
      ended_(budget_.Ended()),
      keys_(CountKeys(command)),
      range_next_(command.first_token),
      place_(command.resume) {
  if (place_.has_value()) keys_done_ = KeysBeforePlace();
}

Token PageReader::TokenAt(size_t key) const {
  return command_.partition_key.has_value() ? command_.token
                                            : command_.wide_rows[key].token;
}

std::string_view PageReader::KeyAt(size_t key) const {
  return command_.partition_key.has_value()
             ? std::string_view(*command_.partition_key)
             : command_.wide_rows[key].partition_key;
}

size_t PageReader::KeysBeforePlace() const {
  size_t before = 0;
  while (before < keys_ && TokenAt(before) < place_->token) ++before;
  while (before < keys_ && TokenAt(before) == place_->token &&
         KeyAt(before) < place_->partition_key) {
    ++before;
  }
  const bool done = before < keys_ && place_->position.empty() &&
                    AtPlace(TokenAt(before), KeyAt(before));
  return done ? before + 1 : before;
}

std::optional<Token> PageReader::next_token() const {
  if (command_.by_key()) {
    if (keys_done_ == keys_) return std::nullopt;
    return TokenAt(keys_done_);
  }
  if (!range_next_.has_value() || !place_.has_value()) return range_next_;
  return std::max(*range_next_, place_->token);
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

absl::StatusOr<bool> PageReader::Run(MergingIterator* sources, Token through,
                                     const LostRanges* lost) {
  if (ended_.has_value()) return true;
  lost_ = lost;
  return command_.by_key() ? RunKey(sources) : RunRange(sources, through);
}

absl::StatusOr<bool> PageReader::RunKey(MergingIterator* sources) {
  const Token token = TokenAt(keys_done_);
  const std::string_view key = KeyAt(keys_done_);
  if (lost_ != nullptr) RETURN_IF_ERROR(CheckUpTo(token));
  if (!sources->HasWideRow()) {
    RETURN_IF_ERROR(sources->SeekWideRow(token, key));
  }
  if (sources->HasWideRow() && sources->wide_row().token == token &&
      sources->wide_row().partition_key == key) {
    ASSIGN_OR_RETURN(const bool done, ReadWideRow(sources));
    if (!done) {
      ended_ = budget_.Ended();
      return true;
    }
  } else {
    budget_.CountLook();
    row_fell_through_ = false;
    MoveTo(token, key, {}, 0);
  }
  ++keys_done_;
  // Nothing follows the last wide row: the page is not "full".
  if (keys_done_ == keys_) return false;
  ended_ = budget_.Ended();
  return ended_.has_value();
}

absl::StatusOr<bool> PageReader::RunRange(MergingIterator* sources,
                                          Token through) {
  if (!sources->HasWideRow()) RETURN_IF_ERROR(SeekToPlace(sources));
  while (sources->HasWideRow() &&
         sources->wide_row().token <= command_.last_token) {
    if (lost_ != nullptr) {
      RETURN_IF_ERROR(CheckUpTo(sources->wide_row().token));
    }
    RETURN_IF_ERROR(ReadWideRow(sources).status());
    ended_ = budget_.Ended();
    if (ended_.has_value()) return true;
    RETURN_IF_ERROR(sources->NextWideRow());
  }
  if (lost_ != nullptr) {
    RETURN_IF_ERROR(CheckUpTo(std::min(through, command_.last_token)));
  }
  range_next_.reset();
  if (through < command_.last_token) range_next_ = Token{through.value + 1};
  return false;
}

absl::Status PageReader::CheckUpTo(Token last) const {
  return lost_->CheckTokens(*next_token(), last);
}

absl::Status PageReader::SeekToPlace(MergingIterator* sources) {
  if (!place_.has_value()) return sources->SeekWideRow(*range_next_, {});
  RETURN_IF_ERROR(sources->SeekWideRow(place_->token, place_->partition_key));
  const bool done =
      place_->position.empty() && sources->HasWideRow() &&
      AtPlace(sources->wide_row().token, sources->wide_row().partition_key);
  return done ? sources->NextWideRow() : absl::OkStatus();
}

bool PageReader::AtPlace(Token token, std::string_view partition_key) const {
  return place_.has_value() && place_->token == token &&
         place_->partition_key == partition_key;
}

absl::StatusOr<bool> PageReader::ReadWideRow(MergingIterator* sources) {
  const WideRowHead& head = sources->wide_row();
  Meet(head.deletion.timestamp);
  ASSIGN_OR_RETURN(const bool may_pass, LoadStaticRow(head));
  std::string behind;
  uint64_t rows_left = RowsWanted();
  row_fell_through_ = false;
  if (AtPlace(head.token, head.partition_key)) {
    behind = place_->position;
    row_fell_through_ = place_->row_fell_through;
    rows_left = std::min(place_->rows_left_in_wide_row, rows_left);
  } else if (!head.deletion.none()) {
    ++stats_->tombstones;
    budget_.CountTombstones(1);
  }
  if (may_pass) {
    ASSIGN_OR_RETURN(const bool done, ReadRows(sources, behind, &rows_left));
    if (!done) return false;
    ASSIGN_OR_RETURN(const bool show, HeadStandsAlone(rows_left));
    if (show) Show(head, {}, nullptr);
  }
  budget_.CountLook();
  row_fell_through_ = false;
  MoveTo(head.token, head.partition_key, {}, 0);
  return true;
}

// Whether the wide row shows as a row of its own behind its rows.
absl::StatusOr<bool> PageReader::HeadStandsAlone(uint64_t rows_left) {
  const bool no_row_shown = rows_left > 0 && rows_left == RowsWanted();
  if (command_.distinct) return static_visible_ || !no_row_shown;
  const bool may_stand = command_.slices.empty() || command_.static_alone;
  if (!static_visible_ || !no_row_shown || row_fell_through_ || !may_stand) {
    return false;
  }
  return Passes({}, nullptr);
}

// How many rows of the current wide row the read needs.
uint64_t PageReader::RowsWanted() const {
  if (!command_.distinct) return command_.per_wide_row_limit;
  return static_visible_ ? 0 : 1;
}

// Whether the rows of the wide row are done; else the page ended first.
absl::StatusOr<bool> PageReader::ReadRows(MergingIterator* sources,
                                          std::string_view behind,
                                          uint64_t* rows_left) {
  if (*rows_left == 0) return true;
  const WideRowHead& head = sources->wide_row();
  SliceCursor cursor(sources, command_.slices, command_.reverse, behind,
                     lost_ == nullptr
                         ? LostRanges::Rows()
                         : lost_->InWideRow(head.token, head.partition_key));
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
    MoveTo(head.token, head.partition_key, sources->row().position, *rows_left);
    if (budget_.Ended().has_value()) return false;
    RETURN_IF_ERROR(cursor->Next());
  }
  return true;
}

absl::StatusOr<bool> PageReader::LoadStaticRow(const WideRowHead& head) {
  static_visible_ = static_shown_ = false;
  if (!head.static_row.empty()) {
    budget_.CountIdleBytes(head.static_row.size());
    RETURN_IF_ERROR(DecodeRowImage(head.static_row, &static_row_));
    ApplyDeletion({}, &static_row_);
    RemoveColumns(dropped_, &static_row_);
    if (command_.want_newest) Meet(static_row_);
    KeepLive(command_.now_s, &static_row_);
    static_visible_ = !static_row_.cells.empty();
  }
  if (command_.filter != nullptr) {
    ASSIGN_OR_RETURN(
        const bool may_pass,
        command_.filter->HoldsForWideRow(
            head.partition_key, static_visible_ ? &static_row_ : nullptr));
    if (!may_pass) return false;
  }
  if (static_visible_) {
    Project(&static_row_);
    static_shown_ = !static_row_.cells.empty();
  }
  return true;
}

absl::StatusOr<bool> PageReader::Passes(std::string_view position,
                                        const Row* row) {
  if (command_.filter == nullptr) return true;
  return command_.filter->HoldsForRow(position, row);
}

absl::StatusOr<bool> PageReader::LookAtRow(MergingIterator* sources) {
  Row* row = sources->decoded_row();
  if (row == nullptr) {
    row = &row_;
    RETURN_IF_ERROR(DecodeRowImage(sources->row().image, row));
    ApplyDeletion({}, row);
  }
  RemoveColumns(dropped_, row);
  if (command_.want_newest) Meet(*row);
  const uint64_t tombstones = CountTombstones(*row);
  ++stats_->rows_scanned;
  stats_->cells_scanned += row->cells.size();
  stats_->tombstones += tombstones;
  budget_.CountTombstones(tombstones);
  const uint64_t bytes = std::max(IdleBytesOf(*row), sources->source_bytes());
  const bool live = KeepLive(command_.now_s, row);
  if (!live || command_.distinct) {
    budget_.CountIdleBytes(bytes);
    return live;
  }
  ASSIGN_OR_RETURN(const bool passes, Passes(sources->row().position, row));
  if (!passes) {
    budget_.CountIdleBytes(bytes);
    row_fell_through_ = true;
    return false;
  }
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
  const size_t taken = consumer_->OnRow(result);
  budget_.CountRow(taken);
  if (taken == 0 && row != nullptr) budget_.CountIdleBytes(IdleBytesOf(*row));
}

// Keeps the columns asked for. Both lists ascend.
void PageReader::Project(Row* row) {
  if (!command_.columns.has_value()) return;
  auto asked = command_.columns->begin();
  const auto end = command_.columns->end();
  std::erase_if(row->cells, [&](const Cell& cell) {
    while (asked != end && *asked < cell.column) ++asked;
    const bool keeps = asked != end && *asked == cell.column;
    if (!keeps) budget_.CountIdleBytes(IdleBytesOf(cell));
    return !keeps;
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

void PageReader::MoveTo(Token token, std::string_view partition_key,
                        std::string_view position, uint64_t rows_left) {
  if (!AtPlace(token, partition_key)) {
    if (!place_.has_value()) place_.emplace();
    place_->token = token;
    place_->partition_key.assign(partition_key);
  }
  place_->position.assign(position);
  place_->rows_left_in_wide_row = rows_left;
  place_->row_fell_through = row_fell_through_;
}

}  // namespace rowan
