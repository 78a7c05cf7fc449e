// SPDX-License-Identifier: Apache-2.0
// Cassandra's rules on a whole engine, each by hand; README.md says which rule
// is held by which test. The model checks every step beside it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/engine/engine.h"
#include "tests/model/case_run.h"

namespace rowan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class RuleTest : public testing::Test {
 protected:
  void Open(const char* table, uint64_t seed = 1) {
    run_ = nullptr;
    test_.shape = ParseShape(table).value();
    test_.options = &OptionSets()[0];
    test_.seed = seed;
    // So that the run has counters.
    test_.operations.resize(1);
    test_.operations[0].counts.resize(1);
    run_ = std::make_unique<CaseRun>(test_);
    ASSERT_EQ(run_->Open(), std::nullopt);
  }

  void Do(std::initializer_list<const char*> lines) {
    for (const char* line : lines) {
      const auto operation = ParseOperation(test_.shape, line);
      ASSERT_TRUE(operation.ok()) << operation.status();
      ASSERT_EQ(run_->Do(*operation), std::nullopt) << line;
    }
  }

  // Rows as "0/1.2 m r0=1 r1/3=2 | s0=1" in the numbers of the case; m is the
  // marker.
  std::vector<std::string> Rows(const char* line) {
    ReadCommand command = Read(line).command();
    std::vector<std::string> rows;
    PageEnd end;
    do {
      for (std::string& row : Page(command, &end)) rows.push_back(row);
      command.resume = end.resume;
      command.limit -= end.rows;
    } while (end.resume.has_value());
    return rows;
  }

  size_t SSTables() {
    return run_->engine().SSTables(run_->schema()->id).size();
  }

  uint64_t Tombstones() {
    uint64_t tombstones = 0;
    for (const SSTableStatus& file :
         run_->engine().SSTables(run_->schema()->id)) {
      tombstones += file.statistics.tombstones;
    }
    return tombstones;
  }

  PagedRead Read(const char* line) {
    const auto operation = ParseOperation(test_.shape, line);
    EXPECT_TRUE(operation.ok()) << operation.status();
    return PagedRead(test_.shape, run_->schema(), operation->read,
                     run_->now_s());
  }
  std::vector<std::string> Page(const ReadCommand& command, PageEnd* end) {
    std::vector<std::string> rows;
    const absl::StatusOr<GotPage> page = run_->GetPage(command);
    EXPECT_TRUE(page.ok()) << page.status();
    for (const GotRow& row : page->rows) rows.push_back(Text(row));
    *end = page->end;
    return rows;
  }

 private:
  std::string Text(const GotRow& row) const {
    int key = 0;
    while (KeyBytes(*run_->schema(), key) != row.key) ++key;
    std::string text = absl::StrCat(key, "/");
    if (!row.position.empty()) {
      const Place place =
          PlaceOf(test_.shape, *run_->schema(), row.position).value();
      for (const int number : place.components) {
        absl::StrAppend(&text, text.back() == '/' ? "" : ".", number);
      }
    }
    if (row.marker) text += " m";
    text += Text(row.cells, false);
    return row.fixed.empty() ? text : text + " |" + Text(row.fixed, true);
  }

  bool IsAt(const ColumnName& name, ColumnId id) const {
    const Column* const column = FindColumn(*run_->schema(), name);
    return column != nullptr && column->id == id;
  }

  std::string Text(const std::vector<GotCell>& cells, bool fixed) const {
    std::string text;
    for (const GotCell& cell : cells) {
      int column = 0;
      while (!IsAt({fixed, column}, cell.column)) ++column;
      absl::StrAppend(&text, fixed ? " s" : " r", column);
      const ColumnKind kind = KindOf(test_.shape, {fixed, column});
      if (!cell.path.empty()) absl::StrAppend(&text, PathText(kind, cell.path));
      absl::StrAppend(&text, "=", NumberOf(kind, cell.seen.value));
    }
    return text;
  }

