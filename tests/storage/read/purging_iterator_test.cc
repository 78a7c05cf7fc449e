// SPDX-License-Identifier: Apache-2.0
#include "storage/read/purging_iterator.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/read/merging_iterator.h"
#include "tests/lib/fold_mutations.h"
#include "tests/lib/row_iterator_conformance.h"
#include "tests/lib/row_literals.h"
#include "tests/lib/sim_clock.h"
#include "tests/lib/vector_row_iterator.h"
#include "tests/storage/read/page_run.h"
#include "tests/storage/read/random_writes.h"

namespace rowan {
namespace {

constexpr uint32_t kNow = 1000;
constexpr uint32_t kGrace = 100;
constexpr uint32_t kOld = kNow - kGrace - 1;  // outside of the grace
constexpr uint32_t kYoung = kNow - kGrace;    // just inside of it
constexpr int64_t kNothingElsewhere = std::numeric_limits<int64_t>::max();

class FixedOracle final : public PurgeOracle {
 public:
  explicit FixedOracle(int64_t answer) : answer_(answer) {}
  int64_t MaxPurgeableTimestamp(Token, std::string_view key) override {
    ++asked;
    last_key = key;
    return answer_;
  }
  int asked = 0;
  std::string last_key;

 private:
  const int64_t answer_;
};

// What a merge of the one source that holds `write` leaves.
std::vector<VectorWideRow> Purged(const MutationBuilder& write,
                                  PurgeOracle* oracle) {
  std::vector<std::unique_ptr<RowIterator>> sources;
  sources.push_back(
      std::make_unique<VectorRowIterator>(FoldMutations({&write.mutation()})));
  PurgingIterator purged(
      std::make_unique<MergingIterator>(std::move(sources), MergeForm::kImages),
      oracle, kNow, kGrace);
  return ReadAll(&purged);
}

// With nothing elsewhere.
std::vector<VectorWideRow> Purged(const MutationBuilder& write) {
  FixedOracle oracle(kNothingElsewhere);
  return Purged(write, &oracle);
}

Row OnlyRow(const std::vector<VectorWideRow>& all) {
  Row row;
  EXPECT_EQ(all.size(), 1u);
  EXPECT_EQ(all.at(0).fragments.size(), 1u);
  EXPECT_TRUE(DecodeRowImage(all[0].fragments.at(0).image, &row).ok());
  return row;
}

// One tombstone of each kind, deleted at timestamp 5 and `local_time_s`.
std::vector<MutationBuilder> OneOfEachTombstone(uint32_t local_time_s) {
  std::vector<MutationBuilder> each;
  for (int i = 0; i < 8; ++i) each.emplace_back(1, "k");
  each[0].DeleteWideRow({5, local_time_s});
  each[1].DeleteRange(1, 3, {5, local_time_s});
  each[2].DeleteRow(1, {5, local_time_s});
  each[3].Set(1, CellTombstone(1, 5, local_time_s));
  each[4].SetStatic(CellTombstone(9, 5, local_time_s));
  each[5].Set(1, ColumnDeletion(1, 5, local_time_s));
  each[6].Set(1, Element("a", CellTombstone(1, 5, local_time_s)));
  each[7].SetStatic(ColumnDeletion(9, 5, local_time_s));
  return each;
}

TEST(PurgingIterator, TombstonesOutsideOfTheGraceGoAndEmptyWideRowsVanish) {
  for (const MutationBuilder& write : OneOfEachTombstone(kOld)) {
    EXPECT_TRUE(Purged(write).empty());
  }
}

TEST(PurgingIterator, TombstonesWithinTheGraceStay) {
  for (const MutationBuilder& write : OneOfEachTombstone(kYoung)) {
    EXPECT_EQ(Purged(write), FoldMutations({&write.mutation()}));
  }
}

TEST(PurgingIterator, TombstonesStayWhileOlderDataMayBeElsewhere) {
  for (const MutationBuilder& write : OneOfEachTombstone(kOld)) {
    FixedOracle at(5);  // something at the same timestamp may be hidden
    EXPECT_EQ(Purged(write, &at), FoldMutations({&write.mutation()}));
    FixedOracle above(6);
    EXPECT_TRUE(Purged(write, &above).empty());
  }
}

std::vector<VectorWideRow> WithoutColumns(const MutationBuilder& write,
                                          std::vector<ColumnId> dropped) {
  PurgingIterator kept(
      std::make_unique<VectorRowIterator>(FoldMutations({&write.mutation()})),
      std::move(dropped));
  return ReadAll(&kept);
}

TEST(PurgingIterator, DroppedColumnsGoWhateverTheirCellsAre) {
  MutationBuilder write(1, "k"), rest(1, "k");
  write.SetStatic(LiveCell(8, 5, "t"));
  for (MutationBuilder* each : {&write, &rest}) {
    each->Set(1, LiveCell(1, 5, "a")).Set(1, LiveCell(4, 5, "d"));
    each->Set(2, CellTombstone(1, 5, kYoung)).SetStatic(LiveCell(9, 5, "s"));
    each->DeleteRow(4, {5, kYoung});
  }
  write.Set(1, LiveCell(2, 5, "b")).Set(1, Element("e", LiveCell(3, 9, "c")));
  write.Set(2, ColumnDeletion(3, 5, kYoung)).Set(3, LiveCell(2, 5, "b"));
  write.Set(4, CellTombstone(2, 7, kYoung));
  EXPECT_EQ(WithoutColumns(write, {ColumnId{2}, ColumnId{3}, ColumnId{8}}),
            FoldMutations({&rest.mutation()}));
}

TEST(PurgingIterator, WideRowOfDroppedColumnsVanishes) {
  MutationBuilder write(1, "k");
  write.Set(1, LiveCell(2, 5, "b")).SetStatic(LiveCell(8, 5, "t"));
  EXPECT_TRUE(WithoutColumns(write, {ColumnId{2}, ColumnId{8}}).empty());
}

TEST(PurgingIterator, DroppingColumnsAlonePurgesNothing) {
  for (const MutationBuilder& write : OneOfEachTombstone(kOld)) {
    EXPECT_EQ(WithoutColumns(write, {ColumnId{2}}),
              FoldMutations({&write.mutation()}));
  }
  MutationBuilder expired(1, "k");
  expired.Set(1, ExpiringCell(1, 5, 50, 100, "x")).Mark(2, {5, 50, 100});
  EXPECT_EQ(WithoutColumns(expired, {ColumnId{2}}),
            FoldMutations({&expired.mutation()}));
}

TEST(PurgingIterator, OracleIsAskedOncePerWideRowAndOnlyWhenNeeded) {
  MutationBuilder write(1, "k");
  write.DeleteRow(1, {5, kOld}).DeleteRow(2, {6, kOld});
  write.Set(3, CellTombstone(1, 5, kOld));
  FixedOracle oracle(kNothingElsewhere);
  Purged(write, &oracle);
  EXPECT_EQ(oracle.asked, 1);
  EXPECT_EQ(oracle.last_key, "k");

  MutationBuilder live(1, "k");
  live.Set(1, LiveCell(1, 5, "x")).DeleteRow(2, {6, kYoung});
  FixedOracle idle(kNothingElsewhere);
  Purged(live, &idle);
  EXPECT_EQ(idle.asked, 0);
}

TEST(PurgingIterator, ExpiredCellBecomesATombstoneOfItsWriteTime) {
  MutationBuilder write(1, "k");
  write.Set(1, ExpiringCell(1, 5, 50, kNow, "x"));  // written at kNow - 50
  const auto all = Purged(write);
  const Row row = OnlyRow(all);
  ASSERT_EQ(row.cells.size(), 1u);
  EXPECT_EQ(row.cells[0].kind, CellKind::kTombstone);
  EXPECT_EQ(row.cells[0].timestamp, 5);
  EXPECT_EQ(row.cells[0].local_time_s, kNow - 50);
  EXPECT_TRUE(row.cells[0].value.empty());
}

TEST(PurgingIterator, ExpiredCellWithTtlBeyondTheGraceGoesAtOnce) {
  MutationBuilder write(1, "k");
  write.Set(1, ExpiringCell(1, 5, kGrace + 1, kNow, "x"));
  EXPECT_TRUE(Purged(write).empty());
}

TEST(PurgingIterator, CellThatHasNotExpiredStays) {
  MutationBuilder write(1, "k");
  write.Set(1, ExpiringCell(1, 5, 500, kNow + 1, "x"));
  EXPECT_EQ(Purged(write), FoldMutations({&write.mutation()}));
}

TEST(PurgingIterator, ExpiredMarkerCountsFromItsExpiry) {
  MutationBuilder young(1, "k"), old(1, "k");
  young.Mark(1, {5, 500, kYoung});
  old.Mark(1, {5, 500, kOld});
  EXPECT_EQ(Purged(young), FoldMutations({&young.mutation()}));
  EXPECT_TRUE(Purged(old).empty());
}

TEST(PurgingIterator, LiveRowPassesAsTheSameBytes) {
  MutationBuilder write(1, "k");
  write.Set(1, LiveCell(1, 5, "x")).SetStatic(LiveCell(9, 5, "s"));
  EXPECT_EQ(Purged(write), FoldMutations({&write.mutation()}));
}

TEST(PurgingIterator, CellsHiddenByTheRowTombstoneGoBeforeItDoes) {
  MutationBuilder write(1, "k");
  write.Set(1, LiveCell(1, 4, "hidden")).DeleteRow(1, {5, kOld});
  write.Set(1, LiveCell(2, 6, "shown"));
  const auto all = Purged(write);
  const Row row = OnlyRow(all);
  EXPECT_TRUE(row.deletion.none());
  ASSERT_EQ(row.cells.size(), 1u);
  EXPECT_EQ(row.cells[0].value, "shown");
}

// Also in the static row: its deletion must not go alone and leave them.
TEST(PurgingIterator, ElementsHiddenByAColumnDeletionGoBeforeItDoes) {
  MutationBuilder write(1, "k"), static_write(1, "k");
  write.Set(1, Element("a", LiveCell(1, 5, "hidden")));
  write.Set(1, Element("b", LiveCell(1, 6, "shown")));
  write.Set(1, ColumnDeletion(1, 5, kOld));
  const auto all = Purged(write);
  const Row row = OnlyRow(all);
  ASSERT_EQ(row.cells.size(), 1u);
  EXPECT_EQ(row.cells[0].value, "shown");

  static_write.SetStatic(ColumnDeletion(9, 5, kOld));
  static_write.SetStatic(Element("a", LiveCell(9, 5, "hidden")));
  EXPECT_TRUE(Purged(static_write).empty());
}

TEST(PurgingIterator, ColumnDeletionStaysBesideNewerElements) {
  MutationBuilder write(1, "k");
  write.Set(1, ColumnDeletion(1, 5, kYoung));
  write.Set(1, Element("a", LiveCell(1, 6, "shown")));
  EXPECT_EQ(Purged(write), FoldMutations({&write.mutation()}));
}

TEST(PurgingIterator, ExpiredElementBecomesATombstoneOfThatElement) {
  MutationBuilder write(1, "k");
  write.Set(1, Element("a", ExpiringCell(1, 5, 50, kNow, "x")));
  const auto all = Purged(write);
  const Row row = OnlyRow(all);
  ASSERT_EQ(row.cells.size(), 1u);
  EXPECT_EQ(row.cells[0].kind, CellKind::kTombstone);
  EXPECT_EQ(row.cells[0].path, "a");
}

TEST(PurgingIterator, RangesPurgedApartLeaveJoinedChanges) {
  MutationBuilder write(1, "k");
  write.DeleteRange(1, 5, {5, kOld}).DeleteRange(3, 8, {6, kYoung});
  const auto all = Purged(write);
  ASSERT_EQ(all.at(0).fragments.size(), 2u);
  EXPECT_EQ(all[0].fragments[0].position, BeforeRow(3));
  EXPECT_TRUE(all[0].fragments[0].below.none());
}

// The smallest timestamp that some sources hold for a wide row.
class SourcesOracle final : public PurgeOracle {
 public:
  explicit SourcesOracle(std::vector<std::vector<const Mutation*>> sources)
      : sources_(std::move(sources)) {}

