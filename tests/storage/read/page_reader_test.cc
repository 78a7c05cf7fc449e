// SPDX-License-Identifier: Apache-2.0
#include "storage/read/page_reader.h"

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/lib/fold_mutations.h"
#include "tests/lib/row_literals.h"
#include "tests/lib/sim_clock.h"
#include "tests/storage/read/page_run.h"

namespace rowan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr uint32_t kNow = 1000;
const Partitions kOnePartition = {Token::Max()};

// One source holding what the test wrote, read by pages.
class PageReaderTest : public testing::Test {
 protected:
  PageReaderTest() { command_.now_s = kNow; }

  MutationBuilder& Write(uint64_t token, std::string key) {
    return *writes_.emplace_back(
        std::make_unique<MutationBuilder>(token, std::move(key)));
  }
  void WriteRows(uint64_t token, const std::string& key, int first, int last) {
    for (int k = first; k <= last; ++k) {
      Write(token, key).Set(k, LiveCell(1, 1, "v"));
    }
  }
  OpenSources Open() {
    return [this](size_t, int) {
      std::vector<const Mutation*> all;
      for (const auto& write : writes_) all.push_back(&write->mutation());
      std::vector<std::unique_ptr<RowIterator>> sources;
      sources.push_back(
          std::make_unique<VectorRowIterator>(FoldMutations(all)));
      return sources;
    };
  }
  PageEnd Page() {
    rows_.rows.clear();
    return RunPage(command_, kOnePartition, Open(), clock_, &rows_, dropped_);
  }
  std::vector<int> Shown() const {
    std::vector<int> shown;
    for (const ShownRow& row : rows_.rows) {
      shown.push_back(row.position.empty() ? -1 : row.position[1]);
    }
    return shown;
  }

  std::vector<ColumnId> dropped_;
  std::vector<std::unique_ptr<MutationBuilder>> writes_;
  ReadCommand command_;
  SimClock clock_;
  RowCollector rows_{10};
};

TEST_F(PageReaderTest, NothingWrittenIsExhausted) {
  const PageEnd end = Page();
  EXPECT_EQ(end.reason, EndReason::kExhausted);
  EXPECT_FALSE(end.resume.has_value());
  EXPECT_EQ(end.rows, 0u);
}

TEST_F(PageReaderTest, FullPageResumesBehindItsLastRow) {
  WriteRows(1, "k", 1, 4);
  command_.page_rows_max = 3;
  const PageEnd end = Page();
  EXPECT_THAT(Shown(), ElementsAre(1, 2, 3));
  EXPECT_EQ(end.reason, EndReason::kRows);
  ASSERT_TRUE(end.resume.has_value());
  EXPECT_EQ(end.resume->partition_key, "k");
  EXPECT_EQ(end.resume->position, RowAt(3));
  command_.resume = end.resume;
  EXPECT_EQ(Page().reason, EndReason::kExhausted);
  EXPECT_THAT(Shown(), ElementsAre(4));
}

TEST_F(PageReaderTest, ResumeRowDeletedMeanwhileDoesNotMatter) {
  WriteRows(1, "k", 1, 4);
  command_.page_rows_max = 2;
  command_.reverse = true;
  command_.resume = Page().resume;
  EXPECT_THAT(Shown(), ElementsAre(4, 3));
  Write(1, "k").DeleteRow(3, {5, kNow});
  Page();
  EXPECT_THAT(Shown(), ElementsAre(2, 1));
}

TEST_F(PageReaderTest, LimitLeavesNothingToResume) {
  WriteRows(1, "k", 1, 4);
  command_.limit = 2;
  const PageEnd end = Page();
  EXPECT_THAT(Shown(), ElementsAre(1, 2));
  EXPECT_EQ(end.reason, EndReason::kRows);
  EXPECT_FALSE(end.resume.has_value());
}

