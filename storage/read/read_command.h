// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_READ_READ_COMMAND_H_
#define ROWAN_STORAGE_READ_READ_COMMAND_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "partitioner/token.h"
#include "storage/base/ids.h"
#include "storage/base/read_stats.h"
#include "storage/model/key_codec.h"
#include "storage/model/row.h"

namespace rowan {

// Positions [start, end) of a wide row; bounds of key_codec.h.
struct ClusteringSlice {
  std::string start{kFirstBound};
  std::string end{kLastBound};
};

// The place behind the last row of a page: all a read keeps between pages.
struct ReadPosition {
  Token token;
  std::string partition_key;
  // Behind this position (before it in reverse) the wide row goes on. Empty:
  // the wide row is done.
  std::string position;
  uint64_t rows_left_in_wide_row = 0;  // of per_wide_row_limit
};

// What a page is to hold. Plain values; validated by whoever builds it.
struct ReadCommand {
  TableId table;
  // Either one wide row ...
  std::optional<std::string> partition_key;
  Token token;  // of partition_key
  // ... or all wide rows with first_token <= token <= last_token.
  Token first_token = Token::Min();
  Token last_token = Token::Max();

  // Ascending, not overlapping; none means the whole wide row.
  std::vector<ClusteringSlice> slices;
  bool reverse = false;  // clustering order within each wide row
  // Columns to return, ascending; nullopt: all. Visibility of a row counts all
  // its columns, returned or not.
  std::optional<std::vector<ColumnId>> columns;

  uint64_t limit =
      std::numeric_limits<uint64_t>::max();  // rows, all pages left
  uint64_t per_wide_row_limit = std::numeric_limits<uint64_t>::max();
  uint64_t page_rows_max = 1000;
  uint64_t page_bytes_max = 1 << 20;  // keys and values, as RowConsumer counts
  uint64_t page_tombstones_max = 10'000;
  int64_t deadline_ns = std::numeric_limits<int64_t>::max();  // monotonic clock

  uint32_t now_s = 0;  // what is expired; fixed for all pages of one read

  // Show a visible static row alone where the slices hold no visible row.
  bool static_alone = false;
  // Fill PageEnd::newest_us.
  bool want_newest = false;

  std::optional<ReadPosition> resume;
};

// Why a page ended.
enum class EndReason : uint8_t {
  kExhausted = 1,  // nothing follows; PageEnd::resume is empty
  kRows = 2,       // page_rows_max or limit
  kBytes = 3,
  kTime = 4,
  kTombstones = 5,
};

struct PageEnd {
  EndReason reason = EndReason::kExhausted;
  std::optional<ReadPosition> resume;
  uint64_t rows = 0;
  // The newest timestamp of all that lies in the slices, live or not, of what
  // deletes there, and of the static row: a write above it is seen.
  // kNoTimestamp when there is nothing.
  int64_t newest_us = kNoTimestamp;
  ReadStats stats;
};

// One visible row on its way out; views live during the call only.
struct ResultRow {
  Token token;
  std::string_view partition_key;
  // Empty when the wide row has no visible row but a visible static row, in a
  // read without slices.
  std::string_view position;
  const Row* row = nullptr;  // live cells only; null with `position` empty
  const Row* static_row = nullptr;  // live cells only; null when there is none
};

// Takes the rows of a page as they are found, so that they are encoded once,
// straight into the answer. Called by one thread at a time.
class RowConsumer {
 public:
  virtual ~RowConsumer() = default;
  // Returns the bytes that the row takes in the answer, for page_bytes_max.
  virtual size_t OnRow(const ResultRow& row) = 0;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_READ_READ_COMMAND_H_
