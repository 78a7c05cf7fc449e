// SPDX-License-Identifier: Apache-2.0
// Random mutations against a slow, plain twin: maps of maps, and every question
// answered by looking at everything.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "storage/memtable/memtable.h"
#include "storage/model/reconcile.h"
#include "tests/lib/row_literals.h"
#include "tests/storage/memtable/test_mutations.h"

namespace rowan {
namespace {

using test::After;
using test::Before;
using test::ImageOf;
using test::MutationOf;
using test::OneCell;
using test::RowAt;

// Live cells, elements and column deletions only: how cells merge is tested in
// storage/model.
struct PlainRow {
  using Written = std::pair<int64_t, std::string>;
  std::map<uint32_t, DeletionTime> column_deletions;
  std::map<std::pair<uint32_t, std::string>, Written> cells;  // by column, path

  bool empty() const { return column_deletions.empty() && cells.empty(); }
};

struct PlainRange {
  std::string start, end;
  DeletionTime deletion;
};

constexpr uint32_t kColumnMax = 5;

std::string Show(const DeletionTime& deletion) {
  return deletion.none() ? "-"
                         : std::to_string(deletion.timestamp) + "/" +
                               std::to_string(deletion.local_time_s);
}

struct PlainWideRow {
  DeletionTime deletion;
  std::vector<PlainRange> ranges;
  PlainRow static_row;
  std::map<std::string, PlainRow> rows;

  static void Put(const Cell& cell, PlainRow* row) {
    if (cell.kind == CellKind::kColumnDeletion) {
      DeletionTime& deletion = row->column_deletions[cell.column.value];
      deletion = Newer(deletion, cell.column_deletion());
      return;
    }
    const std::pair place{cell.column.value, std::string(cell.path)};
    const PlainRow::Written written{cell.timestamp, cell.value};
    auto [at, inserted] = row->cells.try_emplace(place, written);
    if (!inserted) at->second = std::max(at->second, written);
  }
  // Without what column deletions hide.
  static std::string Image(const PlainRow& plain) {
    Row row;
    for (uint32_t column = 1; column <= kColumnMax; ++column) {
      DeletionTime deletion;
      if (plain.column_deletions.contains(column)) {
        deletion = plain.column_deletions.at(column);
        row.cells.push_back(
            ColumnDeletion(column, deletion.timestamp, deletion.local_time_s));
      }
      for (const auto& [place, written] : plain.cells) {
        if (place.first != column || deletion.Hides(written.first)) continue;
        row.cells.push_back(
            Element(place.second,
                    OneCell(column, written.first, written.second).cells[0]));
      }
    }
    return ImageOf(row);
  }

  void Apply(const Mutation& mutation) {
    deletion = Newer(deletion, mutation.wide_row_deletion);
    for (const RangeTombstone& range : mutation.range_tombstones) {
      ranges.push_back(
          {std::string(range.start), std::string(range.end), range.deletion});
    }
    if (mutation.static_row) {
      for (const Cell& cell : mutation.static_row->cells) {
        Put(cell, &static_row);
      }
    }
    for (const RowChange& change : mutation.rows) {
      PlainRow& row = rows[std::string(change.position)];
      for (const Cell& cell : change.row.cells) Put(cell, &row);
    }
  }

  DeletionTime JustBelow(const std::string& position) const {
    DeletionTime found;
    for (const PlainRange& range : ranges) {
      if (range.start < position && position <= range.end) {
        found = Newer(found, range.deletion);
      }
    }
    return found;
  }
  DeletionTime JustAbove(const std::string& position) const {
    DeletionTime found;
    for (const PlainRange& range : ranges) {
      if (range.start <= position && position < range.end) {
        found = Newer(found, range.deletion);
      }
    }
    return found;
  }

  // Every fragment as a line of text, by position.
  std::map<std::string, std::string> Fragments() const {
    std::map<std::string, std::string> fragments;
    for (const auto& [position, row] : rows) {
      fragments[position] = "row " + Image(row);
    }
    for (const PlainRange& range : ranges) {
      for (const std::string& position : {range.start, range.end}) {
        const DeletionTime below = JustBelow(position);
        const DeletionTime above = JustAbove(position);
        if (below == above) continue;
        fragments[position] = "change " + Show(below) + " " + Show(above);
      }
    }
    return fragments;
  }
};

using PlainMemtable = std::map<std::pair<Token, std::string>, PlainWideRow>;

// The image without what its own deletions hide, which a memtable may still
// show.
std::string Applied(std::string_view image) {
  if (image.empty()) return "";
  Row row;
  EXPECT_TRUE(DecodeRowImage(image, &row).ok());
  ApplyDeletion({}, &row);
  return ImageOf(row);
}

// What SeekRow and NextRow give; `open` gets open_deletion() of every step.
std::vector<std::pair<std::string, std::string>> Read(
    RowIterator* iterator, const std::string& bound, Direction direction,
    std::vector<std::string>* open) {
  std::vector<std::pair<std::string, std::string>> fragments;
  EXPECT_TRUE(iterator->SeekRow(bound, direction).ok());
  open->push_back(Show(iterator->open_deletion()));
  while (iterator->HasRow()) {
    const RowFragment& row = iterator->row();
    fragments.emplace_back(row.position, row.kind == RowFragment::Kind::kRow
                                             ? "row " + Applied(row.image)
                                             : "change " + Show(row.below) +
                                                   " " + Show(row.above));
    EXPECT_TRUE(iterator->NextRow().ok());
    open->push_back(Show(iterator->open_deletion()));
  }
  return fragments;
}

class MemtableModel : public ::testing::TestWithParam<uint32_t> {
 protected:
  static constexpr int kPositions = 12;