TEST_F(PageReaderTest, LimitOfNoneReadsNothing) {
  WriteRows(1, "k", 1, 1);
  command_.limit = 0;
  EXPECT_EQ(Page().stats.rows_scanned, 0u);
  EXPECT_THAT(Shown(), IsEmpty());
}

TEST_F(PageReaderTest, LimitPerWideRowHoldsOverPages) {
  WriteRows(1, "a", 1, 4);
  WriteRows(2, "b", 1, 4);
  command_.per_wide_row_limit = 3;
  command_.page_rows_max = 2;
  PageEnd end = Page();
  EXPECT_EQ(end.resume->rows_left_in_wide_row, 1u);
  command_.resume = end.resume;
  Page();
  EXPECT_EQ(rows_.rows.at(0).partition_key, "a");
  EXPECT_EQ(rows_.rows.at(1).partition_key, "b");
  EXPECT_THAT(Shown(), ElementsAre(3, 1));
}

TEST_F(PageReaderTest, BytesEndThePageAfterTheRowThatFillsIt) {
  WriteRows(1, "k", 1, 4);
  command_.page_bytes_max = 11;  // a row counts 10
  EXPECT_EQ(Page().reason, EndReason::kBytes);
  EXPECT_THAT(Shown(), ElementsAre(1, 2));
}

TEST_F(PageReaderTest, TombstonesEndAPageThatShowsNothing) {
  for (int k = 1; k <= 9; ++k) Write(1, "k").DeleteRow(k, {5, kNow});
  WriteRows(1, "k", 10, 10);
  command_.page_tombstones_max = 4;
  const PageEnd end = Page();
  EXPECT_EQ(end.reason, EndReason::kTombstones);
  EXPECT_THAT(Shown(), IsEmpty());
  EXPECT_EQ(end.resume->position, RowAt(4));
  EXPECT_EQ(end.stats.tombstones, 4u);
  std::vector<PageEnd> ends;
  EXPECT_EQ(RunAllPages(command_, kOnePartition, Open(), clock_, &ends).size(),
            1u);
  EXPECT_EQ(ends.size(), 3u);
}

TEST_F(PageReaderTest, RangeTombstonesAloneCannotHoldAPageForever) {
  for (int k = 0; k < 40; k += 2) {
    Write(1, "k").DeleteRange(k, k, {5 + k, kNow});
  }
  command_.page_tombstones_max = 1;
  for (bool reverse : {false, true}) {
    command_.reverse = reverse;
    EXPECT_TRUE(RunAllPages(command_, kOnePartition, Open(), clock_).empty());
  }
}

TEST_F(PageReaderTest, DeadlineEndsThePageAfterSixtyFourLooks) {
  WriteRows(1, "k", 1, 100);
  command_.deadline_ns = clock_.MonotonicNanos();
  const PageEnd end = Page();
  EXPECT_EQ(end.reason, EndReason::kTime);
  EXPECT_EQ(end.rows, uint64_t{PageBudget::kLooksPerClock});
  command_.resume = end.resume;
  EXPECT_EQ(Page().reason, EndReason::kExhausted);
  EXPECT_EQ(Shown().front(), 65);
}

TEST_F(PageReaderTest, DeadlineHoldsWhereEverythingIsDeleted) {
  WriteRows(1, "k", 1, 100);
  Write(1, "k").DeleteWideRow({5, kNow});
  command_.deadline_ns = clock_.MonotonicNanos();
  const PageEnd end = Page();
  EXPECT_EQ(end.reason, EndReason::kTime);
  EXPECT_EQ(end.resume->position, RowAt(64));
}

TEST_F(PageReaderTest, WorkEndsAPageThatShowsNothing) {
  WriteRows(1, "k", 1, 100);
  Write(1, "k").DeleteWideRow({5, kNow});
  command_.page_idle_looks_max = 10;
  const PageEnd end = Page();
  EXPECT_EQ(end.reason, EndReason::kTime);
  EXPECT_EQ(end.resume->position, RowAt(10));
  std::vector<PageEnd> ends;
  EXPECT_THAT(RunAllPages(command_, kOnePartition, Open(), clock_, &ends),
              IsEmpty());
  EXPECT_EQ(ends.size(), 11u);
}

