// SPDX-License-Identifier: Apache-2.0
#include "tests/model/reference/got_row.h"

namespace rowan {
namespace {

std::vector<GotCell> GotCellsOf(const Row& row) {
  std::vector<GotCell> cells;
  for (const Cell& cell : row.cells) {
    cells.push_back({cell.column,
                     std::string(cell.path),
                     {cell.timestamp, cell.ttl_s, cell.local_time_s,
                      std::string(cell.value)}});
  }
  return cells;
}

}  // namespace

GotRow GotRowOf(const ResultRow& row) {
  GotRow got;
  got.token = row.token;
  got.key = std::string(row.partition_key);
  got.position = std::string(row.position);
  if (row.row != nullptr) {
    const Liveness& marker = row.row->liveness;
    if (!marker.none()) {
      got.marker = {marker.timestamp, marker.ttl_s, marker.expiry_s, ""};
    }
    got.cells = GotCellsOf(*row.row);
  }
  if (row.static_row != nullptr) got.fixed = GotCellsOf(*row.static_row);
  return got;
}

}  // namespace rowan
