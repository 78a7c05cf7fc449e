// SPDX-License-Identifier: Apache-2.0
#include "storage/model/reconcile.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/lib/row_literals.h"
#include "tests/storage/model/random_row.h"

namespace rowan {
namespace {

// Every cell that a small world allows: all ties of all rules are in it.
std::vector<Cell> AllCells() {
  std::vector<Cell> cells;
  for (int64_t timestamp : {1, 2}) {
    for (std::string_view value : {"", "a", "b", "\xff"}) {
      cells.push_back(
          {.column = ColumnId{1}, .timestamp = timestamp, .value = value});
      for (uint32_t expiry : {10u, 20u}) {
        for (uint32_t ttl : {1u, 2u}) {
          cells.push_back({.column = ColumnId{1},
                           .kind = CellKind::kExpiring,
                           .timestamp = timestamp,
                           .ttl_s = ttl,
                           .local_time_s = expiry,
                           .value = value});
        }
      }
    }
    for (uint32_t local_time : {10u, 20u}) {
      cells.push_back({.column = ColumnId{1},
                       .kind = CellKind::kTombstone,
                       .timestamp = timestamp,
                       .local_time_s = local_time});
    }
  }
  return cells;
}

std::vector<Liveness> AllMarkers() {
  std::vector<Liveness> markers = {Liveness{}};
  for (int64_t timestamp : {1, 2}) {
    markers.push_back({.timestamp = timestamp});
    for (uint32_t ttl : {1u, 2u}) {
      for (uint32_t expiry : {10u, 20u}) {
        markers.push_back(
            {.timestamp = timestamp, .ttl_s = ttl, .expiry_s = expiry});
      }
    }
  }
  return markers;
}

auto Fields(const Liveness& l) {
  return std::make_tuple(l.timestamp, l.ttl_s, l.expiry_s);
}
using rowan::Fields;

template <typename T>
void ExpectSemilattice(const std::vector<T>& all) {
  for (const T& a : all) {
    ASSERT_EQ(Fields(Winner(a, a)), Fields(a));
    for (const T& b : all) {
      const T ab = Winner(a, b);
      ASSERT_EQ(Fields(ab), Fields(Winner(b, a)));
      ASSERT_TRUE(Fields(ab) == Fields(a) || Fields(ab) == Fields(b));
      for (const T& c : all) {
        ASSERT_EQ(Fields(Winner(ab, c)), Fields(Winner(a, Winner(b, c))));
      }
    }
  }
}

TEST(CellWinner, CommutesAssociatesAndRepeats) {
  ExpectSemilattice(AllCells());
}

TEST(LivenessWinner, CommutesAssociatesAndRepeats) {
  ExpectSemilattice(AllMarkers());
}

// Each rule of the header, one pair a rule: the second beats the first.
TEST(CellWinner, FollowsTheRulesInOrder) {
  const auto live = [](int64_t at, std::string_view value) {
    return Cell{.column = ColumnId{1}, .timestamp = at, .value = value};
  };
  const auto expiring = [](int64_t at, uint32_t expiry, uint32_t ttl,
                           std::string_view value) {
    return Cell{ColumnId{1}, CellKind::kExpiring, at, ttl, expiry, value};
  };
  const auto tombstone = [](int64_t at, uint32_t local_time) {
    return Cell{ColumnId{1}, CellKind::kTombstone, at, 0, local_time, {}};
  };
  const std::pair<Cell, Cell> pairs[] = {
      {tombstone(1, 99), live(2, "a")},
      {live(1, "z"), tombstone(1, 1)},
      {live(1, "z"), expiring(1, 1, 1, "a")},
      {expiring(1, 99, 1, "z"), tombstone(1, 1)},
      {tombstone(1, 1), tombstone(1, 2)},
      {expiring(1, 1, 1, "z"), expiring(1, 2, 9, "a")},
      {expiring(1, 5, 3, "z"), expiring(1, 5, 2, "a")},
      {expiring(1, 5, 3, "a"), expiring(1, 5, 3, "b")},
      {live(1, "a"), live(1, "b")},
      {live(1, "a"), live(1, "aa")},
      {live(1, "\x7f"), live(1, "\x80")},
  };
  for (const auto& [loser, winner] : pairs) {
    EXPECT_EQ(Fields(Winner(loser, winner)), Fields(winner));
    EXPECT_EQ(Fields(Winner(winner, loser)), Fields(winner));
  }
}

TEST(LivenessWinner, FollowsTheRulesInOrder) {
  const std::pair<Liveness, Liveness> pairs[] = {
      {{}, {.timestamp = INT64_MIN + 1}},
      {{.timestamp = 1, .ttl_s = 5, .expiry_s = 9}, {.timestamp = 2}},
      {{.timestamp = 1}, {.timestamp = 1, .ttl_s = 5, .expiry_s = 9}},
      {{.timestamp = 1, .ttl_s = 1, .expiry_s = 8},
       {.timestamp = 1, .ttl_s = 5, .expiry_s = 9}},
      {{.timestamp = 1, .ttl_s = 5, .expiry_s = 9},
       {.timestamp = 1, .ttl_s = 4, .expiry_s = 9}},
  };
  for (const auto& [loser, winner] : pairs) {
    EXPECT_EQ(Winner(loser, winner), winner);
    EXPECT_EQ(Winner(winner, loser), winner);
  }
}

auto PlaceOf(const Cell& cell) {
  return std::make_tuple(cell.column,
                         cell.kind == CellKind::kColumnDeletion ? 0 : 1,
                         std::string(cell.path));
}

TEST(ComparePlaces, DeletionThenPlainCellThenPathsInEachColumn) {
  const Cell ascending[] = {
      ColumnDeletion(1, 9, 9),
      LiveCell(1, 1, ""),
      Element("a", LiveCell(1, 1, "")),
      Element("a\xff", LiveCell(1, 1, "")),
      Element("b", CellTombstone(1, 1, 1)),
      Element("\xff", LiveCell(1, 1, "")),
      ColumnDeletion(2, 1, 1),
      Element("a", LiveCell(2, 1, "")),
  };
  for (const Cell& a : ascending) {
    for (const Cell& b : ascending) {
      const int order = ComparePlaces(a, b);
      EXPECT_EQ(order < 0, PlaceOf(a) < PlaceOf(b));
      EXPECT_EQ(order < 0, &a < &b);
      EXPECT_EQ(order == 0, &a == &b);
    }
  }
}

// Place by place with nested loops: the model of MergeRow.
Row SlowMerge(const Row& a, const Row& b) {
  Row out;
  out.liveness = Winner(a.liveness, b.liveness);
  out.deletion = Newer(a.deletion, b.deletion);
  out.cells = a.cells;
  for (const Cell& cell : b.cells) {
    auto same = std::find_if(
        out.cells.begin(), out.cells.end(),
        [&cell](const Cell& other) { return PlaceOf(other) == PlaceOf(cell); });
    if (same == out.cells.end()) {
      out.cells.push_back(cell);
    } else {
      *same = Winner(*same, cell);
    }
  }
  std::sort(
      out.cells.begin(), out.cells.end(),
      [](const Cell& x, const Cell& y) { return PlaceOf(x) < PlaceOf(y); });
  return out;
}

Row Merged(const Row& from, Row into) {
  MergeRow(from, &into);
  return into;
}

TEST(MergeRow, EqualsTheSlowMergeInEveryOrder) {
  for (uint64_t seed = 1; seed <= 3000; ++seed) {
    SimRandom random(seed);
    const Row a = RandomRow(random), b = RandomRow(random),
              c = RandomRow(random);
    ASSERT_EQ(Fields(Merged(a, b)), Fields(SlowMerge(a, b))) << seed;
    ASSERT_EQ(Fields(Merged(a, b)), Fields(Merged(b, a))) << seed;
    ASSERT_EQ(Fields(Merged(a, a)), Fields(a)) << seed;
    ASSERT_EQ(Fields(Merged(Merged(a, b), c)), Fields(Merged(a, Merged(b, c))))
        << seed;
  }
}

// Dropping what is hidden early or late gives the same row.
TEST(ApplyDeletion, CommutesWithMerging) {
  for (uint64_t seed = 1; seed <= 3000; ++seed) {
    SimRandom random(seed);
    const Row a = RandomRow(random), b = RandomRow(random);
    const DeletionTime outer =
        random.Below(3) == 0
            ? DeletionTime{}
            : DeletionTime{
                  static_cast<int64_t>(random.Below(4)) * 1'000'000'007 - 1,
                  static_cast<uint32_t>(random.Below(3))};
    Row late = Merged(a, b);
    ApplyDeletion(outer, &late);
    Row early_a = a, early_b = b;
    ApplyDeletion(outer, &early_a);
    ApplyDeletion(outer, &early_b);
    Row early = Merged(early_a, early_b);
    ApplyDeletion(outer, &early);
    ASSERT_EQ(Fields(early), Fields(late)) << seed;
    Row twice = late;
    ApplyDeletion(outer, &twice);
    ASSERT_EQ(Fields(twice), Fields(late)) << seed;
  }
}

Row RowOf(int64_t marker, std::initializer_list<int64_t> cells) {
  Row row;
  row.liveness.timestamp = marker;
  uint32_t column = 0;
  for (int64_t at : cells) {
    row.cells.push_back(
        {.column = ColumnId{++column}, .timestamp = at, .value = "v"});
  }
  return row;
}

TEST(ApplyDeletion, HidesAtOrBelowItsTimestamp) {
  Row row = RowOf(5, {4, 5, 6});
  row.deletion = {5, 100};
  ApplyDeletion({}, &row);
  EXPECT_TRUE(row.liveness.none());
  ASSERT_EQ(row.cells.size(), 1u);
  EXPECT_EQ(row.cells[0].timestamp, 6);
  EXPECT_EQ(row.deletion, (DeletionTime{5, 100}));
}

TEST(ApplyDeletion, OuterDeletionThatIsNotOlderReplacesTheRowsOwn) {
  for (const DeletionTime outer :
       {DeletionTime{5, 100}, DeletionTime{5, 101}, DeletionTime{6, 1}}) {
    Row row;
    row.deletion = {5, 100};
    ApplyDeletion(outer, &row);
    EXPECT_TRUE(row.deletion.none());
  }
  Row row;
  row.deletion = {5, 100};
  ApplyDeletion(DeletionTime{5, 99}, &row);
  EXPECT_EQ(row.deletion, (DeletionTime{5, 100}));
}

TEST(ApplyDeletion, ColumnDeletionHidesItsColumnAtOrBelowItsTimestamp) {
  Row row;
  row.cells = {LiveCell(1, 1, ""),
               ColumnDeletion(2, 5, 9),
               Element("a", LiveCell(2, 5, "")),
               Element("b", LiveCell(2, 6, "")),
               Element("c", CellTombstone(2, 4, 1)),
               Element("a", LiveCell(3, 1, ""))};
  const std::vector<Cell> before = row.cells;
  ApplyDeletion({}, &row);
  ASSERT_EQ(row.cells.size(), 4u);
  size_t at = 0;
  for (size_t kept : {0, 1, 3, 5}) {
    EXPECT_EQ(Fields(row.cells[at++]), Fields(before[kept]));
  }
}

TEST(ApplyDeletion, ColumnDeletionIsHiddenByARowDeletionThatIsNotOlder) {
  for (int64_t at : {4, 5, 6}) {
    Row own, outer;
    own.cells = outer.cells = {ColumnDeletion(2, 5, 99)};
    own.deletion = {at, 1};
    ApplyDeletion({}, &own);
    ApplyDeletion({at, 1}, &outer);
    EXPECT_EQ(own.cells.empty(), at >= 5);
    EXPECT_EQ(outer.cells.empty(), at >= 5);
  }
}

TEST(ApplyDeletion, NoDeletionHidesNothing) {
  Row row = RowOf(INT64_MIN + 1, {INT64_MIN + 1});
  ApplyDeletion({}, &row);
  EXPECT_EQ(row.cells.size(), 1u);
  EXPECT_FALSE(row.liveness.none());
}

TEST(KeepLive, InsertedRowStaysVisibleWithoutCells) {
  Row row = RowOf(1, {});
  EXPECT_TRUE(KeepLive(0, &row));
}

TEST(KeepLive, UpdatedRowVanishesWithItsLastCell) {
  Row row = RowOf(kNoTimestamp, {1});
  EXPECT_TRUE(KeepLive(0, &row));
  row.cells[0].kind = CellKind::kTombstone;
  EXPECT_FALSE(KeepLive(0, &row));
  EXPECT_TRUE(row.empty());
}

TEST(KeepLive, RowOfAColumnDeletionAloneIsNotVisible) {
  Row row;
  row.cells = {ColumnDeletion(2, 5, UINT32_MAX)};
  EXPECT_FALSE(KeepLive(0, &row));
  EXPECT_TRUE(row.empty());
}

TEST(KeepLive, ColumnDeletionIsNotShownWithTheElements) {
  Row row;
  row.cells = {ColumnDeletion(2, 5, 9), Element("a", LiveCell(2, 6, "v"))};
  EXPECT_TRUE(KeepLive(0, &row));
  ASSERT_EQ(row.cells.size(), 1u);
  EXPECT_EQ(row.cells[0].path, "a");
}

TEST(KeepLive, ExpiryIsTheFirstMomentWithoutTheValue) {
  Row row = RowOf(kNoTimestamp, {1});
  row.cells[0].kind = CellKind::kExpiring;
  row.cells[0].ttl_s = 10;
  row.cells[0].local_time_s = 100;
  Row later = row;
  EXPECT_TRUE(KeepLive(99, &row));
  EXPECT_FALSE(KeepLive(100, &later));
}

TEST(KeepLive, RowWithExpiredMarkerLivesByItsCells) {
  Row row = RowOf(1, {1});
  row.liveness.ttl_s = 10;
  row.liveness.expiry_s = 100;
  row.deletion = {0, 5};
  EXPECT_TRUE(KeepLive(100, &row));
  EXPECT_TRUE(row.liveness.none());
  EXPECT_TRUE(row.deletion.none());
  EXPECT_EQ(row.cells.size(), 1u);
}

TEST(RemoveColumns, TakesAllCellsOfTheColumnsAndNothingElse) {
  Row row;
  row.liveness.timestamp = 1;
  row.deletion = {0, 5};
  row.cells = {LiveCell(1, 6, "a"), ColumnDeletion(2, 5, 9),
               Element("a", LiveCell(2, 6, "v")), CellTombstone(4, 6, 9),
               LiveCell(7, 6, "b")};
  const ColumnId columns[] = {ColumnId{2}, ColumnId{3}, ColumnId{4},
                              ColumnId{9}};
  EXPECT_TRUE(RemoveColumns(columns, &row));
  ASSERT_EQ(row.cells.size(), 2u);
  EXPECT_EQ(row.cells[0].column, ColumnId{1});
  EXPECT_EQ(row.cells[1].column, ColumnId{7});
  EXPECT_FALSE(row.liveness.none());
  EXPECT_FALSE(row.deletion.none());
  EXPECT_FALSE(RemoveColumns(columns, &row));
  EXPECT_FALSE(RemoveColumns({}, &row));
}

TEST(Cell, ExpiredCellIsPurgedFromItsWriteTime) {
  Cell cell{.kind = CellKind::kExpiring, .ttl_s = 30, .local_time_s = 100};
  EXPECT_EQ(cell.PurgeTime(), 70u);
  cell.kind = CellKind::kTombstone;
  EXPECT_EQ(cell.PurgeTime(), 100u);
}

}  // namespace
}  // namespace rowan