TEST_F(PageReaderTest, ShownRowsAreNoIdleWork) {
  WriteRows(1, "k", 1, 100);
  command_.page_idle_looks_max = 2;
  EXPECT_EQ(Page().reason, EndReason::kExhausted);
  EXPECT_EQ(rows_.rows.size(), 100u);
}

TEST_F(PageReaderTest, DistinctShowsEachWideRowOnceAndReadsNoMoreOfIt) {
  WriteRows(1, "a", 1, 50);
  Write(1, "a").DeleteRow(1, {5, kNow});
  WriteRows(2, "b", 1, 50);
  Write(2, "b").SetStatic(LiveCell(9, 1, "s"));
  Write(3, "c").SetStatic(LiveCell(9, 1, "s"));
  WriteRows(4, "d", 1, 2);
  Write(4, "d").DeleteRange(1, 2, {5, kNow});
  command_.distinct = true;
  for (const bool reverse : {false, true}) {
    command_.reverse = reverse;
    const PageEnd end = Page();
    ASSERT_EQ(rows_.rows.size(), 3u);
    EXPECT_THAT(Shown(), ElementsAre(-1, -1, -1));
    EXPECT_EQ(rows_.rows[0].partition_key, "a");
    EXPECT_THAT(rows_.rows[0].static_cells, IsEmpty());
    EXPECT_THAT(rows_.rows[1].static_cells, ElementsAre("9=s"));
    EXPECT_EQ(rows_.rows[2].partition_key, "c");
    // Of a: the deleted row if it comes first, and a live one; of d: both.
    EXPECT_EQ(end.stats.rows_scanned, reverse ? 3u : 4u);
  }
}

TEST_F(PageReaderTest, DistinctGoesOnInsideAWideRowOfTombstones) {
  for (int k = 1; k <= 9; ++k) Write(1, "k").DeleteRow(k, {5, kNow});
  WriteRows(1, "k", 10, 12);
  WriteRows(2, "l", 1, 2);
  command_.distinct = true;
  command_.page_tombstones_max = 4;
  std::vector<PageEnd> ends;
  const std::vector<ShownRow> rows =
      RunAllPages(command_, kOnePartition, Open(), clock_, &ends);
  EXPECT_EQ(ends[0].resume->position, RowAt(4));
  EXPECT_EQ(ends.size(), 3u);
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].partition_key, "k");
  EXPECT_EQ(rows[1].partition_key, "l");
}

TEST_F(PageReaderTest, BytesOfFirstRowsEndADistinctPage) {
  const std::string fat(1000, 'f');
  for (uint64_t key = 1; key <= 9; ++key) {
    Write(key, "k").Set(1, LiveCell(1, 1, fat));
  }
  command_.distinct = true;
  command_.page_idle_bytes_max = 3000;
  std::vector<PageEnd> ends;
  EXPECT_EQ(RunAllPages(command_, kOnePartition, Open(), clock_, &ends).size(),
            9u);
  EXPECT_EQ(ends.size(), 4u);
  EXPECT_EQ(ends[0].reason, EndReason::kTime);
  EXPECT_EQ(ends[0].rows, 3u);
}

TEST_F(PageReaderTest, BytesOfDeletedRowsEndAPage) {
  const std::string fat(1000, 'f');
  for (int k = 1; k <= 9; ++k) {
    Write(1, "k").Set(k, LiveCell(1, 1, fat));
    Write(2, "l").Set(k, LiveCell(1, 1, fat));
  }
  Write(1, "k").DeleteRange(1, 9, {5, kNow});
  Write(2, "l").DeleteWideRow({5, kNow});
  command_.page_idle_bytes_max = 3000;
  std::vector<PageEnd> ends;
  RunAllPages(command_, kOnePartition, Open(), clock_, &ends);
  EXPECT_EQ(ends.size(), 7u);
  EXPECT_EQ(ends[0].reason, EndReason::kTime);
  EXPECT_EQ(ends[0].resume->position, RowAt(3));
}

