// SPDX-License-Identifier: Apache-2.0
// How a log reuses its files.
#include <set>

#include "tests/commitlog/log_harness.h"

namespace rowan {
namespace {

TEST(SegmentReuse, ReleasedFilesAreWrittenAgain) {
  LogHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.executor.RunUntilIdle();
  for (int i = 0; i < 300; ++i) {
    h.Write(std::string(9000, 'x'));
    h.log->Release(h.client->acked.back().position);
    EXPECT_LE(h.log->BytesInUse(), 2 * h.options.segment_bytes);
    EXPECT_GE(h.client->acked.back().position, h.log->Head());
  }
  // 300 chunks of 12 KiB are 60 segments.
  EXPECT_LE(h.Files().size(), 4u);
}

TEST(SegmentReuse, ReleaseNeverGoesBackOrBeyondTheTail) {
  LogHarness h;
  ASSERT_TRUE(h.Open().ok());
  for (int i = 0; i < 20; ++i) h.Write(std::string(9000, 'x'));
  h.log->Release(h.client->acked[10].position);
  const LogPosition head = h.log->Head();
  EXPECT_LE(head, h.client->acked[10].position);
  h.log->Release({0});
  EXPECT_EQ(h.log->Head(), head);
  h.log->Release({uint64_t{1} << 60});
  EXPECT_EQ(h.log->BytesInUse(), h.options.segment_bytes);
  h.Write("after");
  EXPECT_EQ(h.client->acked.size(), 21u);
}

TEST(SegmentReuse, SparesAreFilledAndNamedInTheBackground) {
  LogHarness h;
  ASSERT_TRUE(h.Open().ok());
  EXPECT_EQ(h.Files().size(), 1u);
  h.executor.RunReady();
  EXPECT_EQ(h.Files().size(), 3u);
  EXPECT_TRUE(h.Files(".tmp").empty());
  h.fs.PowerCut();
  EXPECT_EQ(h.Files().size(), 3u) << "a name that is not durable";
}

TEST(SegmentReuse, FileIsUsedOnlyWhenItsNameIsDurable) {
  LogHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.fs.FailNext(FileOp::kSyncDirectory, "/data/log", 1,
                absl::AbortedError("dies"), true);
  h.executor.RunUntilIdle(std::chrono::seconds(3));
  EXPECT_GE(h.Files().size(), 3u);  // spares have their names
  h.Die(/*power=*/false);
  ASSERT_TRUE(h.Open().ok());
  for (int i = 0; i < 10; ++i) h.Write(std::string(9000, 'x'));
  const TestRecords acked = h.client->acked;
  ASSERT_EQ(acked.size(), 10u);
  h.Die(/*power=*/true);
  ASSERT_TRUE(h.Open().ok());
  EXPECT_EQ(h.replayed, acked);
}

TEST(SegmentReuse, WritersWaitForASegmentThatIsNotReady) {
  LogHarness h;
  h.fs.HoldAsync(true, ".tmp");
  ASSERT_TRUE(h.Open().ok());
  for (int i = 0; i < 10; ++i) h.Write(std::string(9000, 'x'));
  EXPECT_EQ(h.client->acked.size(), 4u) << "what fits the first segment";
  h.fs.HoldAsync(false);
  h.fs.ReleaseAll();
  h.executor.RunReady();
  EXPECT_EQ(h.client->acked.size(), 10u);
  EXPECT_TRUE(h.log->failed().ok());
}

TEST(SegmentReuse, FullDiskIsTriedAgainAndIsNoFailureOfTheLog) {
  LogHarness h;
  h.fs.FailNext(FileOp::kWrite, ".tmp", 1,
                absl::ResourceExhaustedError("no space"), /*sticky=*/true);
  ASSERT_TRUE(h.Open().ok());
  for (int i = 0; i < 10; ++i) h.Write(std::string(9000, 'x'));
  EXPECT_EQ(h.client->acked.size(), 4u);
  EXPECT_TRUE(h.Files(".tmp").empty());
  h.fs.ClearFaults();
  h.executor.RunUntilIdle(std::chrono::seconds(2));
  EXPECT_EQ(h.client->acked.size(), 10u);
}

TEST(SegmentReuse, SegmentThatWouldNotFitIsNotBegun) {
  LogHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.fs.SetFreeBytes(h.options.segment_bytes);
  h.fs.ResetCounters();
  for (int i = 0; i < 10; ++i) h.Write(std::string(9000, 'x'));
  h.executor.RunUntilIdle(std::chrono::seconds(5));
  EXPECT_EQ(h.client->acked.size(), 4u);
  EXPECT_EQ(h.fs.Counters().opens, 0u);
  EXPECT_TRUE(absl::IsResourceExhausted(h.log->spare_failure()));
  h.fs.SetFreeBytes(4 * h.options.segment_bytes);
  h.executor.RunUntilIdle(std::chrono::seconds(2));
  EXPECT_EQ(h.client->acked.size(), 10u);
}

TEST(SegmentReuse, StopEndsTheWaitForASegmentThatCannotBeMade) {
  LogHarness h;
  h.fs.FailNext(FileOp::kWrite, ".tmp", 1,
                absl::ResourceExhaustedError("no space"), /*sticky=*/true);
  ASSERT_TRUE(h.Open().ok());
  for (int i = 0; i < 10; ++i) h.Write(std::string(9000, 'x'));
  EXPECT_EQ(h.client->acked.size(), 4u);
  h.log->EndWaits();
  h.executor.RunReady();
  EXPECT_EQ(h.client->refused.size(), 6u);
  EXPECT_FALSE(h.Close().ok());
}

TEST(SegmentReuse, StopWaitsForASegmentThatIsBeingMade) {
  LogHarness h;
  h.fs.HoldAsync(true, ".tmp");
  ASSERT_TRUE(h.Open().ok());
  for (int i = 0; i < 10; ++i) h.Write(std::string(9000, 'x'));
  h.log->EndWaits();
  h.executor.RunReady();
  EXPECT_EQ(h.client->acked.size(), 4u);
  h.fs.HoldAsync(false);
  h.fs.ReleaseAll();
  h.executor.RunReady();
  EXPECT_EQ(h.client->acked.size(), 10u);
  EXPECT_TRUE(h.Close().ok());
}

// The stop's own mark can be what needs a segment.
TEST(SegmentReuse, StopEndsWhereItsMarkHasNoPlace) {
  LogHarness h;
  h.fs.FailNext(FileOp::kWrite, ".tmp", 1,
                absl::ResourceExhaustedError("no space"), /*sticky=*/true);
  ASSERT_TRUE(h.Open().ok());
  while (h.client->acked.size() == h.appends.size()) h.Write("x");
  h.log->EndWaits();
  EXPECT_FALSE(h.Close().ok());
}

TEST(SegmentReuse, ReleasedSegmentServesAFullDisk) {
  LogHarness h;
  h.fs.FailNext(FileOp::kWrite, ".tmp", 1,
                absl::ResourceExhaustedError("no space"), /*sticky=*/true);
  ASSERT_TRUE(h.Open().ok());
  // The second segment is the only other there is.
  h.fs.WriteFile("/data/log/segment-000050.log",
                 std::string(h.options.segment_bytes, '\0'));
  h.Die(false);
  h.fs.FailNext(FileOp::kWrite, ".tmp", 1,
                absl::ResourceExhaustedError("no space"), /*sticky=*/true);
  ASSERT_TRUE(h.Open().ok());
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(h.Append(std::string(9000, 'x')).ok());
    h.executor.RunReady();
    if (!h.client->acked.empty()) {
      h.log->Release(h.client->acked.back().position);
    }
    h.executor.RunReady();
  }
  EXPECT_EQ(h.client->acked.size(), 30u);
}

// All of the log's files are full when they are released: nothing but the place
// that a segment keeps for it can carry the new head.
TEST(SegmentReuse, HeadThatMovesWhileTheLogWaitsServesAFullDisk) {
  for (const bool power : {false, true}) {
    LogHarness h;
    const auto full = [&] {
      h.fs.FailNext(FileOp::kWrite, ".tmp", 1,
                    absl::ResourceExhaustedError("no space"), /*sticky=*/true);
    };
    full();
    ASSERT_TRUE(h.Open().ok());
    h.Die(false);
    h.fs.WriteFile("/data/log/segment-000050.log",
                   std::string(h.options.segment_bytes, '\0'));
    full();
    ASSERT_TRUE(h.Open().ok());
    TestRecords all;
    for (int round = 0; round < 3; ++round) {
      for (int i = 0; i < 10; ++i) {
        ASSERT_TRUE(h.Append(std::string(9000, 'x')).ok());
        h.executor.RunReady();
      }
      const size_t answered = h.client->acked.size();
      EXPECT_LT(answered, h.appends.size()) << "the log waits";
      h.log->Release(h.client->acked.back().position);
      h.executor.RunReady();
      EXPECT_GT(h.client->acked.size(), answered);
    }
    all = h.client->acked;
    h.Die(power);
    full();
    ASSERT_TRUE(h.Open(LogPosition{0}).ok());
    EXPECT_TRUE(h.holes.empty()) << h.holes[0].what;
    ASSERT_FALSE(h.replayed.empty());
    EXPECT_EQ(h.replayed.back(), all.back());
  }
}

TEST(SegmentReuse, FilesOfALogThatShrankAreDeleted) {
  LogHarness h;
  h.options.free_segments_max = 3;
  ASSERT_TRUE(h.Open().ok());
  for (int i = 0; i < 100; ++i) h.Write(std::string(9000, 'x'));
  EXPECT_GE(h.Files().size(), 20u);
  h.log->Release(h.log->Tail());
  h.Write("last");
  EXPECT_LE(h.Files().size(), 3u + 2 + 1);
  h.Die(true);
  ASSERT_TRUE(h.Open(h.client->acked.back().position).ok());
  ASSERT_EQ(h.replayed.size(), 1u);
}

// A file is given away, or deleted, only when the disk knows that the log
// begins behind it: otherwise a start after a power cut misses it.
TEST(SegmentReuse, FilesGoOnlyWhenTheNewHeadIsDurable) {
  for (const bool idle : {false, true}) {
    LogHarness h;
    h.options.free_segments_max = 0;
    ASSERT_TRUE(h.Open().ok());
    for (int i = 0; i < 100; ++i) h.Write(std::string(9000, 'x'));
    const size_t files = h.Files().size();
    h.log->Release(h.log->Tail());
    h.executor.RunReady();
    EXPECT_EQ(h.Files().size(), files);
    EXPECT_LE(h.log->BytesInUse(), h.options.segment_bytes);
    if (idle) {  // a mark tells it
      h.executor.RunUntilIdle(std::chrono::milliseconds(250));
      EXPECT_LE(h.Files().size(), 4u);
    }
    h.Die(true);
    ASSERT_TRUE(h.Open(LogPosition{0}).ok());
    EXPECT_TRUE(h.holes.empty()) << h.holes[0].what;
  }
}

TEST(SegmentReuse, HeadThatMovesWhileAMarkFliesIsToldByAnother) {
  LogHarness h;
  h.options.free_segments_max = 0;
  ASSERT_TRUE(h.Open().ok());
  for (int i = 0; i < 100; ++i) h.Write(std::string(9000, 'x'));
  h.fs.HoldAsync(true, "/data/log");
  h.executor.RunUntilIdle(std::chrono::milliseconds(250));
  ASSERT_EQ(h.fs.held_count(), 1u) << "the idle log's mark";
  h.log->Release(h.log->Tail());
  h.fs.HoldAsync(false);
  h.fs.ReleaseAll();
  h.executor.RunUntilIdle(std::chrono::milliseconds(500));
  EXPECT_LE(h.Files().size(), 4u);
}

TEST(SegmentReuse, ReleasedHeadIsKnownWithoutTheCaller) {
  LogHarness h;
  ASSERT_TRUE(h.Open().ok());
  for (int i = 0; i < 100; ++i) h.Write(std::string(9000, 'x'));
  h.log->Release(h.log->Tail());
  for (int i = 0; i < 20; ++i) h.Write(std::string(9000, 'y'));
  const TestRecords all = h.client->acked;
  h.Die(true);
  ASSERT_TRUE(h.Open(LogPosition{0})
                  .ok());  // such as a node whose last table is dropped
  EXPECT_EQ(h.replayed, TestRecords(all.begin() + 100, all.end()));
}

}  // namespace
}  // namespace rowan
