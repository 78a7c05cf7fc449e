// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_ROW_SUMMARY_H_
#define ROWAN_STORAGE_MODEL_ROW_SUMMARY_H_

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string_view>

#include "absl/status/status.h"
#include "storage/model/deletion_time.h"

namespace rowan {

// What statistics and purging ask of rows, gathered without building a Row.
// Starts empty (every min above its max) and grows with what is added. A value
// type.
struct RowSummary {
  // Over markers, tombstones and cells; microseconds.
  int64_t min_timestamp = std::numeric_limits<int64_t>::max();
  int64_t max_timestamp = std::numeric_limits<int64_t>::min();
  // Of tombstones their local deletion time, of what expires its expiry;
  // seconds since 1970. max is UINT32_MAX when something never goes.
  uint32_t min_local_deletion_s = std::numeric_limits<uint32_t>::max();
  uint32_t max_local_deletion_s = 0;
  // Of what expires; 0 and 0 when nothing does.
  uint32_t min_ttl_s = 0;
  uint32_t max_ttl_s = 0;
  uint64_t cells = 0;  // tombstones included, column deletions not
  // Of cells, columns, rows, and what AddDeletion was given.
  uint64_t tombstones = 0;

  // A deletion of a column, row, range or wide row; none() adds nothing.
  void AddDeletion(const DeletionTime& deletion);
  // Everything in a row image, in one pass with no allocation. kDataLoss when
  // it is not one; *this is then unspecified.
  absl::Status AddRowImage(std::string_view image);
  void Add(const RowSummary& other);

 private:
  void AddTimestamp(int64_t timestamp) {
    min_timestamp = std::min(min_timestamp, timestamp);
    max_timestamp = std::max(max_timestamp, timestamp);
  }
  void AddLocalTime(uint32_t local_time_s) {
    min_local_deletion_s = std::min(min_local_deletion_s, local_time_s);
    max_local_deletion_s = std::max(max_local_deletion_s, local_time_s);
  }
  void AddForever() {
    max_local_deletion_s = std::numeric_limits<uint32_t>::max();
  }
  void AddTtl(uint32_t ttl_s) {
    min_ttl_s = min_ttl_s == 0 ? ttl_s : std::min(min_ttl_s, ttl_s);
    max_ttl_s = std::max(max_ttl_s, ttl_s);
  }
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_ROW_SUMMARY_H_
