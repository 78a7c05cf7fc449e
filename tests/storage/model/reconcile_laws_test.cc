// SPDX-License-Identifier: Apache-2.0
// The laws of merging, over every row of a small world in which a plain cell,
// an element, a column deletion and a row deletion meet at the same few
// timestamps.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "storage/model/reconcile.h"
#include "tests/lib/row_literals.h"

namespace rowan {
namespace {

// No gtest printing on the way: there are millions of comparisons.
auto Tie(const Cell& c) {
  return std::tie(c.column, c.kind, c.timestamp, c.ttl_s, c.local_time_s,
                  c.value, c.path);
}

bool Same(const Row& a, const Row& b) {
  return a.liveness == b.liveness && a.deletion == b.deletion &&
         std::equal(
             a.cells.begin(), a.cells.end(), b.cells.begin(), b.cells.end(),
             [](const Cell& x, const Cell& y) { return Tie(x) == Tie(y); });
}

// What may stand at one place; the first says "nothing".
struct World {
  std::vector<std::vector<Cell>> places;
  std::vector<DeletionTime> row_deletions;

  std::vector<Row> Rows() const {
    std::vector<Row> rows;
    for (const DeletionTime& deletion : row_deletions) {
      Row row;
      row.deletion = deletion;
      Add(0, row, &rows);
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

World LargeWorld() {
  return {{{ColumnDeletion(1, 1, 10), ColumnDeletion(1, 2, 10),
            ColumnDeletion(1, 2, 20)},
           {LiveCell(1, 2, "x")},
           {Element("a", LiveCell(1, 1, "x")),
            Element("a", ExpiringCell(1, 2, 5, 20, "x")),
            Element("a", CellTombstone(1, 2, 10)),
            Element("a", LiveCell(1, 3, "y"))},
           {Element("b", LiveCell(1, 2, "x"))},
           {Element("a", LiveCell(2, 1, "x"))}},
          {{}, {1, 10}, {2, 10}}};
}

World SmallWorld() {
  return {{{ColumnDeletion(1, 1, 10), ColumnDeletion(1, 2, 10),
            ColumnDeletion(1, 2, 20)},
           {LiveCell(1, 2, "x")},
           {Element("a", LiveCell(1, 1, "x")),
            Element("a", ExpiringCell(1, 2, 5, 20, "x"))}},
          {{}, {1, 10}, {2, 10}}};
}

const DeletionTime kOuter[] = {{}, {1, 10}, {2, 15}, {3, 10}};
constexpr uint32_t kNows[] = {0, 20};

Row Merged(const Row& from, Row into) {
  MergeRow(from, &into);
  return into;
}

Row Applied(const DeletionTime& outer, Row row) {
  ApplyDeletion(outer, &row);
  return row;
}

Row Visible(uint32_t now_s, Row row) {
  KeepLive(now_s, &row);
  return row;
}

// What a reader sees of some rows, cell by cell: no merging, no order.
Row SlowVisible(std::initializer_list<const Row*> rows,
                const DeletionTime& outer, uint32_t now_s) {
  std::vector<Cell> cells;
  int64_t hidden = outer.timestamp;
  for (const Row* row : rows) {
    hidden = std::max(hidden, row->deletion.timestamp);
    cells.insert(cells.end(), row->cells.begin(), row->cells.end());
  }
  const auto is_hidden = [&](const Cell& cell) {
    return cell.timestamp <= hidden ||
           std::any_of(cells.begin(), cells.end(), [&](const Cell& deletion) {
             return deletion.kind == CellKind::kColumnDeletion &&
                    deletion.column == cell.column &&
                    deletion.timestamp >= cell.timestamp;
           });
  };
  Row visible;
  for (const Cell& cell : cells) {
    if (cell.kind == CellKind::kColumnDeletion || is_hidden(cell)) continue;
    const bool wins =
        std::all_of(cells.begin(), cells.end(), [&](const Cell& other) {
          return other.kind == CellKind::kColumnDeletion ||
                 other.column != cell.column || other.path != cell.path ||
                 Tie(Winner(cell, other)) == Tie(cell);
        });
    if (wins && cell.LiveAt(now_s)) visible.cells.push_back(cell);
  }
  std::sort(visible.cells.begin(), visible.cells.end(),
            [](const Cell& a, const Cell& b) { return Tie(a) < Tie(b); });
  visible.cells.erase(std::unique(visible.cells.begin(), visible.cells.end(),
                                  [](const Cell& a, const Cell& b) {
                                    return Tie(a) == Tie(b);
                                  }),
                      visible.cells.end());
  return visible;
}

Row Sorted(Row row) {
  std::sort(row.cells.begin(), row.cells.end(),
            [](const Cell& a, const Cell& b) { return Tie(a) < Tie(b); });
  return row;
}

TEST(ReconcileLaws, MergingCommutesAndRepeats) {
  const std::vector<Row> rows = LargeWorld().Rows();
  for (const Row& a : rows) {
    ASSERT_TRUE(Same(Merged(a, a), a));
    for (const Row& b : rows) ASSERT_TRUE(Same(Merged(a, b), Merged(b, a)));
  }
}

TEST(ReconcileLaws, MergingAssociatesBeforeAndAfterDeletionsAreApplied) {
  const std::vector<Row> rows = SmallWorld().Rows();
  for (const Row& a : rows) {
    for (const Row& b : rows) {
      const Row ab = Merged(a, b);
      const Row applied_ab = Applied({}, ab);
      for (const Row& c : rows) {
        const Row all = Merged(ab, c);
        ASSERT_TRUE(Same(all, Merged(a, Merged(b, c))));
        ASSERT_TRUE(Same(Applied({}, all), Applied({}, Merged(applied_ab, c))));
      }
    }
  }
}

// Dropping what is hidden early, late, or in one of the rows only: the same row
// for whoever merges on, so the same for readers at any time.
TEST(ReconcileLaws, DeletionsApplyBeforeOrAfterMerging) {
  const std::vector<Row> rows = LargeWorld().Rows();
  for (const DeletionTime& outer : kOuter) {
    for (const Row& a : rows) {
      const Row early_a = Applied(outer, a);
      ASSERT_TRUE(Same(Applied(outer, early_a), early_a));
      for (const Row& b : rows) {
        const Row late = Applied(outer, Merged(a, b));
        ASSERT_TRUE(Same(Applied(outer, Merged(early_a, b)), late));
        ASSERT_TRUE(
            Same(Applied(outer, Merged(early_a, Applied(outer, b))), late));
      }
    }
  }
}

TEST(ReconcileLaws, ReaderSeesWhatTheRulesSay) {
  const std::vector<Row> rows = LargeWorld().Rows();
  for (const DeletionTime& outer : kOuter) {
    for (const Row& a : rows) {
      for (const Row& b : rows) {
        const Row late = Applied(outer, Merged(a, b));
        for (uint32_t now_s : kNows) {
          const Row visible = Visible(now_s, late);
          ASSERT_TRUE(visible.deletion.none());
          ASSERT_TRUE(
              Same(Sorted(visible), SlowVisible({&a, &b}, outer, now_s)));
        }
      }
    }
  }
}

}  // namespace
}  // namespace rowan