  static int NumberOf(ColumnKind kind, const std::string& bytes) {
    for (int value = 0; value < kShapeValues; ++value) {
      for (int fields = kFieldsAtFirst; fields <= kShapeValues; ++fields) {
        if (CellBytes(kind, value, fields, false) == bytes) return value;
      }
    }
    ADD_FAILURE() << "no value of the column";
    return -1;
  }

  // "/3"; of lists nothing.
  static std::string PathText(ColumnKind kind, const std::string& bytes) {
    if (kind == ColumnKind::kList) return "";
    int path = 0;
    while (PathBytes(kind, path) != bytes) ++path;
    return absl::StrCat("/", path);
  }

  TestCase test_;
  std::unique_ptr<CaseRun> run_;
};

constexpr char kPlain[] = "table clustering=int statics=p regulars=p,e grace=9";

TEST_F(RuleTest, RowDeletionLeavesOnlyNewerCellsAndNoMarker) {
  Open(kPlain);
  Do({"write key=0 age=2 mark:1 set:1:r0=1 set:1:r1/0=1", "flush",
      "write key=0 age=1 gone:1", "write key=0 set:1:r0=2"});
  EXPECT_THAT(Rows("read"), ElementsAre("0/1 r0=2"));
  Do({"compact"});
  EXPECT_THAT(Rows("read"), ElementsAre("0/1 r0=2"));
}

TEST_F(RuleTest, StaticRowGoesWithItsWideRowOnly) {
  Open(kPlain);
  Do({"write key=0 age=3 set:s:s0=1 mark:1", "flush",
      "write key=0 age=2 gone:1 gone:[-..-]"});
  EXPECT_THAT(Rows("read"), ElementsAre("0/ | s0=1"));
  EXPECT_THAT(Rows("read slice=[0..3]"), IsEmpty());
  Do({"write key=0 age=1 gone"});
  EXPECT_THAT(Rows("read"), IsEmpty());
}

TEST_F(RuleTest, OverwrittenCollectionHoldsOnlyWhatTheWriteSet) {
  Open(kPlain);
  Do({"write key=0 age=2 set:1:r1/0=1 set:1:r1/1=1", "flush",
      "write key=0 age=1 over:1:r1 set:1:r1/1=2 set:1:r1/3=2"});
  EXPECT_THAT(Rows("read"), ElementsAre("0/1 r1/1=2 r1/3=2"));
  Do({"write key=0 clear:1:r1"});
  EXPECT_THAT(Rows("read"), IsEmpty());
}

TEST_F(RuleTest, ElementsExpireOneByOne) {
  Open(kPlain);
  Do({"write key=0 set:1:r1/0=1+5 set:1:r1/1=1", "clock 4"});
  EXPECT_THAT(Rows("read"), ElementsAre("0/1 r1/0=1 r1/1=1"));
  Do({"clock 1"});
  EXPECT_THAT(Rows("read"), ElementsAre("0/1 r1/1=1"));
}

TEST_F(RuleTest, NullFieldIsATombstoneOfThatFieldAlone) {
  Open("table clustering=int regulars=p,u grace=9");
  Do({"write key=0 age=1 set:1:r1/0=1 set:1:r1/1=1", "flush",
      "write key=0 unset:1:r1/0"});
  EXPECT_THAT(Rows("read"), ElementsAre("0/1 r1/1=1"));
  Do({"compact"});
  EXPECT_THAT(Rows("read"), ElementsAre("0/1 r1/1=1"));
}

TEST_F(RuleTest, DescendingColumnFlipsSlicesAndRangeTombstones) {
  Open("table clustering=int:desc regulars=p grace=9");
  Do({"write key=0 age=1 mark:0 mark:1 mark:2 mark:3"});
  EXPECT_THAT(Rows("read"), ElementsAre("0/3 m", "0/2 m", "0/1 m", "0/0 m"));
  EXPECT_THAT(Rows("read slice=(3..1]"), ElementsAre("0/2 m", "0/1 m"));
  EXPECT_THAT(Rows("read slice=(3..1] reverse"), ElementsAre("0/1 m", "0/2 m"));
  Do({"flush", "write key=0 gone:[2..1)"});
  EXPECT_THAT(Rows("read"), ElementsAre("0/3 m", "0/1 m", "0/0 m"));
  EXPECT_THAT(Rows("read reverse"), ElementsAre("0/0 m", "0/1 m", "0/3 m"));
}