// Rows whose cell 1 is `value`.
class FilteredPageTest : public PageReaderTest {
 protected:
  FilteredPageTest() {
    auto schema = std::make_shared<Schema>();
    schema->columns = {
        {ColumnId{1}, "r", {TypeKind::kText}, ColumnRole::kRegular},
        {ColumnId{9}, "s", {TypeKind::kText}, ColumnRole::kStatic}};
    schema_ = std::move(schema);
  }
  void Ask(PredicateOp op, std::string_view operand, uint32_t column = 1) {
    const bool unary = op == PredicateOp::kIsNull;
    command_.filter = std::make_shared<RowFilter>(
        schema_, std::vector<Predicate>{
                     Predicate::Make(*schema_->FindColumn(ColumnId{column}), op,
                                     std::span(&operand, unary ? 0 : 1))
                         .value()});
  }

  std::shared_ptr<const Schema> schema_;
};

TEST_F(FilteredPageTest, LimitsCountWhatPassesAndItsColumnNeedNotBeAskedFor) {
  for (int k = 1; k <= 8; ++k) {
    Write(1, "k").Set(k, LiveCell(1, 1, k % 2 == 0 ? "even" : "odd"));
    Write(1, "k").Set(k, LiveCell(2, 1, "v"));
  }
  Ask(PredicateOp::kEqual, "even");
  command_.columns = {ColumnId{2}};
  command_.limit = 3;
  Page();
  EXPECT_THAT(Shown(), ElementsAre(2, 4, 6));
  EXPECT_THAT(rows_.rows[0].cells, ElementsAre("2=v"));
  command_.reverse = true;
  command_.per_wide_row_limit = 2;
  Page();
  EXPECT_THAT(Shown(), ElementsAre(8, 6));
}

TEST_F(FilteredPageTest, WorkEndsAPageThatFindsNothing) {
  WriteRows(1, "k", 1, 100);
  Ask(PredicateOp::kEqual, "none");
  command_.page_idle_looks_max = 10;
  std::vector<PageEnd> ends;
  EXPECT_THAT(RunAllPages(command_, kOnePartition, Open(), clock_, &ends),
              IsEmpty());
  EXPECT_EQ(ends.size(), 11u);
  EXPECT_EQ(ends[0].reason, EndReason::kTime);
}

TEST_F(FilteredPageTest, BytesReadForNothingEndAPage) {
  const std::string fat(1000, 'f');
  for (int k = 1; k <= 40; ++k) Write(1, "k").Set(k, LiveCell(1, 1, fat));
  command_.page_idle_bytes_max = 10 * (1000 + kIdleCellBytes);
  std::vector<PageEnd> ends;
  const auto pages = [&] {
    ends.clear();
    RunAllPages(command_, kOnePartition, Open(), clock_, &ends);
    return ends.size();
  };
  EXPECT_EQ(pages(), 1u) << "rows that are shown count as page_bytes_max says";
  command_.columns = {ColumnId{2}};
  EXPECT_EQ(pages(), 5u) << "a column that nobody asked for";
  EXPECT_EQ(ends[0].reason, EndReason::kTime);
  EXPECT_EQ(ends[0].rows, 10u);
  Ask(PredicateOp::kEqual, "none");
  EXPECT_EQ(pages(), 5u) << "rows that do not pass";
  EXPECT_EQ(ends[0].resume->position, RowAt(10));
}

TEST_F(PageReaderTest, BytesOfRowsThatTakeNoRoomEndAPage) {
  for (int k = 1; k <= 40; ++k) {
    Write(1, "k").Set(k, LiveCell(1, 1, ""));
    Write(1, "k").Set(k, LiveCell(2, 1, ""));
  }
  command_.page_idle_bytes_max = 20 * kIdleCellBytes;
  RowCollector summed(/*row_bytes=*/0);
  const PageEnd end = RunPage(command_, kOnePartition, Open(), clock_, &summed);
  EXPECT_EQ(end.reason, EndReason::kTime);
  EXPECT_EQ(end.rows, 10u);
}

