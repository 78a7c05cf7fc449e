// SPDX-License-Identifier: Apache-2.0
#include "tests/commitlog/log_harness.h"

namespace rowan {
namespace {

// 64 clients that each wait for their answer, then write again.
TEST(GroupCommit, SixtyFourWritersShareFewSyncs) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    LogHarness h(seed);
    ASSERT_TRUE(h.Open().ok());
    h.executor.RunUntilIdle();
    h.fs.ResetCounters();
    constexpr size_t kWrites = 6400;
    while (h.client->acked.size() < kWrites) {
      while (h.appends.size() < h.client->acked.size() + 64) {
        ASSERT_TRUE(h.Append("record").ok());
      }
      ASSERT_TRUE(h.executor.RunOne());
    }
    EXPECT_LE(h.fs.Counters().syncs * 16, kWrites) << "seed " << seed;
  }
}

TEST(GroupCommit, NoAnswerBeforeTheSync) {
  LogHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.executor.RunUntilIdle();
  h.fs.HoldAsync(true);
  ASSERT_TRUE(h.Append("a").ok());
  ASSERT_TRUE(h.Append("b").ok());
  h.executor.RunUntilIdle(std::chrono::seconds(10));
  EXPECT_EQ(h.fs.held_count(), 1u);
  EXPECT_EQ(h.client->calls, 0);
  ASSERT_TRUE(h.fs.ReleaseOne());
  h.executor.RunReady();
  EXPECT_EQ(h.client->calls, 1);
  ASSERT_EQ(h.client->acked.size(), 2u);
  EXPECT_EQ(h.client->acked[1].bytes, "b");
}

TEST(GroupCommit, OneChunkFliesWhileTheNextFills) {
  LogHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.executor.RunUntilIdle();
  h.fs.HoldAsync(true);
  ASSERT_TRUE(h.Append("first").ok());
  h.executor.RunReady();
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(h.Append("more").ok());
  h.executor.RunReady();
  EXPECT_EQ(h.fs.held_count(), 1u);
  ASSERT_TRUE(h.fs.ReleaseOne());
  h.executor.RunReady();
  EXPECT_EQ(h.client->acked.size(), 1u);
  EXPECT_EQ(h.fs.held_count(), 1u) << "the next chunk must fly by now";
  ASSERT_TRUE(h.fs.ReleaseOne());
  h.executor.RunReady();
  EXPECT_EQ(h.client->acked.size(), 101u);
  EXPECT_EQ(h.client->calls, 2);
}

TEST(GroupCommit, NextChunkFliesBeforeTheClientIsTold) {
  LogHarness h;
  struct Watcher : TestClient {
    void OnDurable(LogAppend* first, const absl::Status& status) override {
      if (calls == 0) held_at_first = fs->held_count();
      TestClient::OnDurable(first, status);
    }
    MemFileSystem* fs;
    size_t held_at_first = 0;
  } watcher;
  watcher.fs = &h.fs;
  TestReplay replay;
  auto log = CommitLog::Open(h.options, &h.fs, &h.clock, &h.executor, {},
                             &replay, &watcher, &h.recovery);
  ASSERT_TRUE(log.ok());
  h.log = *std::move(log);
  h.executor.RunUntilIdle();
  h.fs.HoldAsync(true);
  ASSERT_TRUE(h.Append("a").ok());
  h.executor.RunReady();
  ASSERT_TRUE(h.Append("b").ok());
  ASSERT_TRUE(h.fs.ReleaseOne());
  h.executor.RunReady();
  EXPECT_EQ(watcher.calls, 1);
  EXPECT_EQ(watcher.held_at_first, 1u);
  h.log.reset();
}

