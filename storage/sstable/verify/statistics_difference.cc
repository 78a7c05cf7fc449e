// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/verify/statistics_difference.h"

namespace rowan {

std::vector<std::string> StatisticsDifference(
    const SSTableStatistics& said, const SSTableStatistics& counted) {
  std::vector<std::string> names;
  const auto compare = [&](const char* name, const auto& a, const auto& b) {
    if (a != b) names.push_back(name);
  };
  compare("wide rows", said.wide_rows, counted.wide_rows);
  compare("rows", said.rows, counted.rows);
  compare("cells", said.cells, counted.cells);
  compare("tombstones", said.tombstones, counted.tombstones);
  compare("bytes stored", said.data_bytes_stored, counted.data_bytes_stored);
  compare("first token", said.first_token, counted.first_token);
  compare("last token", said.last_token, counted.last_token);
  compare("first key", said.first_key, counted.first_key);
  compare("last key", said.last_key, counted.last_key);
  compare("smallest position", said.min_position, counted.min_position);
  compare("largest position", said.max_position, counted.max_position);
  compare("smallest timestamp", said.min_timestamp, counted.min_timestamp);
  compare("largest timestamp", said.max_timestamp, counted.max_timestamp);
  compare("first deletion or expiry", said.min_local_deletion_s,
          counted.min_local_deletion_s);
  compare("last deletion or expiry", said.max_local_deletion_s,
          counted.max_local_deletion_s);
  compare("smallest TTL", said.min_ttl_s, counted.min_ttl_s);
  compare("largest TTL", said.max_ttl_s, counted.max_ttl_s);
  compare("drop times", said.drop_times, counted.drop_times);
  if (said.wide_row_cells.has_value()) {
    compare("cells of wide rows", said.wide_row_cells, counted.wide_row_cells);
  }
  if (said.wide_row_deletions.has_value()) {
    compare("wide rows with a deletion", said.wide_row_deletions,
            counted.wide_row_deletions);
  }
  return names;
}

}  // namespace rowan
