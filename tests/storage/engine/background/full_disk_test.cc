// SPDX-License-Identifier: Apache-2.0
// A disk that fills up: README.md of the engine, "Full disk".
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/error_reason.h"
#include "tests/lib/engine_harness.h"

namespace rowan {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr TableId kTable{1};
constexpr uint64_t kReserve = 64 << 20;
constexpr DeletionTime kDeletion{100, 1};

class FullDiskTest : public ::testing::Test {
 protected:
  FullDiskTest() {
    TableOptions options;
    options.partition_prefix_length = 0;
    world_.tables = {TestSchema(1, options)};
    world_.options.disk_reserve_bytes = kReserve;
  }
  static TestMutation On(std::string_view key) { return {TestSchema(1), key}; }
  // One look at the disk later.
  void Free(uint64_t bytes) {
    world_.fs().SetFreeBytes(bytes);
    world_.executor().RunUntilIdle(std::chrono::milliseconds(100));
  }
  // A write makes the engine look.
  void Fill(uint64_t bytes) {
    ASSERT_TRUE(world_.Write(On("fill").Put(1, "x", 10)).ok());
    Free(bytes);
  }
  absl::Status Write(int64_t ck) {
    return world_.Write(On("a").Put(ck, "x", 10));
  }
  EngineStatus Status() { return world_.engine().status(); }
  std::vector<std::string> Rows() {
    return world_.ReadKey(kTable, "a").value();
  }
  std::vector<std::string> Files() {
    return world_.fs().List("/data/1").value();
  }
  static absl::Status NoRoom() {
    return absl::ResourceExhaustedError("No space left on device");
  }

