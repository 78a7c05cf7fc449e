// SPDX-License-Identifier: Apache-2.0
// What the compaction manager does when merges fail, and how it shares the
// executor.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/lib/engine_harness.h"

namespace rowan {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr TableId kTable{1};

class CompactionManagerTest : public ::testing::Test {
 protected:
  TestMutation On(std::string_view key) { return {schema_, key}; }
  // A table of one partition in which two files of a level are merged.
  void Open(int32_t scaling = 0) {
    TableOptions options;
    options.partition_prefix_length = 0;
    options.compaction_scaling = scaling;
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

}  // namespace
}  // namespace rowan
