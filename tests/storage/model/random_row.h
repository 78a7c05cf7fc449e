// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_STORAGE_MODEL_RANDOM_ROW_H_
#define ROWAN_TESTS_STORAGE_MODEL_RANDOM_ROW_H_

#include <string>
#include <tuple>
#include <vector>

#include "storage/model/row.h"
#include "tests/lib/sim_random.h"

namespace rowan {

// Everything of a cell or row that an encoding must keep, comparable and
// printable by gtest.
inline auto Fields(const Cell& c) {
  return std::make_tuple(c.column.value, static_cast<int>(c.kind), c.timestamp,
                         c.ttl_s, c.local_time_s, std::string(c.value));
}
inline auto Fields(const Row& row) {
  std::vector<decltype(Fields(Cell{}))> cells;
  for (const Cell& cell : row.cells) cells.push_back(Fields(cell));
  return std::make_tuple(row.liveness.timestamp, row.liveness.ttl_s,
                         row.liveness.expiry_s, row.deletion.timestamp,
                         row.deletion.local_time_s, cells);
}

// Timestamps from a few values, so that ties are common; columns below
// `columns_max`; values view into a static string.
inline Row RandomRow(SimRandom& random, uint32_t columns_max = 6) {
  static const std::string bytes = "values are views into this string";
  const auto timestamp = [&random] {
    return static_cast<int64_t>(random.Below(4)) * 1'000'000'007 - 1;
  };
  Row row;
  if (random.Below(3) != 0) {
    row.liveness.timestamp = timestamp();
    if (random.Below(3) == 0) {
      row.liveness.ttl_s = 1 + static_cast<uint32_t>(random.Below(300));
      row.liveness.expiry_s = static_cast<uint32_t>(random.Next());
    }
  }
  if (random.Below(4) == 0) {
    row.deletion = {timestamp(), static_cast<uint32_t>(random.Next())};
  }
  for (uint32_t column = 1; column < columns_max; ++column) {
    if (random.Below(2) == 0) continue;
    Cell cell{.column = ColumnId{column}, .timestamp = timestamp()};
    cell.kind = static_cast<CellKind>(random.Below(3));
    if (cell.kind != CellKind::kLive) {
      cell.local_time_s = static_cast<uint32_t>(random.Next());
    }
    if (cell.kind == CellKind::kExpiring) {
      cell.ttl_s = 1 + static_cast<uint32_t>(random.Below(100'000));
    }
    if (cell.kind != CellKind::kTombstone) {
      const size_t from = random.Below(bytes.size());
      cell.value = std::string_view(bytes).substr(from, random.Below(20));
    }
    row.cells.push_back(cell);
  }
  return row;
}

}  // namespace rowan

#endif  // ROWAN_TESTS_STORAGE_MODEL_RANDOM_ROW_H_
