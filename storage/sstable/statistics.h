// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_STATISTICS_H_
#define ROWAN_STORAGE_SSTABLE_STATISTICS_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string>

#include "partitioner/partition_id.h"
#include "storage/base/ids.h"
#include "storage/sstable/drop_times.h"
#include "storage/sstable/size_histogram.h"

namespace rowan {

// What is known of an SSTable without reading its blocks; stored in its
// statistics section (FORMAT.md). Plain values.
struct SSTableStatistics {
  FileId file;
  TableId table;
  PartitionId partition;
  uint32_t level = 0;  // compaction level when written

  uint64_t wide_rows = 0;
  uint64_t rows = 0;  // request ids, too; static rows not counted
  uint64_t cells = 0;
  uint64_t tombstones = 0;         // cells, rows, range bounds, wide rows
  uint64_t data_bytes_raw = 0;     // data blocks before compression
  uint64_t data_bytes_stored = 0;  // and as stored

  Token first_token, last_token;
  std::string first_key, last_key;         // partition keys
  std::string min_position, max_position;  // over all rows and bounds
  int64_t min_timestamp = std::numeric_limits<int64_t>::max();
  int64_t max_timestamp = std::numeric_limits<int64_t>::min();
  // Seconds since 1970; of tombstones and expiring cells. max is UINT32_MAX
  // when something in the file never goes.
  uint32_t min_local_deletion_s = std::numeric_limits<uint32_t>::max();
  uint32_t max_local_deletion_s = 0;
  uint32_t min_ttl_s = 0, max_ttl_s = 0;
  // Tombstones and expiries by local deletion time.
  DropTimes drop_times;

  // Not known of files from before these were gathered (FORMAT.md).
  std::optional<SizeHistogram> wide_row_bytes;  // in blocks, before compression
  std::optional<SizeHistogram> wide_row_cells;  // static ones included
  std::optional<uint64_t> wide_row_deletions;

  LogPosition log_from, log_to;  // records covered: for tools only
  int64_t written_at_us = 0;     // node's wall clock
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_STATISTICS_H_
