// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_SSTABLE_STATS_TEXT_H_
#define ROWAN_STORAGE_SSTABLE_SSTABLE_STATS_TEXT_H_

#include <string>

#include "storage/sstable/sstable.h"

namespace rowan {

// What is known of a file without reading its blocks, one "Name: value" a line,
// with the names of Cassandra's sstablemetadata where it has the same thing.
std::string SSTableStatsText(const SSTable& table, bool raw_timestamps);

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_SSTABLE_STATS_TEXT_H_