TEST(GroupCommit, RecordBytesAndPositionsAreGivenBack) {
  LogHarness h;
  ASSERT_TRUE(h.Open().ok());
  LogPosition before = h.log->Tail();
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(h.Append(std::string(1 + i * 7 % 500, 'a' + i % 26)).ok());
    EXPECT_GE(h.appends.back().position, before);
    EXPECT_LT(h.appends.back().position, h.log->Tail());
    before = h.log->Tail();
    if (i % 13 == 0) h.executor.RunReady();
  }
  h.executor.RunReady();
  ASSERT_EQ(h.client->acked.size(), 300u);
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(h.client->acked[i].position, h.appends[i].position);
    EXPECT_EQ(h.client->acked[i].bytes,
              std::string(1 + i * 7 % 500, 'a' + i % 26));
  }
}

TEST(GroupCommit, BytesThatWaitAreBounded) {
  LogHarness h;
  h.options.waiting_bytes_max = 10'000;
  ASSERT_TRUE(h.Open().ok());
  h.executor.RunUntilIdle();
  h.fs.HoldAsync(true);
  const std::string record(996, 'x');
  int taken = 0;
  while (h.Append(record).ok()) ++taken;
  EXPECT_EQ(taken, 10);
  EXPECT_EQ(h.Append(record).code(), absl::StatusCode::kResourceExhausted);
  h.fs.HoldAsync(false);
  h.executor.RunReady();
  h.fs.ReleaseAll();
  h.executor.RunReady();
  EXPECT_EQ(h.client->acked.size(), 10u);
  EXPECT_TRUE(h.Append(record).ok());
}

TEST(GroupCommit, PositionsThatWaitAreBounded) {
  LogHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.executor.RunUntilIdle();
  h.fs.HoldAsync(true);
  const std::string record(h.log->RecordSizeMax(), 'x');
  absl::Status status;
  while (status.ok()) status = h.Append(record);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_LE(h.log->Tail().value,
            (1 + kSegmentsAheadMax + 1) * h.options.segment_bytes);
}

