// SPDX-License-Identifier: Apache-2.0
// What the compaction manager does when merges fail, and how it shares the
// executor.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "tests/lib/engine_harness.h"

namespace rowan {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr TableId kTable{1};

class CompactionManagerTest : public ::testing::Test {
 protected:
  CompactionManagerTest() { world_.log_options.segment_bytes = 1 << 20; }
  TestMutation On(std::string_view key) { return {schema_, key}; }
  // A table, of one partition, in which two files of a level are merged.
  void Open(uint8_t prefix_length = 0) {
    TableOptions options;
    options.partition_prefix_length = prefix_length;
    options.compaction_scaling = 0;
    schema_ = TestSchema(1, options);
    world_.tables = {schema_};
    ASSERT_TRUE(world_.Open().ok());
  }
  void FlushOneRow() {
    ASSERT_TRUE(world_.Write(On("a").Put(next_row_++, "x", 10)).ok());
    ASSERT_TRUE(world_.Flush(kTable).ok());
    world_.executor().RunReady();
  }
  EngineStatus Status() { return world_.engine().status(); }
  uint64_t Attempts() {
    return Status().compactions + Status().compactions_failed;
  }

  std::shared_ptr<const Schema> schema_;
  EngineHarness world_;
  int64_t next_row_ = 0;
};

TEST_F(CompactionManagerTest, DamageIsMergedOverOnceAndLeftOutAfterwards) {
  Open();
  FlushOneRow();
  const std::string path = world_.engine().SSTables(kTable).front().path;
  world_.fs().Corrupt(path, 30, "XXXX");
  FlushOneRow();
  EXPECT_EQ(Status().compactions_failed, 1u);
  EXPECT_EQ(Status().compaction_damaged_sstables, 1u);
  EXPECT_THAT(Status().background_failure, HasSubstr(path));
  EXPECT_THAT(Status().background_failure, HasSubstr("offset"));
  EXPECT_EQ(Status().compaction_pending_bytes, 0u);
  const uint64_t reads = world_.fs().Counters(path).reads;
  for (int i = 0; i < 20; ++i) FlushOneRow();
  world_.executor().RunUntilIdle();
  // The others are merged as ever, the damaged one isn't read again.
  EXPECT_EQ(Status().compactions_failed, 1u);
  EXPECT_GE(Status().compactions, 10u);
  EXPECT_EQ(world_.fs().Counters(path).reads, reads);
  EXPECT_TRUE(*world_.fs().Exists(path));
  EXPECT_LE(world_.engine().SSTables(kTable).size(), 5u);
  EXPECT_EQ(Status().compaction_damaged_sstables, 1u);
}

TEST_F(CompactionManagerTest, OperatorsCompactionTriesDamageAgain) {
  Open();
  FlushOneRow();
  const std::string path = world_.engine().SSTables(kTable).front().path;
  const std::string good = world_.fs().ReadFile(path)->substr(30, 4);
  world_.fs().Corrupt(path, 30, "XXXX");
  FlushOneRow();
  EXPECT_EQ(world_.Compact(kTable).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(Status().compactions_failed, 2u);
  world_.fs().Corrupt(path, 30, good);
  EXPECT_TRUE(world_.Compact(kTable).ok());
  EXPECT_EQ(Status().compaction_damaged_sstables, 0u);
  EXPECT_THAT(world_.engine().SSTables(kTable), SizeIs(1));
  EXPECT_THAT(world_.ReadKey(kTable, "a").value(), SizeIs(2));
}

TEST_F(CompactionManagerTest, NothingIsPurgedThatADamagedNeighbourMayNeed) {
  TableOptions options;
  options.partition_prefix_length = 0;
  options.compaction_scaling = 0;
  options.tombstone_grace_s = 0;
  schema_ = TestSchema(1, options);
  world_.tables = {schema_};
  ASSERT_TRUE(world_.Open().ok());
  ASSERT_TRUE(world_.Write(On("a").Put(1, "old", 10)).ok());
  ASSERT_TRUE(world_.Flush(kTable).ok());
  const std::string path = world_.engine().SSTables(kTable).front().path;
  const std::string good = world_.fs().ReadFile(path)->substr(30, 4);
  world_.fs().Corrupt(path, 30, "XXXX");
  ASSERT_TRUE(
      world_.Write(On("a").DeleteRow(1, {20, world_.clock().WallSeconds()}))
          .ok());
  ASSERT_TRUE(world_.Flush(kTable).ok());
  world_.clock().AdvanceSeconds(100);
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(world_.Write(On("a").Put(7, "x", 30 + i)).ok());
    ASSERT_TRUE(world_.Flush(kTable).ok());
    world_.executor().RunReady();
  }
  ASSERT_GE(Status().compactions, 1u);
  EXPECT_EQ(Status().compactions_failed, 1u);
  // Had the tombstone gone, the row would be back.
  world_.fs().Corrupt(path, 30, good);
  EXPECT_THAT(world_.ReadKey(kTable, "a").value(), SizeIs(1));
}

TEST_F(CompactionManagerTest, FileThatDoesNotOpenStopsNoOtherMerge) {
  Open();
  FlushOneRow();
  const std::string path = world_.engine().SSTables(kTable).front().path;
  ASSERT_TRUE(world_.Stop().ok());
  const std::string bytes = world_.fs().ReadFile(path).value();
  world_.fs().Corrupt(path, bytes.size() - 8, "XXXXXXXX");
  ASSERT_TRUE(world_.Open().ok());
  for (int i = 0; i < 8; ++i) FlushOneRow();
  EXPECT_EQ(Status().compactions_failed, 0u);
  EXPECT_LE(world_.engine().SSTables(kTable).size(), 5u);
  EXPECT_TRUE(*world_.fs().Exists(path));
}

TEST_F(CompactionManagerTest, FullDiskIsTriedAgainAfterGrowingWaits) {
  Open();
  FlushOneRow();
  ASSERT_TRUE(world_.Write(On("a").Put(next_row_++, "x", 10)).ok());
  bool flushed = false;
  world_.engine().Flush(kTable, std::nullopt,
                        [&](absl::Status) { flushed = true; });
  ASSERT_TRUE(world_.executor().RunUntil([&] { return flushed; }));
  world_.fs().FailNext(FileOp::kSync, ".sst", 1,
                       absl::ResourceExhaustedError("disk full"), true);
  world_.executor().RunReady();
  EXPECT_EQ(Attempts(), 1u);
  world_.executor().RunUntilIdle(std::chrono::milliseconds(900));
  EXPECT_EQ(Attempts(), 1u);
  // At 1, 3, 7, 15, 31 and 63 s, then every 60 s.
  world_.executor().RunUntilIdle(std::chrono::seconds(10));
  EXPECT_EQ(Attempts(), 4u);
  world_.executor().RunUntilIdle(std::chrono::seconds(600));
  EXPECT_GE(Attempts(), 14u);
  EXPECT_LE(Attempts(), 17u);
  EXPECT_EQ(Status().compactions, 0u);
  EXPECT_EQ(Status().compaction_damaged_sstables, 0u);
  EXPECT_THAT(Status().background_failure, HasSubstr("disk full"));
  world_.fs().ClearFaults();
  world_.executor().RunUntilIdle(std::chrono::seconds(61));
  EXPECT_EQ(Status().compactions, 1u);
  EXPECT_THAT(world_.engine().SSTables(kTable), SizeIs(1));
  EXPECT_THAT(Status().failure, IsEmpty());
}

TEST_F(CompactionManagerTest, OutputThatTheDiskRefusesIsNoDamageOfTheInputs) {
  Open();
  // As EIO is told.
  world_.fs().FailNext(FileOp::kSync, "00000003.sst", 1,
                       absl::DataLossError("I/O error"));
  FlushOneRow();
  FlushOneRow();
  EXPECT_EQ(Status().compactions_failed, 1u);
  EXPECT_EQ(Status().compaction_damaged_sstables, 0u);
  world_.executor().RunUntilIdle(std::chrono::seconds(2));
  EXPECT_EQ(Status().compactions, 1u);
}

TEST_F(CompactionManagerTest, BlockTheDiskCantReadIsDamageOfItsFileAlone) {
  Open();
  FlushOneRow();
  const std::string path = world_.engine().SSTables(kTable).front().path;
  world_.fs().SetUnreadable(path, 30, 4);
  FlushOneRow();
  EXPECT_EQ(Status().compactions_failed, 1u);
  EXPECT_EQ(Status().compaction_damaged_sstables, 1u);
  FlushOneRow();
  EXPECT_EQ(Status().compactions, 1u);
  EXPECT_EQ(Status().compactions_failed, 1u);
}

TEST_F(CompactionManagerTest, FlushesDoNotHurryAFailedMerge) {
  Open();
  // The first merge's output; flushes go on.
  world_.fs().FailNext(FileOp::kSync, "00000003.sst", 1,
                       absl::UnavailableError("a bad moment"));
  FlushOneRow();
  FlushOneRow();
  ASSERT_EQ(Status().compactions_failed, 1u);
  for (int i = 0; i < 5; ++i) FlushOneRow();
  EXPECT_EQ(Attempts(), 1u);
  EXPECT_GT(Status().compaction_pending_bytes, 0u);
  world_.executor().RunUntilIdle(std::chrono::seconds(2));
  EXPECT_GE(Status().compactions, 1u);
  EXPECT_EQ(Status().compactions_failed, 1u);
}

// A merge of about 4 MiB is due when the engine opens; every look at the clock
// costs a millisecond, and so does a step.
class CompactionShareTest : public CompactionManagerTest {
 protected:
  static constexpr int64_t kStepNanos = 1'000'000;
  static constexpr int64_t kDebt = 4 << 20;
  // The output is 2 MiB, and must be finished.
  static constexpr int64_t kSteps = 9;

