// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_READ_PAGE_READER_H_
#define ROWAN_STORAGE_READ_PAGE_READER_H_

#include <algorithm>
#include <cstdint>
#include <optional>
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
// partitions in turn (a token-range scan), and from fresh sources of the same
// partition after a WouldBlock() of the old ones; no row is shown twice.
//
//   PageReader page(command, consumer, clock, &stats);
//   for (partition p from that of page.next_token() on) {
//     MergingIterator sources(..., MergeForm::kRows);
//     ASSIGN_OR_RETURN(bool full, page.Run(&sources));
//     if (full) break;
//   }
//   return page.End();
//
// Thread-compatible; command, consumer, clock and stats outlive it. After an
// error other than WouldBlock() it can only be destroyed.
//
// What counts as one row, tombstones, and where a page resumes: README.md.
class PageReader {
 public:
  PageReader(const ReadCommand& command, RowConsumer* consumer,
             const Clock& clock, ReadStats* stats);

  // Reads on from the sources of one partition, made with MergeForm::kRows.
  // True: the page is full. False: these sources hold nothing more for it.
  absl::StatusOr<bool> Run(MergingIterator* sources);

  // No token below it is needed any more.
  Token next_token() const;

  // How the page ended: after Run said true, or behind the last sources.
  PageEnd End() const;

 private:
  absl::Status SeekToPlace(MergingIterator* sources);
  bool Wants(const WideRowHead& head) const;
  bool AtPlace(const WideRowHead& head) const;
  // Reads the current wide row on from `place_` (if that is inside it). False:
  // the page ended first.
  absl::StatusOr<bool> ReadWideRow(MergingIterator* sources);
  absl::StatusOr<bool> ReadRows(MergingIterator* sources,
                                std::string_view behind, uint64_t* rows_left);
  absl::StatusOr<bool> WalkRows(MergingIterator* sources, SliceCursor* cursor,
                                uint64_t* rows_left);
  absl::Status LoadStaticRow(const WideRowHead& head);
  // Looks at the current row and shows it if it is visible.
  absl::StatusOr<bool> LookAtRow(MergingIterator* sources);
  void Show(const WideRowHead& head, std::string_view position, Row* row);
  void Project(Row* row) const;
  uint64_t CountTombstones(const Row& row) const;
  // For PageEnd::newest_us.
  void Meet(int64_t timestamp) { newest_us_ = std::max(newest_us_, timestamp); }
  void Meet(const Row& row);
  void MoveTo(const WideRowHead& head, std::string_view position,
              uint64_t rows_left);

  const ReadCommand& command_;
  RowConsumer* const consumer_;
  ReadStats* const stats_;
  PageBudget budget_;
  std::optional<EndReason> ended_;

  // Behind what was looked at last. An empty `position`: that wide row is done.
  std::optional<ReadPosition> place_;
  bool static_visible_ = false;
  bool static_shown_ = false;  // of its columns some are asked for
  Row static_row_;
  Row row_;
  int64_t newest_us_ = kNoTimestamp;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_READ_PAGE_READER_H_