TEST(GroupCommit, SizesAtTheLimits) {
  LogHarness h;
  ASSERT_TRUE(h.Open().ok());
  const Geometry geometry(h.options.segment_bytes);
  const size_t chunk =
      geometry.ChunkBytesMax() - kChunkHeaderBytes - kRecordHeaderBytes;
  const size_t max = h.log->RecordSizeMax();
  EXPECT_EQ(h.Append("").code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(h.Append(std::string(max + 1, 'x')).code(),
            absl::StatusCode::kInvalidArgument);
  TestRecords all;
  for (size_t size : {size_t{1}, chunk - 1, chunk, chunk + 1, max - 1, max,
                      size_t{1}, max, size_t{4096}, chunk, max}) {
    std::string record(size, static_cast<char>('a' + all.size()));
    ASSERT_TRUE(h.Append(record).ok()) << size;
    all.push_back({h.appends.back().position, record});
  }
  h.executor.RunReady();
  EXPECT_EQ(h.client->acked, all);
  h.Die(true);
  ASSERT_TRUE(h.Open().ok());
  EXPECT_EQ(h.replayed, all);
}

TEST(GroupCommit, SixteenMegabytesFitTheDefaultSegment) {
  EXPECT_GE(Geometry(CommitLogOptions().segment_bytes).RecordSizeMax(),
            size_t{16} << 20);
}

TEST(GroupCommit, WhoWaitsForDurabilityIsToldBehindTheRecords) {
  LogHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.executor.RunUntilIdle();
  h.fs.HoldAsync(true);
  ASSERT_TRUE(h.Append("flies").ok());
  h.executor.RunReady();
  ASSERT_TRUE(h.Append("waits").ok());
  const auto durable = h.WhenDurable();
  h.executor.RunReady();
  h.fs.ReleaseAll();
  h.executor.RunReady();
  EXPECT_EQ(h.client->acked.size(), 1u);
  EXPECT_EQ(*durable, std::nullopt);
  h.fs.HoldAsync(false);
  h.fs.ReleaseAll();
  h.executor.RunReady();
  EXPECT_EQ(h.client->acked.size(), 2u);
  EXPECT_EQ(*durable, absl::OkStatus());
}

TEST(GroupCommit, FirstFailureStopsTheLogForGood) {
  for (FileOp op : {FileOp::kWrite, FileOp::kSync}) {
    LogHarness h;
    ASSERT_TRUE(h.Open().ok());
    h.executor.RunUntilIdle();
    h.Write("safe");
    h.fs.HoldAsync(true);
    ASSERT_TRUE(h.Append("flies").ok());
    h.executor.RunReady();
    ASSERT_TRUE(h.Append("waits").ok());
    h.fs.FailNext(op, "", 1, absl::DataLossError("EIO"));
    h.fs.HoldAsync(false);
    h.fs.ReleaseAll();
    h.executor.RunReady();
    EXPECT_EQ(h.client->acked.size(), 1u);
    ASSERT_EQ(h.client->refused.size(), 2u);
    EXPECT_EQ(h.client->refused[0].code(), absl::StatusCode::kUnknown);
    EXPECT_EQ(h.client->refused[1].code(), absl::StatusCode::kUnknown);
    EXPECT_EQ(h.client->failure, h.log->failed());
    EXPECT_NE(h.client->refused[0].ToString().find("EIO"), std::string::npos);
    EXPECT_EQ(h.log->failed().code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(h.Append("later").code(), absl::StatusCode::kUnavailable);
    h.fs.ResetCounters();
    h.executor.RunUntilIdle();
    EXPECT_EQ(h.fs.Counters().writes, 0u);
    EXPECT_EQ(h.fs.Counters().syncs, 0u) << "a failed sync was retried";
    EXPECT_EQ(h.Close().code(), absl::StatusCode::kUnavailable);
    h.Die(true);
    ASSERT_TRUE(h.Open().ok());
    ASSERT_GE(h.replayed.size(), 1u);
    EXPECT_EQ(h.replayed[0].bytes, "safe");
  }
}

TEST(GroupCommit, TellsHowLongTheDiskTook) {
  LogHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.executor.RunUntilIdle();
  const DurationCounts before = h.log->SyncDurations();
  h.fs.HoldAsync(true, "/log");
  h.Write("a");
  h.clock.AdvanceNanos(3'000'000);
  h.fs.HoldAsync(false);
  h.fs.ReleaseAll();
  h.executor.RunReady();
  ASSERT_EQ(h.client->acked.size(), 1u);
  DurationCounts expected = before;
  expected.Add(3'000'000);
  EXPECT_EQ(h.log->SyncDurations().by_duration, expected.by_duration);
  EXPECT_EQ(h.log->SyncDurations().total_ns, expected.total_ns);
  // A write that failed has made nothing durable.
  h.fs.FailNext(FileOp::kSync, "/log", 1, absl::DataLossError("EIO"));
  h.Write("b");
  EXPECT_EQ(h.log->SyncDurations().by_duration, expected.by_duration);
}

TEST(GroupCommit, IdleLogIsMarkedOnce) {
  LogHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.executor.RunUntilIdle();
  h.Write("a");
  h.fs.ResetCounters();
  h.executor.RunUntilIdle();
  EXPECT_EQ(h.fs.Counters().writes, 1u);
  h.clock.AdvanceSeconds(5);
  h.executor.RunUntilIdle();
  EXPECT_EQ(h.fs.Counters().writes, 1u);
}

TEST(GroupCommit, BusyLogIsNotMarked) {
  LogHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.executor.RunUntilIdle();
  h.fs.ResetCounters();
  for (int i = 0; i < 10; ++i) {
    h.Write("a");
    h.clock.AdvanceNanos(60'000'000);
    h.executor.RunReady();
  }
  EXPECT_EQ(h.fs.Counters().writes, 10u);
}

}  // namespace
}  // namespace rowan