TEST_F(FilteredPageTest, StaticRowsReadForNothingEndAPage) {
  const std::string fat(1000, 'f');
  for (int key = 1; key <= 9; ++key) {
    Write(static_cast<uint64_t>(key), "k").SetStatic(LiveCell(9, 1, fat));
  }
  Ask(PredicateOp::kEqual, "none", 9);
  command_.page_idle_bytes_max = 3000;
  std::vector<PageEnd> ends;
  RunAllPages(command_, kOnePartition, Open(), clock_, &ends);
  EXPECT_EQ(ends.size(), 4u);
}

TEST_F(FilteredPageTest, WhatTheHeadFailsCostsOneLook) {
  WriteRows(1, "a", 1, 100);
  WriteRows(2, "b", 1, 3);
  Write(2, "b").SetStatic(LiveCell(9, 1, "on"));
  Ask(PredicateOp::kEqual, "on", 9);
  command_.columns = {ColumnId{1}};
  const PageEnd end = Page();
  EXPECT_THAT(Shown(), ElementsAre(1, 2, 3));
  EXPECT_EQ(end.stats.rows_scanned, 3u);
}

TEST_F(FilteredPageTest, StaticRowStandsAloneOnlyWhereNoRowLives) {
  Write(1, "a").SetStatic(LiveCell(9, 1, "s"));
  Write(2, "b").SetStatic(LiveCell(9, 1, "s"));
  WriteRows(2, "b", 1, 3);
  Write(3, "c").SetStatic(LiveCell(9, 1, "s"));
  WriteRows(3, "c", 1, 3);
  Write(3, "c").DeleteRange(1, 3, {5, kNow});
  Ask(PredicateOp::kIsNull, "");
  const auto keys = [](const std::vector<ShownRow>& rows) {
    std::vector<std::string> keys;
    for (const ShownRow& row : rows) keys.push_back(row.partition_key);
    return keys;
  };
  Page();
  EXPECT_THAT(keys(rows_.rows), ElementsAre("a", "c"));
  // Pages that end behind a row that fell through remember it.
  command_.page_idle_looks_max = 1;
  EXPECT_THAT(keys(RunAllPages(command_, kOnePartition, Open(), clock_)),
              ElementsAre("a", "c"));
  Ask(PredicateOp::kEqual, "s");
  Page();
  EXPECT_THAT(rows_.rows, IsEmpty());
}

TEST_F(PageReaderTest, StaticRowComesWithEveryRowAndPage) {
  WriteRows(1, "k", 1, 2);
  Write(1, "k").SetStatic(LiveCell(9, 1, "s"));
  command_.page_rows_max = 1;
  for (const ShownRow& row :
       RunAllPages(command_, kOnePartition, Open(), clock_)) {
    EXPECT_THAT(row.static_cells, ElementsAre("9=s"));
    EXPECT_FALSE(row.position.empty());
  }
}

TEST_F(PageReaderTest, StaticRowAloneIsOneRowAndCounts) {
  Write(1, "a").SetStatic(LiveCell(9, 1, "s"));
  Write(2, "b").SetStatic(LiveCell(9, 1, "s"));
  command_.limit = 1;
  const PageEnd end = Page();
  EXPECT_THAT(Shown(), ElementsAre(-1));
  EXPECT_EQ(end.rows, 1u);
  EXPECT_THAT(rows_.rows[0].static_cells, ElementsAre("9=s"));
}

TEST_F(PageReaderTest, StaticRowAloneIsNotShownInSlices) {
  Write(1, "a").SetStatic(LiveCell(9, 1, "s"));
  command_.slices.emplace_back();
  EXPECT_EQ(Page().reason, EndReason::kExhausted);
  EXPECT_THAT(Shown(), IsEmpty());
}

