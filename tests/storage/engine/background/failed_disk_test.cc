// SPDX-License-Identifier: Apache-2.0
// Writes and syncs that fail: README.md of the engine, "Failing disk".
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/error_reason.h"
#include "tests/lib/engine_harness.h"

namespace rowan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr TableId kTable{1};

class FailedDiskTest : public ::testing::Test {
 protected:
  FailedDiskTest() {
    world_.tables = {TestSchema(1)};
    world_.on_failure = [this] { ++failures_told_; };
  }
  static TestMutation On(std::string_view key) { return {TestSchema(1), key}; }
  // With everything that a start does in the background behind it.
  void OpenAndSettle() {
    ASSERT_TRUE(world_.Open().ok());
    ASSERT_TRUE(world_.Write(On("a").Put(1, "x", 10)).ok());
    world_.executor().RunUntilIdle();
  }
  void FailSync(std::string_view path_part) {
    world_.fs().FailNext(FileOp::kSync, path_part, 1,
                         absl::DataLossError("EIO"));
  }
  void ExpectReadOnly() {
    EXPECT_EQ(failures_told_, 1);
    EXPECT_THAT(world_.engine().status().failure, HasSubstr("EIO"));
    const absl::Status refused = world_.Write(On("a").Put(9, "x", 10));
    EXPECT_EQ(refused.GetPayload(kErrorReason), "READ_ONLY");
    EXPECT_THAT(Rows(), ElementsAre("a/1=x"));
    EXPECT_EQ(failures_told_, 1);
  }
  std::vector<std::string> Rows() {
    return world_.ReadKey(kTable, "a").value();
  }

  EngineHarness world_;
  int failures_told_ = 0;
};

TEST_F(FailedDiskTest, NoWriteOnItsWayIsAcknowledgedAfterAFailedSync) {
  OpenAndSettle();
  world_.fs().HoldAsync(true, "/log");
  std::vector<absl::Status> answers;
  std::vector<TestMutation> writes;
  for (int64_t ck = 2; ck < 6; ++ck) writes.push_back(On("a").Put(ck, "y", 10));
  for (const TestMutation& write : writes) {
    world_.engine().Write(write.mutation(), [&](absl::Status status) {
      answers.push_back(status);
    });
    world_.executor().RunReady();
  }
  FailSync("/log");
  world_.fs().HoldAsync(false);
  world_.fs().ReleaseAll();
  world_.executor().RunUntilIdle(std::chrono::seconds(1));
  ASSERT_EQ(answers.size(), writes.size());
  for (const absl::Status& answer : answers) {
    EXPECT_EQ(answer.GetPayload(kErrorReason), "OUTCOME_UNKNOWN") << answer;
  }
  ExpectReadOnly();
}

// The failure of a mark, or of a sync of a periodic log, has no write that
// would hear of it.
TEST_F(FailedDiskTest, FailureWithoutAWriterIsToldWithinASecond) {
  for (const LogSync sync : {LogSync::kGroup, LogSync::kPeriodic}) {
    failures_told_ = 0;
    world_.log_options.sync = sync;
    OpenAndSettle();
    ASSERT_TRUE(world_.Write(On("a").Put(1, "x", 10)).ok());
    FailSync("/log");
    world_.executor().RunUntilIdle(std::chrono::seconds(1));
    ExpectReadOnly();
    world_.PowerCut();
  }
}

TEST_F(FailedDiskTest, FailedManifestIsToldAtOnceAndFlushesEnd) {
  OpenAndSettle();
  FailSync("MANIFEST");
  EXPECT_FALSE(world_.Flush(kTable).ok());
  ExpectReadOnly();
  // A sync that worked now would say nothing of what the first one lost.
  world_.fs().ResetCounters();
  world_.executor().RunUntilIdle(std::chrono::minutes(5));
  EXPECT_EQ(world_.fs().Counters().writes + world_.fs().Counters().syncs, 0u);
  world_.PowerCut();
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_THAT(Rows(), ElementsAre("a/1=x"));
}

// A failed write may have reached the disk all the same. Then the whole batch
// comes back, unless a flush has said that one of its tables needs it no more.
TEST_F(FailedDiskTest, FlushDoesNotGetAheadOfALogThatFailed) {
  world_.tables = {TestSchema(1), TestSchema(2)};
  OpenAndSettle();
  world_.fs().HoldAsync(true, "/log");
  std::vector<Mutation> batch;
  batch.push_back(On("a").Put(2, "y", 10).Take());
  batch.push_back(TestMutation(TestSchema(2), "a").Put(2, "y", 10).Take());
  absl::Status written, flushed;
  world_.engine().WriteAtomic(batch, [&](absl::Status s) { written = s; });
  world_.executor().RunReady();
  world_.engine().Flush(kTable, std::nullopt,
                        [&](absl::Status status) { flushed = status; });
  world_.executor().RunReady();
  FailSync("/log");
  world_.fs().HoldAsync(false);
  world_.fs().ReleaseAll();
  world_.executor().RunUntilIdle(std::chrono::seconds(1));
  EXPECT_EQ(written.GetPayload(kErrorReason), "OUTCOME_UNKNOWN") << written;
  EXPECT_THAT(std::string(flushed.message()), HasSubstr("EIO"));
  EXPECT_THAT(world_.engine().SSTables(kTable), IsEmpty());
  ExpectReadOnly();
}

TEST_F(FailedDiskTest, FailedFlushIsToldAndTriedAgain) {
  OpenAndSettle();
  FailSync(".sst");
  EXPECT_FALSE(world_.Flush(kTable).ok());
  EXPECT_EQ(failures_told_, 0);
  EXPECT_THAT(world_.engine().status().background_failure, HasSubstr("EIO"));
  EXPECT_EQ(world_.engine().status().flushes_failed, 1u);
  EXPECT_TRUE(world_.Write(On("a").Put(2, "x", 10)).ok());
  world_.executor().RunUntilIdle(std::chrono::seconds(2));
  EXPECT_EQ(world_.engine().status().flushes, 1u);
}

TEST_F(FailedDiskTest, FailedSpareOfTheLogIsToldAndTriedAgain) {
  ASSERT_TRUE(world_.Open().ok());
  FailSync(".tmp");
  world_.executor().RunUntilIdle(std::chrono::milliseconds(500));
  ASSERT_TRUE(world_.Write(On("a").Put(1, "x", 10)).ok());
  world_.executor().RunUntilIdle(std::chrono::milliseconds(200));
  EXPECT_THAT(world_.engine().status().background_failure, HasSubstr("EIO"));
  EXPECT_THAT(world_.engine().status().disk_full, IsEmpty());
  EXPECT_EQ(failures_told_, 0);
  world_.executor().RunUntilIdle();
  const auto files = world_.fs().List("/log").value();
  EXPECT_EQ(files.size(), 3u);  // one written to, two spares
}

}  // namespace
}  // namespace rowan