// Component 0 of a blob is empty, the smallest value there is.
TEST_F(RuleTest, BoundOfAPrefixCoversEveryLongerKey) {
  Open("table clustering=blob,int grace=9");
  Do({"write key=0 age=1 mark:0.0 mark:0.3 mark:1.0 mark:1.3 mark:2.0"});
  EXPECT_THAT(Rows("read slice=[1..1]"), ElementsAre("0/1.0 m", "0/1.3 m"));
  EXPECT_THAT(Rows("read slice=(0..1)"), IsEmpty());
  EXPECT_THAT(Rows("read slice=(1..-]"), ElementsAre("0/2.0 m"));
  Do({"write key=0 gone:[-..0]", "write key=0 gone:(1.0..1]"});
  EXPECT_THAT(Rows("read"), ElementsAre("0/1.0 m", "0/2.0 m"));
}

TEST_F(RuleTest, EveryKindOfDeletionAtOnceAndOnlyNewerDataAboveIt) {
  Open(kPlain);
  Do({"write key=0 age=6 mark:1 set:1:r0=1 set:1:r1/0=1 set:s:s0=1", "flush",
      "write key=0 age=5 gone", "write key=0 age=4 gone:[0..2]", "flush",
      "write key=0 age=3 gone:1", "write key=0 age=2 clear:1:r1", "flush",
      "write key=0 age=2 set:1:r1/0=2", "write key=0 age=1 set:1:r1/1=2",
      "write key=0 age=3 set:1:r0=2", "write key=0 age=3 mark:1"});
  EXPECT_THAT(Rows("read"), ElementsAre("0/1 r1/1=2"));
  Do({"compact"});
  EXPECT_THAT(Rows("read reverse"), ElementsAre("0/1 r1/1=2"));
}

TEST_F(RuleTest, NowOfAReadStaysOverItsPages) {
  Open(kPlain);
  Do({"write key=0 mark:1 mark:2+5 mark:3"});
  ReadCommand command = Read("read page=1").command();
  PageEnd end;
  EXPECT_THAT(Page(command, &end), ElementsAre("0/1 m"));
  Do({"clock 10"});
  command.resume = end.resume;
  EXPECT_THAT(Page(command, &end), ElementsAre("0/2 m"));
  EXPECT_THAT(Rows("read"), ElementsAre("0/1 m", "0/3 m"));
}

TEST_F(RuleTest, TombstoneStaysForItsGraceAndGoesAfterIt) {
  Open("table clustering=int grace=5");
  Do({"write key=0 gone:1", "clock 5", "compact"});
  // Older than the tombstone: hidden as long as that is there.
  Do({"write key=0 age=5 mark:1"});
  EXPECT_THAT(Rows("read"), IsEmpty());
  EXPECT_EQ(SSTables(), 1u);
  Do({"clock 20", "compact"});
  EXPECT_THAT(Rows("read"), IsEmpty());
  EXPECT_EQ(SSTables(), 0u) << "neither the tombstone nor what it hid is kept";
}

// Nothing is kept for replicas that didn't hear of a deletion: what comes late
// may come back, as in Cassandra.
TEST_F(RuleTest, TableWithoutGraceKeepsNoTombstoneOverAMerge) {
  Open("table clustering=int regulars=p grace=0");
  Do({"write key=0 mark:1 set:1:r0=1 mark:2+5 mark:3", "flush", "clock 1",
      "write key=0 gone:1", "flush"});
  // In a file of its own it hides what lies in another.
  EXPECT_THAT(Rows("read"), ElementsAre("0/2 m", "0/3 m"));
  EXPECT_EQ(Tombstones(), 1u);
  Do({"clock 1", "compact"});
  EXPECT_THAT(Rows("read"), ElementsAre("0/2 m", "0/3 m"));
  EXPECT_EQ(Tombstones(), 0u);
  // What expires becomes none either.
  Do({"clock 9", "compact"});
  EXPECT_THAT(Rows("read"), ElementsAre("0/3 m"));
  EXPECT_EQ(SSTables(), 1u);
  EXPECT_EQ(Tombstones(), 0u);
}