  uint32_t Draw(uint32_t below) { return random_() % below; }

  std::string DrawBound() {
    switch (Draw(10)) {
      case 0:
        return std::string(kFirstBound);
      case 1:
        return std::string(kLastBound);
      default:
        return Draw(2) == 0 ? Before(Draw(kPositions))
                            : After(Draw(kPositions));
    }
  }
  Row DrawRow(Mutation* mutation) {
    Row row = OneCell(1 + Draw(3), Draw(30),
                      mutation->Keep(std::to_string(Draw(1000))));
    if (Draw(2) == 0) {
      row.cells.push_back(
          OneCell(4, Draw(30), mutation->Keep(std::to_string(Draw(9))))
              .cells[0]);
    }
    if (Draw(4) == 0) {
      row.cells.push_back(ColumnDeletion(kColumnMax, Draw(30), Draw(2)));
    }
    for (std::string_view path : {"a", "b", "ba"}) {
      if (Draw(3) != 0) continue;
      const std::string_view value = mutation->Keep(std::to_string(Draw(9)));
      row.cells.push_back(
          Element(path, OneCell(kColumnMax, Draw(30), value).cells[0]));
    }
    return row;
  }
  Mutation DrawMutation() {
    Mutation mutation = MutationOf(Token{uint64_t{Draw(6)} << 60}, {});
    mutation.partition_key = mutation.Keep(std::to_string(Draw(2)));
    if (Draw(8) == 0) mutation.wide_row_deletion = {Draw(30), Draw(2)};
    if (Draw(4) == 0) mutation.static_row = DrawRow(&mutation);
    while (Draw(3) == 0) {
      std::string start = DrawBound(), end = DrawBound();
      if (end < start) std::swap(start, end);
      if (start == end) continue;
      test::AddRange(&mutation, start, end, {Draw(30), Draw(2)});
    }
    do {
      const Row row = DrawRow(&mutation);
      test::AddRow(&mutation, Draw(kPositions), row);
    } while (Draw(3) != 0);
    return mutation;
  }

  void ExpectSame(RowIterator* iterator, const PlainWideRow& plain) {
    EXPECT_EQ(iterator->wide_row().deletion, plain.deletion);
    EXPECT_EQ(
        Applied(iterator->wide_row().static_row),
        plain.static_row.empty() ? "" : PlainWideRow::Image(plain.static_row));
    const auto fragments = plain.Fragments();
    for (int i = 0; i < 3; ++i) {
      const std::string bound = DrawBound();
      SCOPED_TRACE("bound " + ::testing::PrintToString(bound));
      std::vector<std::string> open;
      EXPECT_EQ(Read(iterator, bound, Direction::kForward, &open),
                (std::vector<std::pair<std::string, std::string>>(
                    fragments.lower_bound(bound), fragments.end())));
      EXPECT_EQ(open.front(), Show(plain.JustBelow(bound)));
      EXPECT_EQ(open.back(), "-");
      open.clear();
      EXPECT_EQ(Read(iterator, bound, Direction::kReverse, &open),
                (std::vector<std::pair<std::string, std::string>>(
                    std::make_reverse_iterator(fragments.lower_bound(bound)),
                    fragments.rend())));
      EXPECT_EQ(open.front(), Show(plain.JustBelow(bound)));
      EXPECT_EQ(open.back(), "-");
    }
  }

  std::mt19937 random_{GetParam()};
  MemoryBudget budget_{0};
  // So that nearly all range tombstones come from kept ones.
  Memtable memtable_{PartitionId{}, &budget_, 2};
  PlainMemtable plain_;
};

TEST_P(MemtableModel, AgreesWithThePlainTwin) {
  // Iterators that stay where they arrived, with what they must go on showing.
  std::vector<std::pair<std::unique_ptr<RowIterator>, PlainWideRow>> paused;
  for (int i = 0; i < 150; ++i) {
    const Mutation mutation = DrawMutation();
    const std::pair key{mutation.token, std::string(mutation.partition_key)};
    ASSERT_TRUE(test::Insert(mutation, &memtable_).ok());
    plain_[key].Apply(mutation);
    if (Draw(4) != 0) continue;
    auto iterator = memtable_.NewIterator();
    ASSERT_TRUE(iterator->SeekWideRow(key.first, key.second).ok());
    paused.emplace_back(std::move(iterator), plain_[key]);
  }
  for (auto& [iterator, plain] : paused) ExpectSame(iterator.get(), plain);

  auto iterator = memtable_.NewIterator();
  ASSERT_TRUE(iterator->SeekWideRow(Token::Min(), {}).ok());
  uint64_t rows = 0;
  for (const auto& [key, plain] : plain_) {
    ASSERT_TRUE(iterator->HasWideRow());
    EXPECT_EQ(iterator->wide_row().token, key.first);
    EXPECT_EQ(iterator->wide_row().partition_key, key.second);
    ExpectSame(iterator.get(), plain);
    ASSERT_TRUE(iterator->NextWideRow().ok());
    rows += plain.rows.size();
  }
  EXPECT_FALSE(iterator->HasWideRow());
  EXPECT_EQ(memtable_.wide_row_count(), plain_.size());
  EXPECT_EQ(memtable_.row_count(), rows);
}

INSTANTIATE_TEST_SUITE_P(Seeds, MemtableModel, ::testing::Range(1u, 60u));

}  // namespace
}  // namespace rowan
