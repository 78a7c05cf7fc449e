// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_SSTABLE_STATS_TEXT_H_
#define ROWAN_STORAGE_SSTABLE_SSTABLE_STATS_TEXT_H_

#include <cstdint>
#include <string>

#include "storage/sstable/sstable_reader.h"

namespace rowan {

struct SSTableStatsOptions {
  bool raw_timestamps = false;  // as numbers instead of ISO 8601
  int64_t now_s = 0;            // what is droppable at this moment
};

// What is known of a file without reading its blocks, one "Name: value" a line,
// with the names of Cassandra's sstablemetadata where it has the same thing.
// "unknown": the file is from before that was gathered.
std::string SSTableStatsText(const SSTableReader& table,
                             const SSTableStatsOptions& options);

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_SSTABLE_STATS_TEXT_H_