  void MakeDueMerge() {
    Open();
    for (int file = 0; file < 2; ++file) {
      for (int64_t row = 0; row < 128; ++row) {
        ASSERT_TRUE(
            world_
                .Write(On("a").Put(row, std::string(16 << 10, 'x'), 10 + file))
                .ok());
      }
      bool flushed = false;
      world_.engine().Flush(kTable, std::nullopt,
                            [&](absl::Status) { flushed = true; });
      ASSERT_TRUE(world_.executor().RunUntil([&] { return flushed; }));
    }
    const uint64_t debt = Status().compaction_pending_bytes;
    ASSERT_GT(debt, uint64_t{kDebt});
    ASSERT_LT(debt, uint64_t{kDebt} + (64 << 10));
    ASSERT_TRUE(world_.Stop().ok());
  }

  // The nanoseconds that the merge takes when `full` is the debt that takes
  // everything, with a write always under way or none at all.
  int64_t MergeTime(int64_t full, bool writing) {
    MakeDueMerge();
    world_.options.memtable_limit_bytes = full;
    EXPECT_TRUE(world_.Open().ok());
    world_.clock().SetNanosPerLook(kStepNanos);
    const TestMutation write = On("b").Put(1, "y", 10);
    int under_way = 0;
    auto write_one = [&] {
      ++under_way;
      world_.engine().Write(write.mutation(),
                            [&](absl::Status) { --under_way; });
    };
    const int64_t began = world_.clock().Now();
    while (Status().compactions == 0) {
      if (writing && under_way == 0) write_one();
      if (!world_.executor().RunOne()) world_.clock().AdvanceNanos(100'000);
    }
    const int64_t took = world_.clock().Now() - began;
    world_.clock().SetNanosPerLook(0);
    EXPECT_TRUE(world_.executor().RunUntil([&] { return under_way == 0; }));
    return took;
  }
};

TEST_F(CompactionShareTest, IdleForegroundIsNoReasonToPause) {
  const int64_t took = MergeTime(1000 * kDebt, false);
  EXPECT_LE(took, kSteps * 3 * kStepNanos);
}

TEST_F(CompactionShareTest, LittleDebtLeavesSevenEighthsToWriters) {
  // Of each step's time seven times as much is paused.
  const int64_t took = MergeTime(1000 * kDebt, true);
  EXPECT_GE(took, kSteps * 8 * kStepNanos);
  EXPECT_LE(took, kSteps * 12 * kStepNanos);
}

TEST_F(CompactionShareTest, HalfTheDebtTakesAboutHalf) {
  // Share 9/16: a pause of 7/9 of each step. A look of a writer's may fall into
  // a step, and makes it longer.
  const int64_t half = MergeTime(2 * kDebt, true);
  EXPECT_GE(half, kSteps * 2 * kStepNanos + kSteps * 7 / 9 * kStepNanos);
  EXPECT_LE(half, kSteps * 6 * kStepNanos);
}

TEST_F(CompactionShareTest, FullDebtTakesEverything) {
  const int64_t took = MergeTime(kDebt / 2, true);
  EXPECT_LE(took, kSteps * 3 * kStepNanos);
}

TEST_F(CompactionManagerTest, LongMergeHoldsUpNoSmallOne) {
  Open(/*prefix_length=*/1);
  std::string keys[2];
  for (int i = 0; keys[0].empty() || keys[1].empty(); ++i) {
    const std::string key = "key" + std::to_string(i);
    keys[PartitionId::Of(TokenOfKey(key), 1).prefix_bits] = key;
  }
  const std::string big(64 << 10, 'x');
  for (int file = 0; file < 2; ++file) {
    for (int64_t row = 0; row < 160; ++row) {
      ASSERT_TRUE(world_.Write(On(keys[0]).Put(row, big, 10 + file)).ok());
    }
    bool flushed = false;
    world_.engine().Flush(kTable, PartitionId{1, 0},
                          [&](absl::Status) { flushed = true; });
    ASSERT_TRUE(world_.executor().RunUntil([&] { return flushed; }));
  }
  auto files = [&](size_t partition) {
    return world_.engine().Partitions(kTable)[partition].sstables;
  };
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(world_.executor().RunOne());
  ASSERT_EQ(files(0), 2u);  // the long one is under way
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(world_.Write(On(keys[1]).Put(i, "y", 10)).ok());
    ASSERT_TRUE(world_.Flush(kTable, PartitionId{1, 1}).ok());
  }
  ASSERT_TRUE(world_.executor().RunUntil([&] { return files(1) == 1; }));
  EXPECT_EQ(files(0), 2u);
  ASSERT_TRUE(world_.executor().RunUntil([&] { return files(0) == 1; }));
}

TEST_F(CompactionManagerTest, MergesOfOneSizeAreOpenOneAtATime) {
  Open(/*prefix_length=*/4);
  for (int file = 0; file < 2; ++file) {
    for (int key = 0; key < 100; ++key) {
      ASSERT_TRUE(world_
                      .Write(On("k" + std::to_string(key))
                                 .Put(file, std::string(4 << 10, 'x'), 10))
                      .ok());
    }
    bool flushed = false;
    world_.engine().Flush(kTable, std::nullopt,
                          [&](absl::Status) { flushed = true; });
    ASSERT_TRUE(world_.executor().RunUntil([&] { return flushed; }));
  }
  ASSERT_TRUE(world_.executor().RunUntil([&] {
    const auto names = world_.fs().List("/data/1").value();
    EXPECT_LE(std::count_if(names.begin(), names.end(),
                            [](const std::string& name) {
                              return name.ends_with(".tmp");
                            }),
              1);
    return Status().compaction_pending_bytes == 0;
  }));
  EXPECT_EQ(Status().compactions, 16u);
}

TEST_F(CompactionManagerTest, DebtUnderConstantWritesStaysBelowWhatTakesAll) {
  constexpr int64_t kFull = 8 << 20;
  world_.options.memtable_limit_bytes = kFull;
  world_.options.partition_memtable_bytes_max = 256 << 10;
  Open(/*prefix_length=*/3);
  // A step of 256 KiB takes 1 ms, a write of 8 KiB comes every ms: 8 MiB/s,
  // rewritten some four times. An eighth of the time would not do for that.
  world_.clock().SetNanosPerLook(1'000'000);
  uint64_t debt_max = 0;
  int64_t next_write_ns = world_.clock().Now();
  std::deque<TestMutation> writes;
  int done = 0;
  for (int row = 0; row < 4'000;) {
    if (world_.clock().Now() >= next_write_ns && row - done < 64) {
      writes.push_back(On("k" + std::to_string(row % 64))
                           .Put(row, std::string(8 << 10, 'x'), 10));
      world_.engine().Write(writes.back().mutation(), [&](absl::Status status) {
        EXPECT_TRUE(status.ok()) << status;
        ++done;
      });
      ++row;
      next_write_ns += 1'000'000;
    } else if (!world_.executor().RunOne()) {
      world_.clock().AdvanceNanos(50'000);
    }
    debt_max = std::max(debt_max, Status().compaction_pending_bytes);
  }
  world_.clock().SetNanosPerLook(0);
  ASSERT_TRUE(world_.executor().RunUntil([&] { return done == 4'000; }));
  EXPECT_GT(Status().compactions, 20u);
  // The partitions are in step: their largest groups become due together.
  EXPECT_LE(debt_max, 2 * uint64_t{kFull});
  EXPECT_EQ(Status().writes_delayed, 0u);
  world_.executor().RunUntilIdle();
  EXPECT_EQ(Status().compaction_pending_bytes, 0u);
}

}  // namespace
}  // namespace rowan
