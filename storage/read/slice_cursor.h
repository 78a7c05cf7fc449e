// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_READ_SLICE_CURSOR_H_
#define ROWAN_STORAGE_READ_SLICE_CURSOR_H_

#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "storage/model/row_iterator.h"
#include "storage/read/read_command.h"
#include "storage/sstable/loss/lost_ranges.h"

namespace rowan {

// Walks the fragments of `rows`' current wide row that lie in the slices of a
// read, in its direction, beginning behind the place where an earlier page
// ended. One per wide row visited.
//
// Thread-compatible; `rows` and `slices` outlive it. After an error it can only
// be destroyed; kDataLoss, too, when the way crosses what is lost. Cost: one
// SeekRow per slice that is not skipped.
class SliceCursor {
 public:
  // `slices` ascending; none: the whole wide row. `behind`: a position as
  // ReadPosition keeps it, read during the call only; empty: from the start.
  // `lost`: of the wide row.
  SliceCursor(RowIterator* rows, std::span<const ClusteringSlice> slices,
              bool reverse, std::string_view behind, LostRanges::Rows lost);

  // To the first fragment; before anything else.
  absl::Status Start();
  absl::Status Next();
  // Whether rows->row() is a fragment of the read.
  bool HasRow() const { return has_row_; }
  // The newest of the range deletions that were in force where a slice began,
  // whether a fragment followed or not.
  int64_t newest_open() const { return newest_open_; }

 private:
  const ClusteringSlice& slice() const;
  absl::Status SeekFromSlice();
  bool InSlice() const;
  // Whether nothing is lost of the slices between covered_ and where rows_ is.
  absl::Status CheckWay();

  RowIterator* const rows_;
  const std::span<const ClusteringSlice> slices_;
  const bool reverse_;
  std::string from_;    // bound where an earlier page ended; empty: none
  size_t visited_ = 0;  // slices left behind, in the direction of travel
  bool has_row_ = false;
  const LostRanges::Rows lost_;
  std::string covered_;  // where the last check ended; empty: at the start
  int64_t newest_open_ = kNoTimestamp;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_READ_SLICE_CURSOR_H_