  int64_t MaxPurgeableTimestamp(Token token, std::string_view key) override {
    int64_t smallest = kNothingElsewhere;
    for (const auto& source : sources_) {
      for (const Mutation* write : source) {
        if (write->token != token || write->partition_key != key) continue;
        smallest = std::min(smallest, SmallestTimestamp(*write));
      }
    }
    return smallest;
  }

 private:
  static void AddRow(const Row& row, int64_t* smallest) {
    for (const Cell& cell : row.cells) {
      *smallest = std::min(*smallest, cell.timestamp);
    }
    Add(row.liveness.timestamp, smallest);
    Add(row.deletion.timestamp, smallest);
  }
  static void Add(int64_t timestamp, int64_t* smallest) {
    if (timestamp != kNoTimestamp) *smallest = std::min(*smallest, timestamp);
  }
  static int64_t SmallestTimestamp(const Mutation& write) {
    int64_t smallest = kNothingElsewhere;
    Add(write.wide_row_deletion.timestamp, &smallest);
    for (const RangeTombstone& range : write.range_tombstones) {
      Add(range.deletion.timestamp, &smallest);
    }
    if (write.static_row) AddRow(*write.static_row, &smallest);
    for (const RowChange& change : write.rows) AddRow(change.row, &smallest);
    return smallest;
  }

