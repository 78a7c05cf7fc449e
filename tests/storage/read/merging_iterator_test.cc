// SPDX-License-Identifier: Apache-2.0
#include "storage/read/merging_iterator.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/base/file_system.h"
#include "tests/lib/fold_mutations.h"
#include "tests/lib/row_iterator_conformance.h"
#include "tests/lib/row_literals.h"
#include "tests/lib/vector_row_iterator.h"
#include "tests/storage/read/random_writes.h"

namespace rowan {
namespace {

using Kind = RowFragment::Kind;
using Sources = std::vector<std::unique_ptr<RowIterator>>;

// One source per builder.
Sources SourcesEach(const std::vector<const MutationBuilder*>& builders) {
  Sources sources;
  for (const MutationBuilder* builder : builders) {
    sources.push_back(std::make_unique<VectorRowIterator>(
        FoldMutations({&builder->mutation()})));
  }
  return sources;
}

std::vector<VectorWideRow> Merged(Sources sources) {
  MergingIterator merged(std::move(sources), MergeForm::kImages);
  return ReadAll(&merged);
}

Row Decoded(const VectorFragment& fragment) {
  Row row;
  EXPECT_TRUE(DecodeRowImage(fragment.image, &row).ok());
  return row;
}

TEST(MergingIterator, NothingComesOfNoSources) {
  EXPECT_TRUE(Merged({}).empty());
}

TEST(MergingIterator, WideRowsComeInTokenThenKeyOrder) {
  MutationBuilder a(1, "z"), b(2, "b"), c(2, "a");
  a.Set(1, LiveCell(1, 1, "x"));
  b.Set(1, LiveCell(1, 1, "x"));
  c.Set(1, LiveCell(1, 1, "x"));
  const auto all = Merged(SourcesEach({&b, &c, &a}));
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].partition_key, "z");
  EXPECT_EQ(all[1].partition_key, "a");
  EXPECT_EQ(all[2].partition_key, "b");
}

TEST(MergingIterator, RowOfOneSourcePassesAsTheSameBytes) {
  MutationBuilder a(1, "k"), b(1, "k");
  a.Set(1, LiveCell(1, 1, "x"));
  b.Set(2, LiveCell(1, 1, "y"));
  Sources sources = SourcesEach({&a, &b});
  const RowIterator* first = sources[0].get();
  MergingIterator merged(std::move(sources), MergeForm::kImages);
  ASSERT_TRUE(merged.SeekWideRow(Token::Min(), "").ok());
  ASSERT_TRUE(merged.SeekRow(kFirstBound, Direction::kForward).ok());
  EXPECT_EQ(merged.row().image.data(), first->row().image.data());
  EXPECT_EQ(merged.decoded_row(), nullptr);
}

TEST(MergingIterator, CellsOfOneRowMergeAndNewerWins) {
  MutationBuilder a(1, "k"), b(1, "k");
  a.Set(1, LiveCell(1, 1, "old")).Set(1, LiveCell(2, 1, "kept"));
  b.Set(1, LiveCell(1, 2, "new"));
  const auto all = Merged(SourcesEach({&a, &b}));
  ASSERT_EQ(all.size(), 1u);
  ASSERT_EQ(all[0].fragments.size(), 1u);
  const Row row = Decoded(all[0].fragments[0]);
  ASSERT_EQ(row.cells.size(), 2u);
  EXPECT_EQ(row.cells[0].value, "new");
  EXPECT_EQ(row.cells[1].value, "kept");
}

TEST(MergingIterator, NewerTombstoneHidesOlderCell) {
  MutationBuilder a(1, "k"), b(1, "k");
  a.Set(1, LiveCell(1, 5, "x"));
  b.Set(1, CellTombstone(1, 5, 100));
  const auto all = Merged(SourcesEach({&a, &b}));
  const Row row = Decoded(all.at(0).fragments.at(0));
  ASSERT_EQ(row.cells.size(), 1u);
  EXPECT_EQ(row.cells[0].kind, CellKind::kTombstone);
}

TEST(MergingIterator, ColumnDeletionHidesElementsOfOtherSources) {
  MutationBuilder a(1, "k"), b(1, "k");
  a.Set(1, Element("x", LiveCell(1, 5, "old")))
      .Set(1, Element("y", LiveCell(1, 7, "new")))
      .Set(1, Element("x", LiveCell(2, 5, "other column")));
  b.Set(1, ColumnDeletion(1, 6, 100));
  const auto all = Merged(SourcesEach({&a, &b}));
  const Row row = Decoded(all.at(0).fragments.at(0));
  ASSERT_EQ(row.cells.size(), 3u);
  EXPECT_EQ(row.cells[0].kind, CellKind::kColumnDeletion);
  EXPECT_EQ(row.cells[1].value, "new");
  EXPECT_EQ(row.cells[2].value, "other column");
}