// Keys 4 and 5 share a token.
TEST_F(RuleTest, KeysOfOneTokenComeByTheirBytesAndApart) {
  Open(kPlain);
  Do({"write key=5 mark:1", "flush", "write key=4 mark:1 mark:2"});
  EXPECT_THAT(Rows("read page=1"), ElementsAre("4/1 m", "4/2 m", "5/1 m"));
  EXPECT_THAT(Rows("read in=5"), ElementsAre("5/1 m"));
  EXPECT_THAT(Rows("read in=3.5 page=1"), ElementsAre("5/1 m"));
  Do({"write key=4 gone", "compact"});
  EXPECT_THAT(Rows("read keys=4..5"), ElementsAre("5/1 m"));
}

// Keys 0 and 7 have the first and the last token of the ring.
TEST_F(RuleTest, TokenRangesHoldBothTheirEnds) {
  Open(kPlain);
  Do({"write key=0 mark:1 & key=3 mark:1 & key=7 mark:1", "flush"});
  EXPECT_THAT(Rows("read keys=3..7"), ElementsAre("3/1 m", "7/1 m"));
  EXPECT_THAT(Rows("read keys=0..3"), ElementsAre("0/1 m", "3/1 m"));
}

TEST_F(RuleTest, DeletionAndInsertOfOneTimestampInOneWriteDelete) {
  Open(kPlain);
  Do({"write key=0 gone:1 mark:1 set:1:r0=1 set:2:r0=1 unset:2:r0",
      "write key=1 gone mark:1"});
  EXPECT_THAT(Rows("read"), IsEmpty());
}

TEST_F(RuleTest, DeathAmidAWriteLeavesAllOrNothingOfIt) {
  for (int tasks = 0; tasks < 12; ++tasks) {
    Open(kPlain);
    // DieWriting itself wants all or nothing (tests/model/case_run.cc).
    const std::string line =
        absl::StrCat("write-until-power-cut ", tasks,
                     " key=0 mark:1 mark:2 & key=1 mark:1 & key=7 gone");
    Do({"write key=7 age=1 mark:0", line.c_str()});
    EXPECT_THAT(Rows("read"), ElementsAre("0/1 m", "0/2 m", "1/1 m"));
  }
}

TEST_F(RuleTest, LimitCountsAStaticRowThatStandsAlone) {
  Open(kPlain);
  Do({"write key=0 set:s:s0=1", "write key=1 set:s:s0=2 mark:1 mark:2"});
  EXPECT_THAT(Rows("read limit=2"), ElementsAre("0/ | s0=1", "1/1 m | s0=2"));
  EXPECT_THAT(Rows("read limit=2 page=1"),
              ElementsAre("0/ | s0=1", "1/1 m | s0=2"));
}

TEST_F(RuleTest, DistinctAndLimitAndPagesAgree) {
  Open(kPlain);
  Do({"write key=0 set:s:s0=1", "write key=1 mark:1 mark:2",
      "write key=2 set:s:s0=2 mark:1", "write key=3 age=1 mark:1",
      "write key=3 gone"});
  for (const char* line : {"read distinct", "read distinct page=1"}) {
    EXPECT_THAT(Rows(line), ElementsAre("0/ | s0=1", "1/", "2/ | s0=2"));
  }
  EXPECT_THAT(Rows("read distinct page=1 limit=2"),
              ElementsAre("0/ | s0=1", "1/"));
}

// CounterRun holds every answer to the sum and to the ids.
TEST_F(RuleTest, CounterSumsWhatCameSinceItsDeletionAndEachRequestOnce) {
  Open(kPlain);
  Do({"count key=1 row=0 add=5 id=3", "flush", "count key=1 row=0 add=5 id=3",
      "count key=1 row=0 add=-7 & key=1 row=1 add=1 & key=2 row=0 add=1",
      "compact", "count-until-power-cut 3 key=1 row=0 add=2 id=4",
      "count key=1 row=0 add=2 id=4", "count key=1 gone", "flush",
      "count key=1 row=0 add=1 id=3", "compact", "count key=1 row=0 add=1"});
  // The ids are forgotten.
  Do({"clock 9", "count key=1 row=0 add=1 id=3", "drain",
      "count key=1 row=0 add=1 id=3"});
}