  const std::vector<std::vector<const Mutation*>> sources_;
};

// The first two of the dealt sources merged and purged, the others elsewhere.
std::unique_ptr<RowIterator> PurgedHalf(
    const std::vector<std::vector<const Mutation*>>& dealt, PurgeOracle* oracle,
    uint32_t grace_s) {
  return std::make_unique<PurgingIterator>(
      std::make_unique<MergingIterator>(SourcesOf({dealt[0], dealt[1]}),
                                        MergeForm::kImages),
      oracle, kRandomNow, grace_s);
}

TEST(PurgingIterator, Conforms) {
  for (uint64_t seed = 0; seed < 200 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    SimRandom random(seed);
    const auto writes = RandomWrites(&random, 60);
    const auto dealt = Deal(writes, 3, &random);
    SourcesOracle oracle({dealt[2]});
    ExpectRowIteratorConforms([&] { return PurgedHalf(dealt, &oracle, 0); });
  }
}

// Timestamps are unique: at one timestamp an expired cell that became a
// tombstone beats a cell that lives longer, as in Cassandra.
TEST(PurgingIterator, NoReaderSeesADifferenceThenOrLater) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    SimRandom random(seed);
    const auto writes = RandomWrites(&random, 60, Timestamps::kUnique);
    const auto dealt = Deal(writes, 4, &random);
    SourcesOracle oracle({dealt[2], dealt[3]});
    const uint32_t grace_s = static_cast<uint32_t>(random.Below(20));
    const auto kept = ReadAll(PurgedHalf(dealt, &oracle, grace_s).get());
    const OpenSources open = [&](size_t, int) {
      auto sources = SourcesOf({dealt[2], dealt[3]});
      sources.push_back(std::make_unique<VectorRowIterator>(kept));
      return sources;
    };
    ReadCommand command;
    for (uint32_t later : {0, 5, 100}) {
      command.now_s = kRandomNow + later;
      ASSERT_THAT(RunAllPages(command, {Token::Max()}, open, SimClock()),
                  testing::ElementsAreArray(ReferenceRead(writes, command)));
    }
  }
}

}  // namespace
}  // namespace rowan