TEST(MergingIterator, RowTombstoneStaysWithNewerCells) {
  MutationBuilder a(1, "k"), b(1, "k");
  a.Set(1, LiveCell(1, 5, "old")).Set(1, LiveCell(2, 7, "new"));
  b.DeleteRow(1, {6, 100});
  const auto all = Merged(SourcesEach({&a, &b}));
  const Row row = Decoded(all.at(0).fragments.at(0));
  EXPECT_EQ(row.deletion, (DeletionTime{6, 100}));
  ASSERT_EQ(row.cells.size(), 1u);
  EXPECT_EQ(row.cells[0].value, "new");
}

TEST(MergingIterator, WideRowDeletionHidesRowsStaticsAndOlderRanges) {
  MutationBuilder a(1, "k"), b(1, "k");
  a.Set(1, LiveCell(1, 5, "hidden")).Set(2, LiveCell(1, 7, "shown"));
  a.SetStatic(LiveCell(9, 6, "hidden")).DeleteRange(1, 3, {4, 90});
  b.DeleteWideRow({6, 100});
  const auto all = Merged(SourcesEach({&a, &b}));
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].deletion, (DeletionTime{6, 100}));
  EXPECT_TRUE(all[0].static_row.empty());
  ASSERT_EQ(all[0].fragments.size(), 1u);
  EXPECT_EQ(all[0].fragments[0].position, RowAt(2));
}

TEST(MergingIterator, DeletionsOfTheOnlySourceApplyToItself) {
  MutationBuilder a(1, "k");
  a.Set(1, LiveCell(1, 5, "hidden")).DeleteRange(0, 2, {6, 100});
  const auto all = Merged(SourcesEach({&a}));
  ASSERT_EQ(all.at(0).fragments.size(), 2u);
  EXPECT_EQ(all[0].fragments[0].kind, Kind::kDeletionChange);
  EXPECT_EQ(all[0].fragments[1].kind, Kind::kDeletionChange);
}

TEST(MergingIterator, OverlappingRangesShowOnlyWhereTheNewestChanges) {
  MutationBuilder a(1, "k"), b(1, "k"), c(1, "k");
  a.DeleteRange(1, 5, {10, 100});
  b.DeleteRange(3, 8, {20, 100});
  c.DeleteRange(4, 5, {15, 100});  // nowhere the newest
  const auto all = Merged(SourcesEach({&a, &b, &c}));
  const auto& changes = all.at(0).fragments;
  ASSERT_EQ(changes.size(), 3u);
  EXPECT_EQ(changes[0].position, BeforeRow(1));
  EXPECT_EQ(changes[1].position, BeforeRow(3));
  EXPECT_EQ(changes[1].below.timestamp, 10);
  EXPECT_EQ(changes[1].above.timestamp, 20);
  EXPECT_EQ(changes[2].position, AfterRow(8));
}

TEST(MergingIterator, RangeOfOneSourceHidesRowsOfAnotherInBothDirections) {
  MutationBuilder a(1, "k"), b(1, "k");
  for (int k = 1; k <= 4; ++k) a.Set(k, LiveCell(1, 5, "x"));
  b.DeleteRange(2, 3, {5, 100});
  for (Direction direction : {Direction::kForward, Direction::kReverse}) {
    MergingIterator merged(SourcesEach({&a, &b}), MergeForm::kImages);
    ASSERT_TRUE(merged.SeekWideRow(Token::Min(), "").ok());
    // From the middle of the deleted range.
    const std::string bound = BeforeRow(3);
    ASSERT_TRUE(merged.SeekRow(bound, direction).ok());
    EXPECT_EQ(merged.open_deletion(), (DeletionTime{5, 100}));
    ASSERT_TRUE(merged.HasRow());
    EXPECT_EQ(merged.row().kind, Kind::kDeletionChange);
    ASSERT_TRUE(merged.NextRow().ok());
    const bool forward = direction == Direction::kForward;
    EXPECT_EQ(merged.row().position, RowAt(forward ? 4 : 1));
    ASSERT_TRUE(merged.NextRow().ok());
    EXPECT_FALSE(merged.HasRow());
  }
}

TEST(MergingIterator, RowsFormShowsHiddenRowsAsEmpty) {
  MutationBuilder a(1, "k"), b(1, "k");
  a.Set(2, LiveCell(1, 5, "x"));
  b.DeleteWideRow({6, 100});
  MergingIterator merged(SourcesEach({&a, &b}), MergeForm::kRows);
  ASSERT_TRUE(merged.SeekWideRow(Token::Min(), "").ok());
  ASSERT_TRUE(merged.SeekRow(kFirstBound, Direction::kForward).ok());
  ASSERT_TRUE(merged.HasRow());
  ASSERT_NE(merged.decoded_row(), nullptr);
  EXPECT_TRUE(merged.decoded_row()->empty());
  EXPECT_TRUE(merged.row().image.empty());
}