TEST_F(PageReaderTest, StaticRowIsNotAddedAfterRowsOfEarlierPages) {
  WriteRows(1, "k", 1, 1);
  Write(1, "k").SetStatic(LiveCell(9, 1, "s"));
  command_.page_rows_max = 1;
  command_.resume = Page().resume;
  EXPECT_EQ(Page().rows, 0u);
}

TEST_F(PageReaderTest, StaticRowOutlivesRangeButNotWideRowDeletion) {
  Write(1, "a").SetStatic(LiveCell(9, 1, "s")).DeleteRange(0, 9, {5, kNow});
  Write(2, "b").SetStatic(LiveCell(9, 1, "s")).DeleteWideRow({5, kNow});
  Page();
  ASSERT_EQ(rows_.rows.size(), 1u);
  EXPECT_EQ(rows_.rows[0].partition_key, "a");
}

TEST_F(PageReaderTest, ColumnsNotAskedForStillMakeARowVisible) {
  Write(1, "k").Set(1, LiveCell(1, 1, "x")).SetStatic(LiveCell(9, 1, "s"));
  command_.columns = {ColumnId{2}};
  Page();
  ASSERT_EQ(rows_.rows.size(), 1u);
  EXPECT_THAT(rows_.rows[0].cells, IsEmpty());
  EXPECT_THAT(rows_.rows[0].static_cells, IsEmpty());
}

TEST_F(PageReaderTest, MarkerKeepsARowWithoutCells) {
  Write(1, "k")
      .Mark(1, {1, 0, 0})
      .Mark(2, {1, 10, kNow})
      .Mark(3, {1, 9, kNow + 1});
  Page();
  EXPECT_THAT(Shown(), ElementsAre(1, 3));
}

TEST_F(PageReaderTest, ExpiredCellIsATombstoneToTheReader) {
  Write(1, "k").Set(1, ExpiringCell(1, 1, 5, kNow, "gone"));
  Write(1, "k").Set(2, ExpiringCell(1, 1, 5, kNow + 1, "here"));
  const PageEnd end = Page();
  EXPECT_THAT(Shown(), ElementsAre(2));
  EXPECT_EQ(end.stats.tombstones, 1u);
  EXPECT_EQ(end.stats.rows_scanned, 2u);
  EXPECT_EQ(end.stats.cells_scanned, 2u);
}

TEST_F(PageReaderTest, ElementsComeInPathOrderWithoutWhatTheyWereDeletedBy) {
  MutationBuilder& write = Write(1, "k");
  write.Set(1, Element("b", LiveCell(2, 7, "y")));
  write.Set(1, Element("a", LiveCell(2, 7, "x")));
  write.Set(1, Element("c", LiveCell(2, 6, "hidden")));
  write.Set(1, Element("d", CellTombstone(2, 7, kNow)));
  write.Set(1, ColumnDeletion(2, 6, kNow));
  write.Set(2, ColumnDeletion(2, 6, kNow));
  const PageEnd end = Page();
  EXPECT_THAT(Shown(), ElementsAre(1));
  EXPECT_THAT(rows_.rows[0].cells, ElementsAre("2[a]=x", "2[b]=y"));
  EXPECT_EQ(end.stats.tombstones, 3u);
}

TEST_F(PageReaderTest, ProjectionTakesAllElementsOfAColumnOrNone) {
  MutationBuilder& write = Write(1, "k");
  write.SetStatic(Element("s", LiveCell(9, 7, "z")));
  write.Set(1, LiveCell(1, 7, "p"));
  for (const char* path : {"a", "b"}) {
    write.Set(1, Element(path, LiveCell(2, 7, "x")));
    write.Set(1, Element(path, LiveCell(3, 7, "y")));
  }
  command_.columns = {ColumnId{3}, ColumnId{9}};
  Page();
  EXPECT_THAT(rows_.rows.at(0).cells, ElementsAre("3[a]=y", "3[b]=y"));
  EXPECT_THAT(rows_.rows[0].static_cells, ElementsAre("9[s]=z"));
  command_.columns = {ColumnId{1}};
  Page();
  EXPECT_THAT(rows_.rows.at(0).cells, ElementsAre("1=p"));
  EXPECT_THAT(rows_.rows[0].static_cells, IsEmpty());
}

