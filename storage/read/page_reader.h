// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_READ_PAGE_READER_H_
#define ROWAN_STORAGE_READ_PAGE_READER_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "absl/status/statusor.h"
#include "storage/base/clock.h"
#include "storage/read/merging_iterator.h"
#include "storage/read/page_budget.h"
#include "storage/read/read_command.h"
#include "storage/read/slice_cursor.h"

namespace rowan {

// Reads one page: live rows out of merged sources into a RowConsumer, until a
// limit ends it or nothing is left. Synchronous, and resumable at every row: it
// keeps its own place, so one page may be read from the sources of several
// partitions in turn (a token-range scan) or of several wide rows, and goes on
// after a WouldBlock(): from the same sources where they still have a wide row
// (rule 6 of RowIterator), so that the page shows it as it was, else from fresh
// ones. No row is shown twice.
//
//   PageReader page(command, schema->dropped, consumer, clock, &stats);
//   while (page.next_token().has_value()) {
//     Partition& p = ...;  // holds *page.next_token()
//     MergingIterator sources(..., MergeForm::kRows);
//     ASSIGN_OR_RETURN(bool full, page.Run(&sources, p.last_token));
//     if (full) break;
//   }
//   return page.End();
//
// Thread-compatible; command, dropped, consumer, clock and stats outlive it.
// After an error other than WouldBlock() it can only be destroyed.
//
// What counts as one row, tombstones, and where a page resumes: README.md.
class PageReader {
 public:
  // `dropped`: columns, ascending, whose cells are as if they were not there.
  PageReader(const ReadCommand& command, std::span<const ColumnId> dropped,
             RowConsumer* consumer, const Clock& clock, ReadStats* stats);

  // Reads on from sources made with MergeForm::kRows that hold all of the
  // tokens from next_token() to `through`; in a read by key the next wide row
  // only, so that they may leave out what can't hold its token. They are fresh,
  // or those of a Run before that answered WouldBlock(). True: the page
  // is full. False: they hold nothing more for it.
  // kDataLoss when what it needs is in `lost`, which is of the same sources;
  // null: nothing is.
  absl::StatusOr<bool> Run(MergingIterator* sources, Token through,
                           const LostRanges* lost = nullptr);

  // Where the read goes on: nothing below is needed any more. Nullopt: nothing
  // is left to read.
  std::optional<Token> next_token() const;

  // How the page ended: after Run said true, or behind the last sources.
  PageEnd End() const;

 private:
  Token TokenAt(size_t key) const;
  std::string_view KeyAt(size_t key) const;
  size_t KeysBeforePlace() const;
  absl::StatusOr<bool> RunKey(MergingIterator* sources);
  absl::StatusOr<bool> RunRange(MergingIterator* sources, Token through);
  // Whether no wide row from next_token() to `last` is lost. REQUIRES: lost_.
  absl::Status CheckUpTo(Token last) const;
  absl::Status SeekToPlace(MergingIterator* sources);
  bool AtPlace(Token token, std::string_view partition_key) const;
  // Reads the current wide row on from `place_` (if that is inside it). False:
  // the page ended first.
  absl::StatusOr<bool> ReadWideRow(MergingIterator* sources);
  uint64_t RowsWanted() const;
  absl::StatusOr<bool> HeadStandsAlone(uint64_t rows_left);
  absl::StatusOr<bool> ReadRows(MergingIterator* sources,
                                std::string_view behind, uint64_t* rows_left);
  absl::StatusOr<bool> WalkRows(MergingIterator* sources, SliceCursor* cursor,
                                uint64_t* rows_left);
  // Whether a row of the wide row may pass the filter.
  absl::StatusOr<bool> LoadStaticRow(const WideRowHead& head);
  absl::StatusOr<bool> Passes(std::string_view position, const Row* row);
  // Looks at the current row and shows it if it is visible (in distinct reads
  // it only answers whether it is).
  absl::StatusOr<bool> LookAtRow(MergingIterator* sources);
  void Show(const WideRowHead& head, std::string_view position, Row* row);
  void Project(Row* row);
  uint64_t CountTombstones(const Row& row) const;
  // For PageEnd::newest_us.
  void Meet(int64_t timestamp) { newest_us_ = std::max(newest_us_, timestamp); }
  void Meet(const Row& row);
  void MoveTo(Token token, std::string_view partition_key,
              std::string_view position, uint64_t rows_left);

  const ReadCommand& command_;
  const std::span<const ColumnId> dropped_;
  RowConsumer* const consumer_;
  ReadStats* const stats_;
  PageBudget budget_;
  std::optional<EndReason> ended_;

  // By key: how many wide rows there are, and how many of them are done.
  const size_t keys_;
  size_t keys_done_ = 0;
  // By range: the first token that no sources were read for; nullopt: all were.
  std::optional<Token> range_next_;

  const LostRanges* lost_ = nullptr;  // of the sources of this Run

  // Behind what was looked at last. An empty `position`: that wide row is done.
  std::optional<ReadPosition> place_;
  bool static_visible_ = false;
  bool static_shown_ = false;      // of its columns some are asked for
  bool row_fell_through_ = false;  // ReadPosition::row_fell_through
  Row static_row_;
  Row row_;
  int64_t newest_us_ = kNoTimestamp;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_READ_PAGE_READER_H_
