// SPDX-License-Identifier: Apache-2.0
#include "tests/commitlog/log_harness.h"

namespace rowan {
namespace {

constexpr int64_t kMs = 1'000'000;

struct PeriodicHarness : LogHarness {
  PeriodicHarness() { options.sync = LogSync::kPeriodic; }
};

// Lets `ms` pass in steps, as a busy machine does.
void Pass(LogHarness& h, int ms) {
  for (int i = 0; i < ms; ++i) {
    h.executor.RunReady();
    h.clock.AdvanceNanos(kMs);
  }
  h.executor.RunReady();
}

TEST(PeriodicLog, AnswersWithoutASyncAndSurvivesTheProcess) {
  PeriodicHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.executor.RunUntilIdle();
  h.fs.ResetCounters();
  for (int i = 0; i < 10; ++i) h.Write("record");
  EXPECT_EQ(h.client->acked.size(), 10u);
  EXPECT_EQ(h.fs.Counters().syncs, 0u);
  h.Die(false);
  ASSERT_TRUE(h.Open().ok());
  EXPECT_EQ(h.replayed.size(), 10u);
}

TEST(PeriodicLog, PowerLossTakesNothingOlderThanThePeriod) {
  for (int last_ms : {0, 10, 49, 51, 99, 100, 150}) {
    PeriodicHarness h;
    ASSERT_TRUE(h.Open().ok());
    h.executor.RunUntilIdle();
    std::vector<int64_t> times;
    for (int i = 0; i < 40; ++i) {
      h.Write(absl::StrCat("record ", i));
      times.push_back(h.clock.MonotonicNanos());
      Pass(h, 17);
    }
    Pass(h, last_ms);
    const int64_t now = h.clock.MonotonicNanos();
    const TestRecords all = h.client->acked;
    ASSERT_EQ(all.size(), 40u);
    h.Die(true);
    ASSERT_TRUE(h.Open().ok());
    ASSERT_LE(h.replayed.size(), all.size());
    for (size_t i = 0; i < all.size(); ++i) {
      if (i < h.replayed.size()) {
        EXPECT_EQ(h.replayed[i], all[i]);
      } else {
        EXPECT_LE(now - times[i], 100 * kMs) << "record " << i;
      }
    }
  }
}

TEST(PeriodicLog, LateSyncHoldsTheAnswersBack) {
  PeriodicHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.executor.RunUntilIdle();
  h.Write("first");
  h.fs.HoldAsync(true);
  Pass(h, 60);  // the sync begins, and hangs
  ASSERT_EQ(h.fs.held_count(), 1u);
  h.fs.HoldAsync(false);
  h.Write("in time");
  EXPECT_EQ(h.client->acked.size(), 2u);
  Pass(h, 60);
  h.Write("late");
  EXPECT_EQ(h.client->acked.size(), 2u) << "answered outside of the window";
  h.fs.ReleaseAll();
  h.executor.RunReady();
  EXPECT_EQ(h.client->acked.size(), 3u);
}

TEST(PeriodicLog, NewSegmentWaitsForTheOldOnesSync) {
  PeriodicHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.executor.RunUntilIdle();
  const LogPosition start = h.log->Tail();
  for (int i = 0; i < 40; ++i) h.Write(std::string(9000, 'x'));
  const Geometry geometry(h.options.segment_bytes);
  const SegmentId last = geometry.SegmentOf(h.client->acked.back().position);
  ASSERT_GT(last, geometry.SegmentOf(start));
  h.Die(true);
  ASSERT_TRUE(h.Open().ok());
  for (const TestRecord& r : h.replayed) {
    EXPECT_LT(geometry.SegmentOf(r.position), last);
  }
  ASSERT_FALSE(h.replayed.empty());
  EXPECT_EQ(geometry.SegmentOf(h.replayed.back().position).value + 1,
            last.value);
}

TEST(PeriodicLog, TimesItsSyncsAndNotItsWrites) {
  PeriodicHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.executor.RunUntilIdle();
  DurationCounts expected = h.log->SyncDurations();
  h.Write("record");
  EXPECT_EQ(h.log->SyncDurations().by_duration, expected.by_duration);
  h.fs.HoldAsync(true, "/log");
  Pass(h, 60);  // the sync was ordered after 50 of them
  h.fs.HoldAsync(false);
  h.fs.ReleaseAll();
  h.executor.RunReady();
  expected.Add(10 * kMs);
  EXPECT_EQ(h.log->SyncDurations().by_duration, expected.by_duration);
  EXPECT_EQ(h.log->SyncDurations().total_ns, expected.total_ns);
}

TEST(PeriodicLog, FailedSyncStopsTheLogForGood) {
  PeriodicHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.executor.RunUntilIdle();
  h.Write("answered");
  h.fs.FailNext(FileOp::kSync, "", 1, absl::DataLossError("EIO"));
  Pass(h, 60);
  EXPECT_EQ(h.log->failed().code(), absl::StatusCode::kUnavailable);
  // Also with nobody waiting.
  EXPECT_EQ(h.client->failure, h.log->failed());
  EXPECT_EQ(h.Append("later").code(), absl::StatusCode::kUnavailable);
  h.fs.ResetCounters();
  h.executor.RunUntilIdle();
  EXPECT_EQ(h.fs.Counters().syncs, 0u);
  EXPECT_EQ(h.fs.Counters().writes, 0u);
}

TEST(PeriodicLog, WhoWaitsForDurabilityBringsTheSyncForward) {
  PeriodicHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.executor.RunUntilIdle();
  const auto nothing = h.WhenDurable();
  h.executor.RunReady();
  EXPECT_EQ(*nothing, absl::OkStatus());
  h.Write("answered");
  ASSERT_TRUE(h.Append("on its way").ok());
  h.fs.HoldAsync(true);
  const auto durable = h.WhenDurable();
  h.executor.RunReady();
  h.fs.ReleaseAll();  // the sync of the first, the write of the second
  h.executor.RunReady();
  EXPECT_EQ(h.client->acked.size(), 2u);
  EXPECT_EQ(*durable, std::nullopt) << "the second was written only";
  h.fs.HoldAsync(false);
  h.fs.ReleaseAll();
  h.executor.RunReady();
  EXPECT_EQ(*durable, absl::OkStatus());
  h.Die(true);
  ASSERT_TRUE(h.Open().ok());
  EXPECT_EQ(h.replayed.size(), 2u);
}

TEST(PeriodicLog, WhoWaitsForDurabilityHearsOfTheFailure) {
  PeriodicHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.executor.RunUntilIdle();
  const auto before = h.WhenDurable();
  h.Write("answered");
  h.fs.FailNext(FileOp::kSync, "", 1, absl::DataLossError("EIO"));
  const auto lost = h.WhenDurable();
  h.executor.RunReady();
  EXPECT_EQ(*before, absl::OkStatus());
  EXPECT_EQ(*lost, h.log->failed());
  const auto later = h.WhenDurable();
  h.executor.RunReady();
  EXPECT_EQ(*later, h.log->failed());
}

TEST(PeriodicLog, IdleLogIsSyncedAndMarked) {
  PeriodicHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.Write("record");
  h.executor.RunUntilIdle();
  h.Die(true);
  h.fs.Corrupt("/data/log/segment-000001.log", 4096 + 85, "damage");
  ASSERT_TRUE(h.Open().ok());
  EXPECT_EQ(h.holes.size(), 1u);
}

}  // namespace
}  // namespace rowan