  EngineHarness world_;
};

TEST_F(FullDiskTest, WritesAreRefusedBelowTheReserveAndReadsGoOn) {
  ASSERT_TRUE(world_.Open().ok());
  ASSERT_TRUE(Write(1).ok());
  Fill(kReserve);
  EXPECT_TRUE(Write(2).ok());
  EXPECT_THAT(Status().disk_full, IsEmpty());
  Fill(kReserve - 1);
  const absl::Status refused = Write(3);
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(refused.GetPayload(kErrorReason), "DISK_FULL");
  EXPECT_THAT(std::string(refused.message()),
              AllOf(HasSubstr("64.0 MiB are kept"), HasSubstr("Make room")));
  EXPECT_THAT(Rows(), ElementsAre("a/1=x", "a/2=x"));
  EXPECT_THAT(Status().disk_full, HasSubstr("64.0 MiB"));
  EXPECT_THAT(Status().failure, IsEmpty());
  EXPECT_EQ(Status().writes_refused, 1u);
}

// An archive that fails keeps the log's files until the disk is full.
TEST_F(FullDiskTest, ArchiveThatFailsIsNamed) {
  world_.fs().WriteFile("/backup/README", "");
  world_.archive_options = {.directory = "/backup/log"};
  ASSERT_TRUE(world_.Open().ok());
  world_.fs().FailNext(FileOp::kAnyChange, "/backup/log", 1,
                       absl::DataLossError("backup: EIO"), true);
  const std::string fat(10'000, 'x');
  for (int64_t ck = 0; ck < 20; ++ck) {
    ASSERT_TRUE(world_.Write(On("fat").Put(ck, fat, 10)).ok());
  }
  ASSERT_TRUE(world_.Flush(kTable).ok());
  ASSERT_TRUE(Write(1).ok()) << "alone it hurts nobody";
  world_.executor().RunUntilIdle(std::chrono::seconds(1));
  Fill(kReserve - 1);
  EXPECT_THAT(std::string(Write(2).message()), HasSubstr("archive"));
  EXPECT_THAT(Status().disk_full,
              AllOf(HasSubstr("archive"), HasSubstr("backup: EIO")));
  EXPECT_THAT(Status().background_failure, HasSubstr("archive"));
  Free(2 * kReserve);
  EXPECT_TRUE(Write(2).ok());
}

TEST_F(FullDiskTest, WritesGoOnByThemselvesALittleAboveTheReserve) {
  ASSERT_TRUE(world_.Open().ok());
  Fill(0);
  EXPECT_FALSE(Write(1).ok());
  // For as long as it takes, without a write that asks.
  world_.executor().RunUntilIdle(std::chrono::minutes(10));
  Free(kReserve + kReserve / 8 - 1);
  world_.executor().RunUntilIdle(std::chrono::seconds(2));  // the log's spares
  EXPECT_FALSE(Write(1).ok());
  Free(kReserve + kReserve / 8);
  EXPECT_TRUE(Write(1).ok());
  EXPECT_THAT(Status().disk_full, IsEmpty());
}

TEST_F(FullDiskTest, IdleEngineWithRoomHasNoTimer) {
  ASSERT_TRUE(world_.Open().ok());
  ASSERT_TRUE(Write(1).ok());
  world_.executor().RunUntilIdle();
  const uint64_t tasks = world_.executor().tasks_run();
  world_.clock().AdvanceSeconds(60);
  world_.executor().RunUntilIdle();
  EXPECT_EQ(world_.executor().tasks_run(), tasks);
}

TEST_F(FullDiskTest, DiskThatIsFullAtTheStartRefusesTheFirstWrite) {
  world_.fs().SetFreeBytes(kReserve - 1);
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_FALSE(Write(1).ok());
  Free(2 * kReserve);
  EXPECT_TRUE(Write(1).ok());
}

TEST_F(FullDiskTest, WhatOnlyDeletesIsTakenUntilHalfOfTheReserveIsGone) {
  ASSERT_TRUE(world_.Open().ok());
  for (int64_t ck = 1; ck <= 4; ++ck) ASSERT_TRUE(Write(ck).ok());
  Fill(kReserve / 2);
  EXPECT_TRUE(world_.Write(On("a").DeleteRow(1, kDeletion)).ok());
  EXPECT_TRUE(world_.Write(On("a").DeleteRange(2, 3, kDeletion)).ok());
  EXPECT_FALSE(
      world_.Write(On("a").DeleteRow(4, kDeletion).Put(5, "y", 10)).ok());
  EXPECT_FALSE(world_.Write(On("a").PutStatic("y", 10)).ok());
  EXPECT_THAT(Rows(), ElementsAre("a/4=x"));
  Free(kReserve / 2 - 1);
  EXPECT_FALSE(world_.Write(On("a").DeleteRow(4, kDeletion)).ok());
  // Dropping is no write.
  EXPECT_TRUE(world_.engine().DropTable(kTable).ok());
}

TEST_F(FullDiskTest, FlushUsesTheReserve) {
  ASSERT_TRUE(world_.Open().ok());
  ASSERT_TRUE(Write(1).ok());
  Fill(1 << 20);
  EXPECT_TRUE(world_.Flush(kTable).ok());
  EXPECT_THAT(Rows(), ElementsAre("a/1=x"));
}

TEST_F(FullDiskTest, MergeBeginsOnlyWhereItsOutputFits) {
  ASSERT_TRUE(world_.Open().ok());
  uint64_t bytes = 0;
  for (int64_t ck = 0; ck < 2; ++ck) {
    ASSERT_TRUE(Write(ck).ok());
    ASSERT_TRUE(world_.Flush(kTable).ok());
  }
  for (const auto& file : world_.engine().SSTables(kTable)) {
    bytes += file.file_bytes;
  }
  world_.fs().SetFreeBytes(kReserve / 2 + bytes - 1);
  world_.fs().ResetCounters();
  const absl::Status refused = world_.Compact(kTable);
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(refused.GetPayload(kErrorReason), "DISK_FULL");
  EXPECT_EQ(world_.fs().Counters().bytes_written, 0u);
  EXPECT_THAT(Status().background_failure, HasSubstr("no room for a merge"));
  world_.fs().SetFreeBytes(kReserve / 2 + bytes);
  EXPECT_TRUE(world_.Compact(kTable).ok());
  EXPECT_THAT(Files(), SizeIs(1));
  EXPECT_THAT(Rows(), ElementsAre("a/0=x", "a/1=x"));
}

// A quota that the file system doesn't tell.
TEST_F(FullDiskTest, LogWithoutRoomForASegmentCountsAsFull) {
  ASSERT_TRUE(world_.Open().ok());
  world_.fs().FailNext(FileOp::kWrite, "/log", 1, NoRoom(), /*sticky=*/true);
  world_.executor().RunUntilIdle(std::chrono::seconds(2));
  // Only spares fail: chunks go into the first segment.
  world_.fs().ClearFaults();
  world_.fs().FailNext(FileOp::kWrite, ".tmp", 1, NoRoom(), /*sticky=*/true);
  ASSERT_TRUE(Write(1).ok());
  world_.executor().RunUntilIdle(std::chrono::milliseconds(100));
  EXPECT_EQ(Write(2).GetPayload(kErrorReason), "DISK_FULL");
  EXPECT_THAT(Status().disk_full, HasSubstr("No space left"));
  EXPECT_THAT(Status().background_failure, HasSubstr("commit log"));
  world_.fs().ClearFaults();
  world_.executor().RunUntilIdle(std::chrono::seconds(2));
  EXPECT_TRUE(Write(2).ok());
}

TEST_F(FullDiskTest, StopEndsWhileWritesWaitForASegment) {
  for (const bool drain : {false, true}) {
    EngineHarness world;
    world.tables = world_.tables;
    ASSERT_TRUE(world.Open().ok());
    world.fs().FailNext(FileOp::kWrite, ".tmp", 1, NoRoom(), /*sticky=*/true);
    std::vector<absl::Status> answers;
    const TestMutation large = On("a").Put(1, std::string(9'000, 'x'), 10);
    for (int i = 0; i < 8; ++i) {
      world.engine().Write(large.mutation(), [&](absl::Status status) {
        answers.push_back(status);
      });
    }
    world.executor().RunReady();
    ASSERT_LT(answers.size(), 8u);
    const size_t answered = answers.size();
    EXPECT_FALSE(world.Stop(drain).ok());
    ASSERT_EQ(answers.size(), 8u);
    for (size_t i = answered; i < answers.size(); ++i) {
      EXPECT_EQ(answers[i].GetPayload(kErrorReason), "OUTCOME_UNKNOWN");
    }
    world.fs().ClearFaults();
    ASSERT_TRUE(world.Open().ok());
    EXPECT_THAT(world.ReadKey(kTable, "a").value(), SizeIs(1));
  }
}

// Wherever a flush or a merge meets the end of the disk: nothing half is left,
// nothing is lost, and when there is room again it goes on by itself.
TEST_F(FullDiskTest, FlushAndMergeThatMeetTheEndOfTheDiskAreTriedAgain) {
  for (const FileOp op :
       {FileOp::kCreate, FileOp::kWrite, FileOp::kSync, FileOp::kRename,
        FileOp::kTruncate, FileOp::kSyncDirectory}) {
    for (int nth = 1; nth <= 6; ++nth) {
      SCOPED_TRACE(absl::StrCat("operation ", static_cast<int>(op), ", ", nth));
      EngineHarness world;
      world.tables = world_.tables;
      ASSERT_TRUE(world.Open().ok());
      ASSERT_TRUE(world.Write(On("a").Put(1, "x", 10)).ok());
      ASSERT_TRUE(world.Flush(kTable).ok());
      ASSERT_TRUE(world.Write(On("a").Put(2, "x", 10)).ok());
      world.fs().FailNext(op, "/data", nth, NoRoom(), /*sticky=*/true);
      const bool met = !world.Compact(kTable).ok();
      EXPECT_THAT(world.ReadKey(kTable, "a").value(),
                  ElementsAre("a/1=x", "a/2=x"));
      EXPECT_THAT(world.engine().status().failure, IsEmpty());
      EXPECT_TRUE(world.Write(On("a").Put(3, "x", 10)).ok());
      world.executor().RunUntilIdle(std::chrono::minutes(3));
      world.fs().ClearFaults();
      world.executor().RunUntilIdle(std::chrono::minutes(3));
      ASSERT_TRUE(world.Compact(kTable).ok());
      // What may have been named by an edit in doubt is gone, too.
      EXPECT_THAT(world.fs().List("/data/1").value(), SizeIs(1)) << met;
      world.PowerCut();
      ASSERT_TRUE(world.Open().ok());
      EXPECT_THAT(world.ReadKey(kTable, "a").value(),
                  ElementsAre("a/1=x", "a/2=x", "a/3=x"));
    }
  }
}

}  // namespace
}  // namespace rowan