TEST_F(RuleTest, ReaddedColumnShowsNothingOfItsFormerSelf) {
  Open(kPlain);
  Do({"write key=0 age=1 mark:1 set:1:r0=1 set:s:s0=1", "flush",
      "write key=0 set:1:r0=2 set:2:r0=2 set:1:r1/0=1"});
  EXPECT_THAT(Rows("read"),
              ElementsAre("0/1 m r0=2 r1/0=1 | s0=1", "0/2 r0=2 | s0=1"));
  Do({"drop r0", "drop s0"});
  EXPECT_THAT(Rows("read"), ElementsAre("0/1 m r1/0=1"));
  Do({"add r0", "add s0"});
  EXPECT_THAT(Rows("read where=r0:null"), ElementsAre("0/1 m r1/0=1"));
  // Whatever the timestamps: it is another column.
  Do({"write key=0 age=5 set:1:r0=3", "crash"});
  EXPECT_THAT(Rows("read"), ElementsAre("0/1 m r1/0=1 r0=3"));
  Do({"compact"});
  EXPECT_THAT(Rows("read where=r0:eq:3"), ElementsAre("0/1 m r1/0=1 r0=3"));
}

TEST_F(RuleTest, ConditionalWriteIsMadeOnlyWhereItsConditionHolds) {
  Open(kPlain);
  Do({"check if=1:none key=0 mark:1 set:1:r0=1",
      "check if=1:none key=0 set:1:r0=2",
      "check if=1 where=r0:gt:1 key=0 set:1:r0=2", "flush"});
  EXPECT_THAT(Rows("read"), ElementsAre("0/1 m r0=1"));
  Do({"check if=1:some where=r0:eq:1 key=0 set:1:r0=2",
      "check if=s where=s0:null key=0 set:s:s0=1"});
  EXPECT_THAT(Rows("read"), ElementsAre("0/1 m r0=2 | s0=1"));
  Do({"check if=s where=s0:eq:1 key=0 gone:1", "compact"});
  EXPECT_THAT(Rows("read"), ElementsAre("0/ | s0=1"));
  // Above the deletion in the same moment.
  Do({"check if=1:none key=0 mark:1"});
  EXPECT_THAT(Rows("read"), ElementsAre("0/1 m | s0=1"));
}

TEST_F(RuleTest, ConditionalWriteAsksManyRowsAndWritesOneBranch) {
  Open("table clustering=int statics=p regulars=u,s,l grace=9");
  Do({"write key=0 age=1 put:1:r0=2 set:1:r1/1=0 back:1:r2=3 set:s:s0=1",
      "check if=1 where=r0:eq:2 where=r1:has:2 if=2:none if=s where=s0:eq:1 "
      "key=0 mark:2 else mark:3",
      "check if=2:none if=1 where=r2:has:3 key=0 gone else set:1:r0/1=1"});
  EXPECT_THAT(Rows("read"), ElementsAre("0/1 r0/0=1 r0/1=1 r1/1=0 r2=3 | s0=1",
                                        "0/2 m | s0=1"));
  Do({"check if=wide:none key=1 mark:1 else mark:2",
      "check if=wide:none key=1 mark:1 else mark:2"});
  EXPECT_THAT(Rows("read in=1"), ElementsAre("1/1 m", "1/2 m"));
}

// The second one sees what the first one wrote, whatever the order of tasks.
TEST_F(RuleTest, ConditionalWritesThatRaceTakeTurns) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Open(kPlain, seed);
    Do({"check if=1:none key=0 mark:1 set:1:r0=1 & if=1:none key=0 set:1:r0=2 "
        "& "
        "if=1:none key=0 set:1:r0=3"});
    EXPECT_THAT(Rows("read"), ElementsAre("0/1 m r0=1"));
  }
}