TEST(MergingIterator, ErrorOfASourceIsFinal) {
  MutationBuilder a(1, "k");
  a.Set(1, LiveCell(1, 5, "x"));
  Sources sources;
  sources.push_back(std::make_unique<VectorRowIterator>(
      FoldMutations({&a.mutation()}), /*moves_until_block=*/1));
  MergingIterator merged(std::move(sources), MergeForm::kImages);
  ASSERT_TRUE(merged.SeekWideRow(Token::Min(), "").ok());
  EXPECT_TRUE(IsWouldBlock(merged.NextWideRow()));
  EXPECT_FALSE(merged.HasWideRow());
  EXPECT_FALSE(merged.HasRow());
  merged.MayWait();
  EXPECT_TRUE(IsWouldBlock(merged.SeekWideRow(Token::Min(), "")));
}

// Whichever source blocks, at whichever move.
TEST(MergingIterator, GoesOnInItsWideRowAfterWouldBlockThere) {
  MutationBuilder a(1, "k"), b(1, "k"), beyond(2, "l");
  a.Set(1, LiveCell(1, 5, "x")).Set(2, LiveCell(1, 5, "y"));
  b.Set(2, LiveCell(1, 6, "z")).Set(3, LiveCell(1, 6, "w"));
  beyond.Set(1, LiveCell(1, 5, "v"));
  const std::vector<const Mutation*> parts = {&a.mutation(), &b.mutation(),
                                              &beyond.mutation()};
  for (size_t blocking = 0; blocking < 2; ++blocking) {
    for (int64_t moves = 1; moves < 4; ++moves) {
      Sources sources;
      for (size_t i = 0; i < parts.size(); ++i) {
        sources.push_back(std::make_unique<VectorRowIterator>(
            FoldMutations({parts[i]}),
            i == blocking ? moves : VectorRowIterator::kNeverBlocks));
      }
      MergingIterator merged(std::move(sources), MergeForm::kImages);
      ASSERT_TRUE(merged.SeekWideRow(Token::Min(), "").ok());
      absl::Status moved = merged.SeekRow(kFirstBound, Direction::kForward);
      while (moved.ok() && merged.HasRow()) moved = merged.NextRow();
      ASSERT_TRUE(IsWouldBlock(moved));
      EXPECT_FALSE(merged.HasRow());
      ASSERT_TRUE(merged.HasWideRow());
      EXPECT_EQ(merged.wide_row().partition_key, "k");
      merged.MayWait();
      ASSERT_TRUE(merged.SeekRow(kFirstBound, Direction::kForward).ok());
      for (const int row : {1, 2, 3}) {
        ASSERT_TRUE(merged.HasRow());
        EXPECT_EQ(merged.row().position, RowAt(row));
        ASSERT_TRUE(merged.NextRow().ok());
      }
      EXPECT_FALSE(merged.HasRow());
      ASSERT_TRUE(merged.NextWideRow().ok());
      ASSERT_TRUE(merged.HasWideRow());
      EXPECT_EQ(merged.wide_row().partition_key, "l");
    }
  }
}

TEST(MergingIterator, DamagedImageIsDataLoss) {
  VectorWideRow wide_row{Token{1}, "k", {}, "", {}};
  wide_row.fragments.push_back(
      {Kind::kRow, RowAt(1), "\xff\xff", DeletionTime{}, DeletionTime{}});
  Sources sources;
  for (int i = 0; i < 2; ++i) {
    sources.push_back(std::make_unique<VectorRowIterator>(
        std::vector<VectorWideRow>{wide_row}));
  }
  MergingIterator merged(std::move(sources), MergeForm::kImages);
  ASSERT_TRUE(merged.SeekWideRow(Token::Min(), "").ok());
  EXPECT_EQ(merged.SeekRow(kFirstBound, Direction::kForward).code(),
            absl::StatusCode::kDataLoss);
}

TEST(MergingIterator, SourceAndMergeConform) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    SimRandom random(seed);
    const auto writes = RandomWrites(&random, 80);
    const auto dealt = Deal(writes, 1 + random.Below(5), &random);
    ExpectRowIteratorConforms([&] { return std::move(SourcesOf(dealt)[0]); });
    ExpectRowIteratorConforms([&] {
      return std::make_unique<MergingIterator>(SourcesOf(dealt),
                                               MergeForm::kImages);
    });
    if (HasFailure()) return;
  }
}

TEST(MergingIterator, AnyOrderAndGroupingMergesToTheSame) {
  for (uint64_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    SimRandom random(seed);
    const auto writes = RandomWrites(&random, 80);
    const auto dealt = Deal(writes, 4, &random);
    const auto at_once = Merged(SourcesOf(dealt));

    Sources reversed = SourcesOf(dealt);
    std::reverse(reversed.begin(), reversed.end());
    ASSERT_EQ(Merged(std::move(reversed)), at_once);

    Sources left = SourcesOf(dealt), right;
    right.push_back(std::move(left[3]));
    right.push_back(std::move(left[1]));
    left.erase(left.begin() + 3);
    left.erase(left.begin() + 1);
    Sources halves;
    halves.push_back(std::make_unique<MergingIterator>(std::move(right),
                                                       MergeForm::kImages));
    halves.push_back(
        std::make_unique<MergingIterator>(std::move(left), MergeForm::kImages));
    ASSERT_EQ(Merged(std::move(halves)), at_once);
  }
}

}  // namespace
}  // namespace rowan
