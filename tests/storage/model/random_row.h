// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_STORAGE_MODEL_RANDOM_ROW_H_
#define ROWAN_TESTS_STORAGE_MODEL_RANDOM_ROW_H_

#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "storage/model/row.h"
#include "tests/lib/sim_random.h"

namespace rowan {

// Everything of a cell or row that an encoding must keep, comparable and
// printable by gtest.
inline auto Fields(const Cell& c) {
  return std::make_tuple(c.column.value, static_cast<int>(c.kind), c.timestamp,
                         c.ttl_s, c.local_time_s, std::string(c.value),
                         std::string(c.path));
}
inline auto Fields(const Row& row) {
  std::vector<decltype(Fields(Cell{}))> cells;
  for (const Cell& cell : row.cells) cells.push_back(Fields(cell));
  return std::make_tuple(row.liveness.timestamp, row.liveness.ttl_s,
                         row.liveness.expiry_s, row.deletion.timestamp,
                         row.deletion.local_time_s, cells);
}

// Timestamps from a few values, so that ties are common.
inline int64_t RandomTimestamp(SimRandom& random) {
  return static_cast<int64_t>(random.Below(4)) * 1'000'000'007 - 1;
}

// Any kind but a column deletion; the value views into a static string.
inline Cell RandomCell(SimRandom& random, uint32_t column,
                       std::string_view path) {
  static const std::string bytes = "values are views into this string";
  Cell cell{.column = ColumnId{column}, .timestamp = RandomTimestamp(random)};
  cell.path = path;
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
  return cell;
}

// The cells of one column: mostly one plain cell, else some of a deletion, a
// plain cell and elements.
inline void AddRandomColumn(SimRandom& random, uint32_t column,
                            std::vector<Cell>* cells) {
  static constexpr std::string_view kPaths[] = {{"\0", 1}, {"\0\0", 2}, "a",
                                                "ab",      "b",         "\xff"};
  if (random.Below(3) != 0) {
    cells->push_back(RandomCell(random, column, {}));
    return;
  }
  if (random.Below(2) == 0) {
    cells->push_back({.column = ColumnId{column},
                      .kind = CellKind::kColumnDeletion,
                      .timestamp = RandomTimestamp(random),
                      .local_time_s = static_cast<uint32_t>(random.Next())});
  }
  if (random.Below(4) == 0) cells->push_back(RandomCell(random, column, {}));
  for (std::string_view path : kPaths) {
    if (random.Below(2) != 0) continue;
    cells->push_back(RandomCell(random, column, path));
  }
}

// Columns below `columns_max`.
inline Row RandomRow(SimRandom& random, uint32_t columns_max = 6) {
  Row row;
  if (random.Below(3) != 0) {
    row.liveness.timestamp = RandomTimestamp(random);
    if (random.Below(3) == 0) {
      row.liveness.ttl_s = 1 + static_cast<uint32_t>(random.Below(300));
      row.liveness.expiry_s = static_cast<uint32_t>(random.Next());
    }
  }
  if (random.Below(4) == 0) {
    row.deletion = {RandomTimestamp(random),
                    static_cast<uint32_t>(random.Next())};
  }
  for (uint32_t column = 1; column < columns_max; ++column) {
    if (random.Below(2) == 0) continue;
    AddRandomColumn(random, column, &row.cells);
  }
  return row;
}

}  // namespace rowan

#endif  // ROWAN_TESTS_STORAGE_MODEL_RANDOM_ROW_H_
