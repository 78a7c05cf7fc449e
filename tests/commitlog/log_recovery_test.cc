// SPDX-License-Identifier: Apache-2.0
#include "absl/strings/match.h"
#include "tests/commitlog/log_harness.h"

namespace rowan {
namespace {

std::string RecordOf(uint64_t i, size_t size) {
  std::string record = absl::StrCat("record ", i, " ");
  while (record.size() < size) record += static_cast<char>('a' + i % 26);
  record.resize(size);
  return record;
}

// What a log of `from` a position replays.
TestRecords Since(const TestRecords& all, LogPosition from) {
  TestRecords result;
  for (const TestRecord& r : all) {
    if (r.position >= from) result.push_back(r);
  }
  return result;
}

TEST(LogRecovery, EmptyDirectoryIsANewLog) {
  LogHarness h;
  ASSERT_TRUE(h.Open().ok());
  EXPECT_EQ(h.recovery.records, 0u);
  EXPECT_FALSE(h.recovery.clean_stop);
  EXPECT_TRUE(h.recovery.notes.empty());
  EXPECT_GT(h.log->Tail().value, 0u);
  EXPECT_EQ(h.log->BytesInUse(), h.options.segment_bytes);
}

TEST(LogRecovery, OpeningFillsNothingBeforeItReturns) {
  LogHarness h;
  h.options.segment_bytes = 16 << 20;
  ASSERT_TRUE(h.Open().ok());
  EXPECT_LE(h.fs.Counters().bytes_written, 4096u);
  h.Write("served");  // and serves while the spares are being filled
  EXPECT_EQ(h.client->acked.size(), 1u);
}

TEST(LogRecovery, EveryAnsweredRecordIsReplayedTwiceTheSame) {
  LogHarness h;
  ASSERT_TRUE(h.Open().ok());
  for (uint64_t i = 0; i < 400; ++i) h.Write(RecordOf(i, 1 + i * 37 % 3000));
  const TestRecords all = h.client->acked;
  ASSERT_EQ(all.size(), 400u);
  for (bool power : {false, true, true, false}) {
    h.Die(power);
    ASSERT_TRUE(h.Open().ok());
    EXPECT_EQ(h.replayed, all);
    EXPECT_EQ(h.recovery.records, 400u);
    EXPECT_FALSE(h.recovery.clean_stop);
  }
}

TEST(LogRecovery, RecordsBelowFromAreNotReplayed) {
  LogHarness h;
  ASSERT_TRUE(h.Open().ok());
  for (uint64_t i = 0; i < 100; ++i) h.Write(RecordOf(i, 900));
  const TestRecords all = h.client->acked;
  for (size_t i : {size_t{0}, size_t{1}, size_t{50}, size_t{99}}) {
    h.Die(true);
    ASSERT_TRUE(h.Open(all[i].position).ok());
    EXPECT_EQ(h.replayed, Since(all, all[i].position));
  }
}

TEST(LogRecovery, GoesOnAcrossManyOpens) {
  LogHarness h;
  TestRecords all;
  for (uint64_t i = 0; i < 30; ++i) {
    ASSERT_TRUE(h.Open().ok());
    EXPECT_EQ(h.replayed, all);
    const LogPosition tail = h.log->Tail();
    h.Write(RecordOf(i, 5000));
    ASSERT_EQ(h.client->acked.size(), 1u);
    EXPECT_GE(h.client->acked[0].position, tail);
    all.push_back(h.client->acked[0]);
    if (i % 3 == 0) {
      ASSERT_TRUE(h.Close().ok());
    }
    h.Die(i % 2 == 0);
  }
}

TEST(LogRecovery, CleanStopIsRecognised) {
  LogHarness h;
  for (LogSync sync : {LogSync::kGroup, LogSync::kPeriodic}) {
    h.options.sync = sync;
    ASSERT_TRUE(h.Open().ok());
    ASSERT_TRUE(h.Append("last").ok());
    ASSERT_TRUE(h.Close().ok());
    EXPECT_EQ(h.client->acked.size(), 1u) << "Close answers what waits";
    h.Die(true);
    ASSERT_TRUE(h.Open().ok());
    EXPECT_TRUE(h.recovery.clean_stop);
    EXPECT_EQ(h.replayed.back().bytes, "last");
    h.Die(true);
    ASSERT_TRUE(h.Open().ok());
    EXPECT_FALSE(h.recovery.clean_stop);
  }
}

TEST(LogRecovery, RestartsWithoutWritesTakeNoSpace) {
  LogHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.Write("kept");
  h.executor.RunUntilIdle();
  for (int i = 0; i < 20; ++i) {
    h.Die(i % 2 == 0);
    ASSERT_TRUE(h.Open().ok());
    ASSERT_EQ(h.replayed.size(), 1u);
    EXPECT_EQ(h.log->BytesInUse(), 2 * h.options.segment_bytes);
    h.executor.RunUntilIdle();
  }
  EXPECT_LE(h.Files().size(), 5u);
}

TEST(LogRecovery, PositionsOfALostEndAreNotGivenOutAgain) {
  LogHarness h;
  h.options.waiting_bytes_max = 10 << 20;
  ASSERT_TRUE(h.Open().ok());
  h.Write("durable");
  h.fs.HoldAsync(true);
  while (h.Append(RecordOf(1, 20'000)).ok()) {
  }
  const LogPosition lost_tail = h.log->Tail();
  h.Die(true);
  ASSERT_TRUE(h.Open().ok());
  EXPECT_GT(h.log->Tail(), lost_tail);
}

TEST(LogRecovery, MissingSegmentIsNamed) {
  LogHarness h;
  ASSERT_TRUE(h.Open().ok());
  for (uint64_t i = 0; i < 60; ++i) h.Write(RecordOf(i, 10'000));
  const TestRecords all = h.client->acked;
  h.Die(true);
  const Geometry geometry(h.options.segment_bytes);
  std::vector<std::pair<std::string, std::string>> saved;
  int found = 0;
  for (const std::string& path : h.Files()) {
    const std::string bytes = h.fs.ReadFile(path).value();
    auto header = DecodeChunkHeader(bytes);
    if (!header) continue;  // a spare
    ASSERT_TRUE(h.fs.Remove(path).ok());
    const bool last =
        header->segment == geometry.SegmentOf(all.back().position);
    ASSERT_TRUE(h.Open().ok());
    if (!last) {
      ASSERT_EQ(h.holes.size(), 1u);
      EXPECT_TRUE(absl::StrContains(
          h.holes[0].what, absl::StrCat("segment ", header->segment.value)))
          << h.holes[0].what;
      // The rest is there.
      TestRecords rest = all;
      std::erase_if(rest, [&](const TestRecord& r) {
        return r.position >= h.holes[0].from && r.position < h.holes[0].to;
      });
      EXPECT_LT(rest.size(), all.size());
      EXPECT_EQ(h.replayed, rest);
      ++found;
      // Not needed when all in it has been flushed.
      LogPosition after = geometry.StartOf({header->segment.value + 1});
      h.Die(true);
      EXPECT_TRUE(h.Open(after).ok());
      EXPECT_EQ(h.replayed, Since(all, after));
      EXPECT_TRUE(h.holes.empty());
      break;
    }
    h.Die(true);
    h.fs.WriteFile(path, bytes);
  }
  EXPECT_EQ(found, 1);
}

TEST(LogRecovery, LostFilesAreAHoleAndTheirPositionsNeverComeBack) {
  LogHarness h;
  const LogPosition from{1'000}, known{1'000'000};
  // Twice: a start that dies before the first write repeats it.
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(h.Open(LogNeed{from, known}).ok());
    ASSERT_EQ(h.holes.size(), i == 0 ? 1u : 0u) << "the log is there again";
    if (i == 0) {
      EXPECT_EQ(h.holes[0].from, from);
      EXPECT_GT(h.holes[0].to, known);
      EXPECT_LE(h.holes[0].to, h.log->Tail());
      EXPECT_EQ(h.holes[0].scope, kLogScopeAll);
      EXPECT_TRUE(absl::StrContains(h.holes[0].what, "/data/log")) << i;
    }
    EXPECT_GT(h.log->Tail(), known);
    h.Die(true);
  }
}

TEST(LogRecovery, HoleIsToldBeforeTheLogIsWritten) {
  LogHarness h;
  h.options.segment_bytes = 16 << 10;
  ASSERT_TRUE(h.Open().ok());
  for (int i = 0; i < 20; ++i) h.Write(std::string(2000, 'x'));
  h.Die(true);
  h.fs.Corrupt("/data/log/segment-000001.log", 4096 + 200, "damage");
  for (int i = 0; i < 3; ++i) {
    // Whoever can't remember the hole finds it again.
    TestReplay replay;
    replay.outcome = absl::ResourceExhaustedError("disk full");
    TestClient client;
    EXPECT_FALSE(CommitLog::Open(h.options, &h.fs, &h.clock, &h.executor, {},
                                 &replay, &client, &h.recovery)
                     .ok());
    EXPECT_EQ(replay.holes.size(), 1u);
  }
}

TEST(LogRecovery, AnotherSegmentSizeIsRefused) {
  LogHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.Write("a");
  h.Die(true);
  h.options.segment_bytes = 128 << 10;
  EXPECT_EQ(h.Open().code(), absl::StatusCode::kFailedPrecondition);
  h.options.segment_bytes = 64 << 10;
  EXPECT_TRUE(h.Open().ok());
  EXPECT_EQ(h.replayed.size(), 1u);
}

TEST(LogRecovery, TwoFilesOfOneSegmentAreRefused) {
  LogHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.Write("a");
  h.Die(true);
  h.fs.WriteFile("/data/log/segment-000099.log",
                 h.fs.ReadFile("/data/log/segment-000001.log").value());
  EXPECT_EQ(h.Open().code(), absl::StatusCode::kDataLoss);
}

TEST(LogRecovery, ErrorOfTheReplayStopsTheOpen) {
  LogHarness h;
  ASSERT_TRUE(h.Open().ok());
  for (int i = 0; i < 5; ++i) h.Write("a");
  h.Die(true);
  TestReplay replay;
  replay.outcome = absl::InternalError("no");
  auto opened = CommitLog::Open(h.options, &h.fs, &h.clock, &h.executor, {},
                                &replay, h.client.get(), &h.recovery);
  EXPECT_EQ(opened.status().code(), absl::StatusCode::kInternal);
  EXPECT_EQ(replay.records.size(), 1u);
}

TEST(LogRecovery, BadOptionsAreNamed) {
  LogHarness h;
  h.options.segment_bytes = 5000;
  const absl::Status status = h.Open();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(absl::StrContains(status.message(), "segment_bytes"));
  EXPECT_TRUE(h.Files().empty());
}

TEST(LogRecovery, WhatIsReplayedIsDurableBeforeItIsServed) {
  LogHarness h;
  h.options.sync = LogSync::kPeriodic;
  ASSERT_TRUE(h.Open().ok());
  h.Write("only in the kernel");
  h.Die(false);
  ASSERT_TRUE(h.Open().ok());
  ASSERT_EQ(h.replayed.size(), 1u);
  h.Die(true);
  ASSERT_TRUE(h.Open().ok());
  EXPECT_EQ(h.replayed.size(), 1u);
}

}  // namespace
}  // namespace rowan
