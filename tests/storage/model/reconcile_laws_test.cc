// SPDX-License-Identifier: Apache-2.0
// The laws of merging, over every row of small worlds.
#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>
#include <vector>

#include "storage/model/reconcile.h"
#include "tests/storage/model/row_world.h"

namespace rowan {
namespace {

const DeletionTime kOuter[] = {{}, {1, 10}, {2, 15}, {3, 10}};

using Worlds = std::vector<std::vector<Row>>;
const Worlds& WorldsOfPairs() {
  static const Worlds worlds = {WorldOfCells().Rows(), WorldOfMarkers().Rows()};
  return worlds;
}
const Worlds& WorldsOfTriples() {
  static const Worlds worlds = {SmallWorld().Rows(), WorldOfMarkers().Rows()};
  return worlds;
}

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
  for (const Row* row : rows) {
    const Liveness& marker = row->liveness;
    const bool wins = std::all_of(rows.begin(), rows.end(), [&](const Row* o) {
      return Winner(marker, o->liveness) == marker;
    });
    if (wins && marker.timestamp > hidden && marker.LiveAt(now_s)) {
      visible.liveness = marker;
    }
  }
  for (const Cell& cell : cells) {
    if (cell.kind == CellKind::kColumnDeletion || is_hidden(cell)) continue;
    const bool wins =
        std::all_of(cells.begin(), cells.end(), [&](const Cell& other) {
          return other.kind == CellKind::kColumnDeletion ||
                 other.column != cell.column || other.path != cell.path ||
                 TieOf(Winner(cell, other)) == TieOf(cell);
        });
    if (wins && cell.LiveAt(now_s)) visible.cells.push_back(cell);
  }
  std::sort(visible.cells.begin(), visible.cells.end(),
            [](const Cell& a, const Cell& b) { return TieOf(a) < TieOf(b); });
  visible.cells.erase(std::unique(visible.cells.begin(), visible.cells.end(),
                                  [](const Cell& a, const Cell& b) {
                                    return TieOf(a) == TieOf(b);
                                  }),
                      visible.cells.end());
  return visible;
}

Row Sorted(Row row) {
  std::sort(row.cells.begin(), row.cells.end(),
            [](const Cell& a, const Cell& b) { return TieOf(a) < TieOf(b); });
  return row;
}

TEST(ReconcileLaws, MergingCommutesAndRepeats) {
  for (const std::vector<Row>& rows : WorldsOfPairs()) {
    for (const Row& a : rows) {
      ASSERT_TRUE(SameRow(Merged(a, a), a));
      for (const Row& b : rows) {
        ASSERT_TRUE(SameRow(Merged(a, b), Merged(b, a)));
      }
    }
  }
}

void ExpectAssociates(const std::vector<Row>& rows) {
  for (const Row& a : rows) {
    for (const Row& b : rows) {
      const Row ab = Merged(a, b);
      const Row applied_ab = Applied({}, ab);
      for (const Row& c : rows) {
        const Row all = Merged(ab, c);
        ASSERT_TRUE(SameRow(all, Merged(a, Merged(b, c))));
        ASSERT_TRUE(
            SameRow(Applied({}, all), Applied({}, Merged(applied_ab, c))));
      }
    }
  }
}

TEST(ReconcileLaws, MergingAssociatesBeforeAndAfterDeletionsAreApplied) {
  for (const auto& rows : WorldsOfTriples()) ExpectAssociates(rows);
}

void ExpectDeletionsApplyAnyTime(const std::vector<Row>& rows,
                                 const DeletionTime& outer) {
  for (const Row& a : rows) {
    const Row early_a = Applied(outer, a);
    ASSERT_TRUE(SameRow(Applied(outer, early_a), early_a));
    for (const Row& b : rows) {
      const Row late = Applied(outer, Merged(a, b));
      ASSERT_TRUE(SameRow(Applied(outer, Merged(early_a, b)), late));
      ASSERT_TRUE(
          SameRow(Applied(outer, Merged(early_a, Applied(outer, b))), late));
    }
  }
}

// Dropping what is hidden early, late, or in one of the rows only: the same row
// for whoever merges on, so the same for readers at any time.
TEST(ReconcileLaws, DeletionsApplyBeforeOrAfterMerging) {
  for (const auto& rows : WorldsOfPairs()) {
    for (const DeletionTime& outer : kOuter) {
      ExpectDeletionsApplyAnyTime(rows, outer);
    }
  }
}

void ExpectReadersSeeTheRules(const std::vector<Row>& rows,
                              const DeletionTime& outer) {
  for (const Row& a : rows) {
    for (const Row& b : rows) {
      const Row late = Applied(outer, Merged(a, b));
      for (const uint32_t now_s : {19, 20}) {
        Row visible = late;
        const bool shown = KeepLive(now_s, &visible);
        ASSERT_TRUE(visible.deletion.none());
        ASSERT_EQ(shown, !visible.empty());
        ASSERT_TRUE(
            SameRow(Sorted(visible), SlowVisible({&a, &b}, outer, now_s)));
      }
    }
  }
}

TEST(ReconcileLaws, ReaderSeesWhatTheRulesSay) {
  for (const auto& rows : WorldsOfPairs()) {
    for (const DeletionTime& outer : kOuter) {
      ExpectReadersSeeTheRules(rows, outer);
    }
  }
}

// Whoever looked before, at an earlier time or a later one, leaves the same as
// one look at the later of the two.
TEST(ReconcileLaws, LooksAtTwoTimesAreALookAtTheLaterOne) {
  for (const std::vector<Row>& rows : WorldsOfPairs()) {
    for (const Row& row : rows) {
      for (const uint32_t first_s : kRowWorldNows) {
        for (const uint32_t then_s : kRowWorldNows) {
          ASSERT_TRUE(SameRow(Visible(then_s, Visible(first_s, row)),
                              Visible(std::max(first_s, then_s), row)));
        }
      }
    }
  }
}

}  // namespace
}  // namespace rowan