TEST_F(RuleTest, DeathAmidAConditionalWriteLeavesAllOrNothingOfIt) {
  for (int tasks = 0; tasks < 12; ++tasks) {
    Open(kPlain);
    const std::string line =
        absl::StrCat("check-until-power-cut ", tasks,
                     " if=1:none key=0 mark:1 mark:2 & if=1:none key=0 mark:3");
    Do({"write key=0 age=1 mark:0", line.c_str(), "crash"});
  }
}

TEST_F(RuleTest, ListGrowsAtBothEndsAndIsReadBeforeItIsChangedInside) {
  Open("table clustering=int regulars=l grace=9");
  Do({"write key=0 age=2 back:1:r0=1 back:1:r0=2", "flush",
      "write key=0 age=1 front:1:r0=3 front:1:r0=0"});
  EXPECT_THAT(Rows("read"), ElementsAre("0/1 r0=3 r0=0 r0=1 r0=2"));
  Do({"queued key=0 at:1:r0/0=2 erase:1:r0/1", "queued key=0 at:1:r0/3=1",
      "queued key=0 at:1:r0/2=1+5"});
  EXPECT_THAT(Rows("read"), ElementsAre("0/1 r0=2 r0=1 r0=1"));
  Do({"clock 5", "compact"});
  EXPECT_THAT(Rows("read"), ElementsAre("0/1 r0=2 r0=1"));
  Do({"write key=0 put:1:r0=2"});
  EXPECT_THAT(Rows("read"), ElementsAre("0/1 r0=1 r0=3"));
}

// Values 1 and 2 of a tuple differ in a null at the end of the tuple inside.
TEST_F(RuleTest, NullAtTheEndOfAValueIsAsIfItWereMissing) {
  Open("table clustering=int regulars=t,U grace=9");
  Do({"write key=0 set:1:r0=1 set:2:r0=2 set:3:r0=3 set:0:r1=3"});
  EXPECT_THAT(Rows("read where=r0:eq:2"), ElementsAre("0/1 r0=1", "0/2 r0=2"));
  EXPECT_THAT(Rows("read where=r0:gt:1"), ElementsAre("0/3 r0=3"));
  Do({"grow r1", "write key=0 set:1:r1=1 set:2:r1=3"});
  EXPECT_THAT(Rows("read where=r1:lt:1"),
              ElementsAre("0/0 r1=3", "0/2 r0=2 r1=3"));
  Do({"write key=0 set:1:r0=2"});
  EXPECT_THAT(Rows("read in=0 slice=[1..1]"), ElementsAre("0/1 r0=2 r1=1"));
}

TEST_F(RuleTest, RestoredTableHoldsWhatItHeldAndATruncatedOneNothing) {
  Open(kPlain);
  Do({"write key=0 age=1 mark:1 set:s:s0=1", "snapshot 0",
      "write key=0 gone:1 mark:2", "open 0 page=1", "truncate"});
  EXPECT_THAT(Rows("read"), IsEmpty());
  Do({"write key=1 mark:1", "restore 0", "crash"});
  EXPECT_THAT(Rows("read"), ElementsAre("0/1 m | s0=1"));
  Do({"write key=0 gone:1", "compact", "restore 0", "restore 1"});
  EXPECT_THAT(Rows("read"), ElementsAre("0/1 m | s0=1"));
}

TEST_F(RuleTest, ReadKnowsTheColumnsThatItBeganWith) {
  Open("table clustering=int regulars=p,u grace=9");
  Do({"write key=0 mark:1 set:1:r0=1 set:1:r1/0=1",
      "write key=0 mark:2 set:2:r0=1", "open 0 where=r0:eq:1 page=1",
      "open 1 where=r1:null page=1", "open 2 columns=r0 page=1 totals",
      "drop r0", "add r0", "grow r1",
      "write key=0 set:2:r0=1 set:3:r0=1 set:3:r1/2=1", "next 0", "next 1",
      "next 1", "next 2", "next 2"});
}

}  // namespace
}  // namespace rowan
