// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_READ_READ_COMMAND_H_
#define ROWAN_STORAGE_READ_READ_COMMAND_H_

#include <compare>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "partitioner/token.h"
#include "storage/base/ids.h"
#include "storage/base/read_stats.h"
#include "storage/model/key_codec.h"
#include "storage/model/row.h"
#include "storage/read/row_filter.h"

namespace rowan {

// Positions [start, end) of a wide row; bounds of key_codec.h.
struct ClusteringSlice {
  std::string start{kFirstBound};
  std::string end{kLastBound};
};

// A wide row by its key; they order as wide rows do.
struct WideRowKey {
  Token token;
  std::string partition_key;

  friend auto operator<=>(const WideRowKey&, const WideRowKey&) = default;
};

// The place behind the last row of a page: all a read keeps between pages.
struct ReadPosition {
  Token token;
  std::string partition_key;
  // Behind this position (before it in reverse) the wide row goes on. Empty:
  // the wide row is done.
  std::string position;
  uint64_t rows_left_in_wide_row = 0;  // of per_wide_row_limit
  // A live row of this wide row did not pass the filter: its static row does
  // not stand alone.
  bool row_fell_through = false;
};

// What a cell costs besides its bytes, so that empty ones end a page too.
inline constexpr size_t kIdleCellBytes = 16;

// What a page is to hold. Plain values; validated by whoever builds it.
struct ReadCommand {
  TableId table;
  // Either one wide row ...
  std::optional<std::string> partition_key;
  Token token;  // of partition_key
  // ... or several, ascending and each once ...
  std::vector<WideRowKey> wide_rows;
  // ... or all wide rows with first_token <= token <= last_token.
  Token first_token = Token::Min();
  Token last_token = Token::Max();

  bool by_key() const {
    return partition_key.has_value() || !wide_rows.empty();
  }

  // Ascending, not overlapping; none means the whole wide row.
  std::vector<ClusteringSlice> slices;
  bool reverse = false;  // clustering order within each wide row
  // One row for each wide row that has a live row or a live static column:
  // without position and row, as if it had static columns only. No slices.
  bool distinct = false;
  // Which rows pass; null: all. Asked behind slices and before limits. In
  // distinct reads it knows the partition key and static columns only.
  std::shared_ptr<const RowFilter> filter;
  // Columns to return, ascending; nullopt: all. Visibility of a row counts all
  // its columns, returned or not.
  std::optional<std::vector<ColumnId>> columns;

  uint64_t limit =
      std::numeric_limits<uint64_t>::max();  // rows, all pages left
  uint64_t per_wide_row_limit = std::numeric_limits<uint64_t>::max();
  uint64_t page_rows_max = 1000;
  uint64_t page_bytes_max = 1 << 20;  // keys and values, as RowConsumer counts
  uint64_t page_tombstones_max = 10'000;
  // Rows, deletion changes and wide rows looked at that showed nothing: a tenth
  // of a second of work.
  uint64_t page_idle_looks_max = 100'000;
  // Of what was read for nothing: static rows, columns not asked for, and rows
  // that showed nothing or took no room in the answer (summed up, distinct). A
  // cell counts its value, its path and kIdleCellBytes; a row not shown as much
  // as it takes in its sources, if that is more. Work as above.
  uint64_t page_idle_bytes_max = 16 << 20;
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
  kTime = 4,  // deadline_ns, page_idle_looks_max or page_idle_bytes_max
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
  // read without slices; and in distinct reads.
  std::string_view position;
  // Live cells only; null with `position` empty.
  const Row* row = nullptr;
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
