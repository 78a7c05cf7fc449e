// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_BASE_READ_STATS_H_
#define ROWAN_STORAGE_BASE_READ_STATS_H_

#include <cstdint>

namespace rowan {

// What one read cost: filled by the sources as they work, shown to whoever asks
// for an explanation. One per read; thread-compatible.
struct ReadStats {
  uint64_t memtables = 0;         // consulted
  uint64_t sstables = 0;          // consulted after filter and key range
  uint64_t sstables_skipped = 0;  // ruled out by filter or key range
  uint64_t sstable_misses = 0;    // seeks of a key in an SSTable without it
  uint64_t blocks = 0;            // read and checked
  uint64_t block_bytes = 0;       // as stored
  uint64_t rows_scanned = 0;      // merged rows looked at, live or not
  uint64_t cells_scanned = 0;
  uint64_t tombstones = 0;  // row, range and cell tombstones looked at
  uint64_t waits = 0;       // times handed over to wait for the disk
  int64_t wait_ns = 0;
  int64_t work_ns = 0;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_BASE_READ_STATS_H_