TEST_F(PageReaderTest, KeyReadsItsWideRowOnly) {
  WriteRows(1, "a", 1, 1);
  WriteRows(1, "b", 2, 2);
  WriteRows(2, "c", 3, 3);
  command_.token = Token{1};
  command_.partition_key = "b";
  EXPECT_EQ(Page().reason, EndReason::kExhausted);
  EXPECT_THAT(Shown(), ElementsAre(2));
  command_.partition_key = "bb";
  Page();
  EXPECT_THAT(Shown(), IsEmpty());
}

TEST_F(PageReaderTest, KeysAreReadInTurnWhetherTheyAreThereOrNot) {
  WriteRows(1, "a", 1, 2);
  WriteRows(1, "b", 3, 4);
  WriteRows(2, "c", 5, 5);
  WriteRows(3, "d", 6, 6);
  command_.wide_rows = {{Token{1}, "a"},
                        {Token{1}, "aa"},
                        {Token{2}, "c"},
                        {Token{3}, "d"},
                        {Token{9}, "z"}};
  EXPECT_EQ(Page().reason, EndReason::kExhausted);
  EXPECT_THAT(Shown(), ElementsAre(1, 2, 5, 6));
  command_.reverse = true;
  command_.per_wide_row_limit = 1;
  Page();
  EXPECT_THAT(Shown(), ElementsAre(2, 5, 6));
  command_.limit = 2;
  EXPECT_FALSE(Page().resume.has_value());
  EXPECT_THAT(Shown(), ElementsAre(2, 5));
}

TEST_F(PageReaderTest, KeysOfOnePageEachGoOnInTheNext) {
  WriteRows(1, "a", 1, 2);
  WriteRows(2, "b", 3, 4);
  command_.wide_rows = {{Token{1}, "a"}, {Token{2}, "b"}, {Token{9}, "z"}};
  command_.page_rows_max = 2;
  PageEnd end = Page();
  EXPECT_EQ(end.reason, EndReason::kRows);
  EXPECT_EQ(end.resume->partition_key, "a");
  EXPECT_EQ(end.resume->position, RowAt(2));
  command_.resume = end.resume;
  command_.page_rows_max = 3;
  end = Page();
  EXPECT_THAT(Shown(), ElementsAre(3, 4));
  EXPECT_EQ(end.reason, EndReason::kExhausted);
}

TEST_F(PageReaderTest, NextTokenNamesThePartitionToGoOnWith) {
  ReadStats stats;
  command_.first_token = Token{5};
  EXPECT_EQ(PageReader(command_, {}, &rows_, clock_, &stats).next_token(),
            Token{5});
  command_.resume = ReadPosition{Token{7}, "k", "", 0};
  EXPECT_EQ(PageReader(command_, {}, &rows_, clock_, &stats).next_token(),
            Token{7});
  command_.wide_rows = {{Token{7}, "k"}, {Token{8}, "l"}};
  EXPECT_EQ(PageReader(command_, {}, &rows_, clock_, &stats).next_token(),
            Token{8});
  command_.resume = ReadPosition{Token{8}, "l", "", 0};
  EXPECT_EQ(PageReader(command_, {}, &rows_, clock_, &stats).next_token(),
            std::nullopt);
}

// Row 5 alone, as a conditional write asks.
ReadCommand NewestAround(int k) {
  ReadCommand command;
  command.now_s = kNow;
  command.want_newest = true;
  command.slices = {{BeforeRow(k), AfterRow(k)}};
  return command;
}

