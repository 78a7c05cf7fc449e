// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_READ_SLICE_CURSOR_H_
#define ROWAN_STORAGE_READ_SLICE_CURSOR_H_

#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "storage/model/row_iterator.h"
#include "storage/read/read_command.h"

namespace rowan {

// Walks the fragments of `rows`' current wide row that lie in the slices of a
// read, in its direction, beginning behind the place where an earlier page
// ended. One per wide row visited.
//
// Thread-compatible; `rows` and `slices` outlive it. After an error it can only
// be destroyed. Cost: one SeekRow per slice that is not skipped.
class SliceCursor {
 public:
  // `slices` ascending; none: the whole wide row. `behind`: a position as
  // ReadPosition keeps it, read during the call only; empty: from the start.
  SliceCursor(RowIterator* rows, std::span<const ClusteringSlice> slices,
              bool reverse, std::string_view behind);

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

  RowIterator* const rows_;
  const std::span<const ClusteringSlice> slices_;
  const bool reverse_;
  std::string from_;    // bound where an earlier page ended; empty: none
  size_t visited_ = 0;  // slices left behind, in the direction of travel
  bool has_row_ = false;
  int64_t newest_open_ = kNoTimestamp;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_READ_SLICE_CURSOR_H_
