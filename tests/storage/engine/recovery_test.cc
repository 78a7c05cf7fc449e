// SPDX-License-Identifier: Apache-2.0
// What an engine brings back after its process or its machine died.
#include "storage/engine/recovery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/lib/engine_harness.h"

namespace rowan {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr TableId kTable{1};

class RecoveryTest : public ::testing::Test {
 protected:
  RecoveryTest() { world_.tables = {TestSchema(1)}; }
  TestMutation On(std::string_view key) { return {TestSchema(1), key}; }

  EngineHarness world_;
};

TEST_F(RecoveryTest, AcknowledgedWritesSurviveProcessAndPower) {
  ASSERT_TRUE(world_.Open().ok());
  ASSERT_TRUE(world_.Write(On("a").Put(1, "x", 10)).ok());
  world_.Crash();
  ASSERT_TRUE(world_.Open().ok());
  ASSERT_TRUE(world_.Write(On("a").Put(2, "y", 10)).ok());
  world_.PowerCut();
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_THAT(world_.ReadKey(kTable, "a").value(),
              ElementsAre("a/1=x", "a/2=y"));
}

TEST_F(RecoveryTest, FlushedRecordsAreNotReplayed) {
  ASSERT_TRUE(world_.Open().ok());
  ASSERT_TRUE(world_.Write(On("a").Put(1, "x", 10)).ok());
  ASSERT_TRUE(world_.Flush(kTable).ok());
  ASSERT_TRUE(world_.Write(On("a").Put(2, "y", 10)).ok());
  world_.PowerCut();
  ASSERT_TRUE(world_.Open().ok());
  uint64_t wide_rows = 0;
  for (const auto& partition : world_.engine().Partitions(kTable)) {
    wide_rows += partition.memtable_wide_rows;
  }
  EXPECT_EQ(wide_rows, 1u);
  EXPECT_THAT(world_.engine().status().recovery,
              Contains(HasSubstr("1 mutations replayed")));
  EXPECT_THAT(world_.ReadKey(kTable, "a").value(),
              ElementsAre("a/1=x", "a/2=y"));
}

TEST_F(RecoveryTest, ReplayStaysWithinItsMemory) {
  world_.log_options.segment_bytes = 1 << 20;
  ASSERT_TRUE(world_.Open().ok());
  for (int64_t row = 0; row < 2000; ++row) {
    ASSERT_TRUE(world_
                    .Write(On("k" + std::to_string(row % 50))
                               .Put(row, std::string(500, 'x'), 10))
                    .ok());
  }
  world_.Crash();
  world_.options.memtable_limit_bytes = 256 << 10;
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_GE(world_.engine().status().flushes, 4u);
  EXPECT_LE(world_.engine().status().memtable_bytes, 256 << 10);
  EXPECT_THAT(world_.Scan(kTable).value(), SizeIs(2000));
}

TEST_F(RecoveryTest, UnfinishedFilesAreRemoved) {
  ASSERT_TRUE(world_.Open().ok());
  ASSERT_TRUE(world_.Stop().ok());
  world_.fs().WriteFile("/data/1/00000099.sst", "never entered");
  world_.fs().WriteFile("/data/1/00000100.sst.tmp", "half");
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_THAT(world_.fs().List("/data/1").value(), IsEmpty());
}

TEST_F(RecoveryTest, DamagedLastEditIsToldAndItsFileSetAside) {
  ASSERT_TRUE(world_.Open().ok());
  ASSERT_TRUE(world_.Write(On("a").Put(1, "x", 10)).ok());
  ASSERT_TRUE(world_.Stop(/*drain=*/true).ok());
  const auto files = world_.fs().List("/data/1").value();
  ASSERT_THAT(files, SizeIs(1));
  const std::string manifest = "/data/MANIFEST-1";
  const std::string bytes = world_.fs().ReadFile(manifest).value();
  world_.fs().Corrupt(manifest, bytes.size() - 10, "X");
  world_.fs().Corrupt(manifest + ".copy", bytes.size() - 11, "X");
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_THAT(world_.engine().status().recovery,
              Contains(AllOf(HasSubstr(manifest),
                             HasSubstr("the last edit was torn"))));
  EXPECT_THAT(world_.fs().List("/data/1").value(),
              ElementsAre(files[0] + ".orphan"));
}

// The cut is durable before much else: a start that finds the manifest whole
// again must not take for unfinished what the one before had to keep.
TEST_F(RecoveryTest, FileOfACutEditIsKeptAndToldThoughTheStartDies) {
  ASSERT_TRUE(world_.Open().ok());
  ASSERT_TRUE(world_.Write(On("a").Put(1, "x", 10)).ok());
  ASSERT_TRUE(world_.Stop(/*drain=*/true).ok());
  const auto files = world_.fs().List("/data/1").value();
  ASSERT_THAT(files, SizeIs(1));
  for (const std::string manifest :
       {"/data/MANIFEST-1", "/data/MANIFEST-1.copy"}) {
    const std::string bytes = world_.fs().ReadFile(manifest).value();
    world_.fs().Corrupt(manifest, bytes.size() - 10, "X");
  }
  const MemTree damaged = world_.fs().Image();
  int died = 0;
  for (bool ended = false; !ended; ++died) {
    SCOPED_TRACE(died);
    world_.fs().Load(damaged.Clone());
    world_.fs().FailNext(FileOp::kAnyChange, "", died + 1,
                         absl::DataLossError("dead"), /*sticky=*/true);
    ended = world_.Open().ok();
    world_.PowerCut();
    world_.fs().ClearFaults();
    for (int start = 0; start < 2; ++start) {
      ASSERT_TRUE(world_.Open().ok());
      EXPECT_THAT(world_.fs().List("/data/1").value(),
                  ElementsAre(files[0] + ".orphan"));
      EXPECT_THAT(world_.engine().status().recovery,
                  Contains(AllOf(HasSubstr(kDamagedNote),
                                 HasSubstr("/data/1/*.orphan: 1 SSTables"))));
      ASSERT_TRUE(world_.Stop().ok());
    }
    ASSERT_LT(died, 100);
  }
  EXPECT_GT(died, 5);
}

TEST_F(RecoveryTest, DamagedFileOfTheManifestIsToldAndCostsNothing) {
  const std::vector<std::string> names = {"/data/MANIFEST-1",
                                          "/data/MANIFEST-2.copy"};
  ASSERT_TRUE(world_.Open().ok());
  ASSERT_TRUE(world_.Write(On("a").Put(1, "x", 10)).ok());
  ASSERT_TRUE(world_.Stop(/*drain=*/true).ok());
  const auto files = world_.fs().List("/data/1").value();
  for (const std::string& manifest : names) {
    const std::string bytes = world_.fs().ReadFile(manifest).value();
    world_.fs().Corrupt(manifest, bytes.size() - 10, "X");
    ASSERT_TRUE(world_.Open().ok());
    EXPECT_THAT(world_.engine().status().recovery,
                Contains(HasSubstr(manifest + ": offset ")));
    EXPECT_EQ(world_.fs().List("/data/1").value(), files);
    EXPECT_THAT(world_.ReadKey(kTable, "a").value(), ElementsAre("a/1=x"));
    ASSERT_TRUE(world_.Stop().ok());
  }
}

TEST_F(RecoveryTest, LostManifestIsRefusedAndNoFileRemoved) {
  ASSERT_TRUE(world_.Open().ok());
  ASSERT_TRUE(world_.Write(On("a").Put(1, "x", 10)).ok());
  ASSERT_TRUE(world_.Stop(/*drain=*/true).ok());
  const auto files = world_.fs().List("/data/1").value();
  ASSERT_THAT(files, SizeIs(1));
  const auto names = world_.fs().List("/data").value();
  for (const std::string& name : names) {
    if (name.find("MANIFEST") == 0) {
      ASSERT_TRUE(world_.fs().Remove("/data/" + name).ok());
    }
  }
  const absl::Status refused = world_.Open();
  EXPECT_EQ(refused.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("MANIFEST"));
  EXPECT_EQ(world_.fs().List("/data/1").value(), files);
}

TEST_F(RecoveryTest, DamagedFileFailsOnlyTheReadsThatNeedIt) {
  ASSERT_TRUE(world_.Open().ok());
  // "a" and "b" are in different partitions.
  ASSERT_NE(PartitionId::Of(TokenOfKey("a"), 4).prefix_bits,
            PartitionId::Of(TokenOfKey("b"), 4).prefix_bits);
  ASSERT_TRUE(world_.Write(On("a").Put(1, "x", 10)).ok());
  ASSERT_TRUE(world_.Flush(kTable).ok());
  ASSERT_TRUE(world_.Write(On("b").Put(1, "y", 10)).ok());
  ASSERT_TRUE(world_.Flush(kTable).ok());
  std::string path;
  for (const auto& file : world_.engine().SSTables(kTable)) {
    if (file.statistics.first_key == "a") path = file.path;
  }
  ASSERT_TRUE(world_.Stop().ok());
  // The footer, at the file's end, makes the whole file unreadable.
  const std::string bytes = world_.fs().ReadFile(path).value();
  world_.fs().Corrupt(path, bytes.size() - 8, "XXXXXXXX");
  ASSERT_TRUE(world_.Open().ok());
  const auto failed = world_.ReadKey(kTable, "a");
  EXPECT_EQ(failed.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(failed.status().message()), HasSubstr(path));
  EXPECT_THAT(world_.ReadKey(kTable, "b").value(), ElementsAre("b/1=y"));
  EXPECT_THAT(world_.engine().status().recovery, Contains(HasSubstr(path)));
  // Writing goes on, and the damaged file is not merged away.
  EXPECT_TRUE(world_.Write(On("a").Put(2, "z", 10)).ok());
  EXPECT_EQ(world_.Compact(kTable).code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(*world_.fs().Exists(path));
}

TEST_F(RecoveryTest, DamagedBlockEndsItsMergeAndNothingElse) {
  ASSERT_TRUE(world_.Open().ok());
  ASSERT_TRUE(world_.Write(On("a").Put(1, "x", 10)).ok());
  ASSERT_TRUE(world_.Flush(kTable).ok());
  const std::string path = world_.engine().SSTables(kTable).front().path;
  ASSERT_TRUE(world_.Stop().ok());
  world_.fs().Corrupt(path, 30, "XXXX");
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_EQ(world_.Compact(kTable).code(), absl::StatusCode::kDataLoss);
  const EngineStatus status = world_.engine().status();
  EXPECT_THAT(status.background_failure, HasSubstr(path));
  EXPECT_THAT(status.failure, IsEmpty());
  EXPECT_TRUE(*world_.fs().Exists(path));
  ASSERT_TRUE(world_.Write(On("b").Put(1, "y", 10)).ok());
  EXPECT_TRUE(world_.Flush(kTable).ok());
  EXPECT_THAT(world_.ReadKey(kTable, "b").value(), ElementsAre("b/1=y"));
}

TEST_F(RecoveryTest, TableOfTheCatalogueIsCreatedAndOneItLacksDropped) {
  ASSERT_TRUE(world_.Open().ok());
  ASSERT_TRUE(world_.Write(On("a").Put(1, "x", 10)).ok());
  ASSERT_TRUE(world_.Flush(kTable).ok());
  ASSERT_TRUE(world_.Stop().ok());
  world_.tables = {TestSchema(2)};
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_FALSE(*world_.fs().Exists("/data/1"));
  const auto second = TestSchema(2);
  EXPECT_TRUE(world_.Write(TestMutation(second, "a").Put(1, "x", 10)).ok());
}

TEST_F(RecoveryTest, DrainingStopLeavesNothingToReplay) {
  ASSERT_TRUE(world_.Open().ok());
  ASSERT_TRUE(world_.Write(On("a").Put(1, "x", 10)).ok());
  ASSERT_TRUE(world_.Stop(/*drain=*/true).ok());
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_THAT(world_.engine().SSTables(kTable), SizeIs(1));
  EXPECT_THAT(world_.engine().status().recovery,
              Contains(HasSubstr("0 mutations replayed")));
}

TEST_F(RecoveryTest, SecondOpeningFindsTheSame) {
  ASSERT_TRUE(world_.Open().ok());
  for (int64_t row = 0; row < 100; ++row) {
    ASSERT_TRUE(world_.Write(On("a").Put(row, "x", 10)).ok());
  }
  for (int i = 0; i < 3; ++i) {
    world_.Crash();
    ASSERT_TRUE(world_.Open().ok());
    EXPECT_THAT(world_.ReadKey(kTable, "a").value(), SizeIs(100));
  }
}

}  // namespace
}  // namespace rowan