TEST_F(PageReaderTest, NewestCoversCellsDeadOrAliveOfTheSlicesOnly) {
  Write(1, "k").Set(5, LiveCell(1, 10, "v")).Set(6, LiveCell(1, 99, "v"));
  command_ = NewestAround(5);
  EXPECT_EQ(Page().newest_us, 10);
  Write(1, "k").Set(5, CellTombstone(2, 20, 1));
  EXPECT_EQ(Page().newest_us, 20);
  Write(1, "k").Set(5, ExpiringCell(3, 30, 1, 2, "v"));
  EXPECT_EQ(Page().newest_us, 30);
  Write(1, "k").Mark(5, {40, 0, 0});
  EXPECT_EQ(Page().newest_us, 40);
  Write(1, "k").DeleteRow(5, {50, 1});
  EXPECT_EQ(Page().newest_us, 50);
  EXPECT_THAT(Shown(), IsEmpty());
  Write(1, "k").SetStatic(LiveCell(9, 60, "s"));
  EXPECT_EQ(Page().newest_us, 60);
}

TEST_F(PageReaderTest, NewestCoversDeletionsWithoutRows) {
  Write(1, "k").DeleteRange(3, 8, {10, 1});
  command_ = NewestAround(5);
  EXPECT_EQ(Page().newest_us, 10);
  Write(1, "k").DeleteRange(5, 5, {20, 1});
  EXPECT_EQ(Page().newest_us, 20);
  command_ = NewestAround(9);
  EXPECT_EQ(Page().newest_us, kNoTimestamp);
  // Of two slices the first holds nothing but a deletion.
  command_.slices.insert(command_.slices.begin(), {BeforeRow(4), AfterRow(4)});
  Write(1, "k").Set(9, LiveCell(1, 5, "v"));
  EXPECT_EQ(Page().newest_us, 10);
  Write(1, "k").DeleteWideRow({30, 1});
  EXPECT_EQ(Page().newest_us, 30);
}

TEST_F(PageReaderTest, StaticRowComesAloneWhenAskedForThoughSlicesAreEmpty) {
  Write(1, "k").SetStatic(LiveCell(9, 1, "s")).Set(5, LiveCell(1, 1, "v"));
  command_.slices = {{BeforeRow(7), AfterRow(7)}};
  EXPECT_EQ(Page().rows, 0u);
  command_.static_alone = true;
  EXPECT_EQ(Page().rows, 1u);
  EXPECT_THAT(Shown(), ElementsAre(-1));
  command_.slices = {{BeforeRow(5), AfterRow(5)}};
  Page();
  EXPECT_THAT(Shown(), ElementsAre(5));
}

TEST_F(PageReaderTest, CellsOfDroppedColumnsShowNothingAndKeepNoRow) {
  Write(1, "a").Set(1, LiveCell(1, 1, "v")).Set(1, LiveCell(2, 1, "gone"));
  Write(1, "a").Set(2, LiveCell(2, 1, "gone"));
  Write(1, "a").Mark(3, {1, 0, 0}).Set(3, LiveCell(2, 1, "gone"));
  Write(2, "b").SetStatic(LiveCell(9, 1, "gone"));
  dropped_ = {ColumnId{2}, ColumnId{9}};
  const PageEnd end = Page();
  EXPECT_THAT(Shown(), ElementsAre(1, 3));
  ASSERT_EQ(rows_.rows.size(), 2u);
  EXPECT_EQ(rows_.rows[0].cells.size(), 1u);
  EXPECT_TRUE(rows_.rows[1].cells.empty());
  EXPECT_EQ(end.stats.tombstones, 0u);
}

TEST_F(PageReaderTest, DroppedColumnsAreNoTombstones) {
  Write(1, "a").Set(1, CellTombstone(2, 1, 5));
  dropped_ = {ColumnId{2}};
  EXPECT_EQ(Page().stats.tombstones, 0u);
}

}  // namespace
}  // namespace rowan
