// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_STORAGE_MODEL_ROW_WORLD_H_
#define ROWAN_TESTS_STORAGE_MODEL_ROW_WORLD_H_

#include <algorithm>
#include <tuple>
#include <vector>

#include "storage/model/row.h"
#include "tests/lib/row_literals.h"

namespace rowan {

// Every row of a small world, in which a marker, a plain cell, an element, a
// column deletion and a row deletion meet at the same few timestamps. What
// expires does so at 20.
struct RowWorld {
  std::vector<std::vector<Cell>> places;  // what may stand there, or nothing
  std::vector<Liveness> markers;
  std::vector<DeletionTime> deletions;

  std::vector<Row> Rows() const {
    std::vector<Row> rows;
    for (const DeletionTime& deletion : deletions) {
      for (const Liveness& marker : markers) {
        Add(0, Row{marker, deletion, {}}, &rows);
      }
    }
    return rows;
  }

 private:
  void Add(size_t place, const Row& row, std::vector<Row>* rows) const {
    if (place == places.size()) {
      rows->push_back(row);
      return;
    }
    Add(place + 1, row, rows);
    for (const Cell& cell : places[place]) {
      Row with = row;
      with.cells.push_back(cell);
      Add(place + 1, with, rows);
    }
  }
};

// Cells of all kinds, no markers.
inline RowWorld WorldOfCells() {
  return {{{ColumnDeletion(1, 1, 10), ColumnDeletion(1, 2, 10),
            ColumnDeletion(1, 2, 20)},
           {LiveCell(1, 2, "x")},
           {Element("a", LiveCell(1, 1, "x")),
            Element("a", ExpiringCell(1, 2, 5, 20, "x")),
            Element("a", CellTombstone(1, 2, 10)),
            Element("a", LiveCell(1, 3, "y"))},
           {Element("b", LiveCell(1, 2, "x"))},
           {Element("a", LiveCell(2, 1, "x"))}},
          {{}},
          {{}, {1, 10}, {2, 10}}};
}

// Markers of all kinds beside one cell.
inline RowWorld WorldOfMarkers() {
  return {{{LiveCell(1, 2, "x"), ExpiringCell(1, 2, 5, 20, "y"),
            CellTombstone(1, 1, 10)}},
          {{}, {1, 0, 0}, {2, 0, 0}, {2, 5, 20}, {2, 3, 20}, {3, 5, 20}},
          {{}, {1, 10}, {2, 10}}};
}

// A few of both, for laws of three rows.
inline RowWorld SmallWorld() {
  return {{{ColumnDeletion(1, 1, 10), ColumnDeletion(1, 2, 10),
            ColumnDeletion(1, 2, 20)},
           {LiveCell(1, 2, "x")},
           {Element("a", LiveCell(1, 1, "x")),
            Element("a", ExpiringCell(1, 2, 5, 20, "x"))}},
          {{}},
          {{}, {1, 10}, {2, 10}}};
}

// Around the moment of expiry, and far from it.
inline constexpr uint32_t kRowWorldNows[] = {0, 19, 20, 21};

// No gtest printing on the way: there are millions of comparisons.
inline auto TieOf(const Cell& c) {
  return std::tie(c.column, c.kind, c.timestamp, c.ttl_s, c.local_time_s,
                  c.value, c.path);
}
inline bool SameRow(const Row& a, const Row& b) {
  return a.liveness == b.liveness && a.deletion == b.deletion &&
         std::equal(
             a.cells.begin(), a.cells.end(), b.cells.begin(), b.cells.end(),
             [](const Cell& x, const Cell& y) { return TieOf(x) == TieOf(y); });
}

}  // namespace rowan

#endif  // ROWAN_TESTS_STORAGE_MODEL_ROW_WORLD_H_
