// SPDX-License-Identifier: Apache-2.0
#include "commitlog/log_archive.h"

#include "absl/strings/match.h"
#include "commitlog/log_copy.h"
#include "tests/commitlog/log_harness.h"

namespace rowan {
namespace {

constexpr char kArchive[] = "/backup/log";
constexpr std::chrono::seconds kInterval(60);

// A log whose segments are archived, and what a node that is made of the
// archive alone finds.
struct ArchiveHarness : LogHarness {
  explicit ArchiveHarness(std::optional<uint64_t> seed = std::nullopt)
      : LogHarness(seed) {
    fs.WriteFile("/backup/README", "");
    archive_options = {.directory = kArchive, .interval = kInterval};
  }

  // Appends and runs, for a while.
  void Fill(uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) {
      Write(std::string(1 + i * 3701 % 9000, static_cast<char>('a' + i % 26)));
      executor.RunUntilIdle(std::chrono::milliseconds(20));
    }
  }
  // All that was answered, of every run.
  void Remember() {
    const TestRecords &acked = client->acked;
    all.insert(all.end(), acked.begin(), acked.end());
  }
  TestRecords Archived() {
    const std::string into = absl::StrCat("/copies/", ++copies);
    const std::vector<std::string> sources = {kArchive};
    const auto copied = CopyLog(&fs, sources, {}, into);
    if (!copied.ok()) {
      ADD_FAILURE() << copied.status();
      return {};
    }
    CommitLogOptions there = options;
    there.directory = into;
    TestClient nobody;
    TestReplay replay;
    LogRecovery found;
    auto opened = CommitLog::Open(there, &fs, &clock, &executor, {}, &replay,
                                  &nobody, &found);
    EXPECT_TRUE(opened.ok()) << opened.status();
    for (const LogHole &hole : replay.holes) ADD_FAILURE() << hole.what;
    return replay.records;
  }
  std::vector<std::string> ArchiveFiles() {
    return fs.List(kArchive).value_or(std::vector<std::string>());
  }

  TestRecords all;
  int copies = 0;
};

TEST(LogArchive, HoldsEverySegmentThatWasUsedAgain) {
  ArchiveHarness h;
  ASSERT_TRUE(h.Open().ok());
  for (int i = 0; i < 30; ++i) {
    h.Fill(10);
    h.log->Release(h.log->Tail());
  }
  EXPECT_LE(h.Files().size(), 6u);
  h.Remember();
  ASSERT_TRUE(h.Close().ok());
  h.Die(true);
  EXPECT_EQ(h.Archived(), h.all);
}

TEST(LogArchive, GoesThroughStartsAndDeaths) {
  ArchiveHarness h;
  LogPosition from;
  for (int run = 0; run < 12; ++run) {
    ASSERT_TRUE(h.Open(from).ok());
    h.Fill(7 + run);
    from = h.client->acked[3].position;
    if (run % 3 == 2) from = h.log->Tail();
    h.log->Release(from);
    h.Remember();
    if (run % 4 == 1) {
      ASSERT_TRUE(h.Close().ok());
    }
    h.Die(run % 2 == 0);
  }
  ASSERT_TRUE(h.Open(from).ok());
  h.executor.RunUntilIdle();
  EXPECT_EQ(h.Archived(), h.all);
}

TEST(LogArchive, LacksNothingThatIsOlderThanTheInterval) {
  ArchiveHarness h;
  ASSERT_TRUE(h.Open().ok());
  for (int i = 0; i < 5; ++i) {
    h.Write("record");
    h.executor.RunUntilIdle(kInterval);
    h.Die(true);
    EXPECT_EQ(h.Archived().size(), i + 1u);
    ASSERT_TRUE(h.Open().ok());
  }
  // Part by part of one segment.
  for (int i = 0; i < 3; ++i) {
    h.Write("record");
    h.executor.RunUntilIdle(kInterval);
    EXPECT_EQ(h.Archived().size(), i + 6u);
  }
  EXPECT_EQ(h.archive->status().bytes_behind, 0u);
  EXPECT_EQ(h.archive->status().behind_ns, 0);
}

TEST(LogArchive, TellsHowFarItIsBehind) {
  ArchiveHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.executor.RunUntilIdle();
  h.Write("record");
  h.executor.RunUntilIdle(std::chrono::seconds(1));
  h.clock.AdvanceSeconds(7);
  EXPECT_GE(h.archive->status().bytes_behind, 4096u);
  EXPECT_NEAR(static_cast<double>(h.archive->status().behind_ns), 7e9, 1e9);
  h.executor.RunUntilIdle(kInterval);
  EXPECT_EQ(h.archive->status().bytes_behind, 0u);
  const uint64_t before = h.archive->status().segments_written;
  h.executor.RunUntilIdle();
  EXPECT_EQ(h.archive->status().segments_written, before) << "an idle log";
}

TEST(LogArchive, StopArchivesTheRest) {
  for (LogSync sync : {LogSync::kGroup, LogSync::kPeriodic}) {
    ArchiveHarness h;
    h.options.sync = sync;
    ASSERT_TRUE(h.Open().ok());
    h.Fill(20);
    ASSERT_TRUE(h.Append("last").ok());
    ASSERT_TRUE(h.Close().ok());
    h.Remember();
    EXPECT_EQ(h.all.size(), 21u);
    h.Die(true);
    EXPECT_EQ(h.Archived(), h.all);
  }
}

TEST(LogArchive, FailureHoldsFilesBackAndNothingElse) {
  ArchiveHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.fs.FailNext(FileOp::kAnyChange, kArchive, 1,
                absl::ResourceExhaustedError("no space"), true);
  for (int i = 0; i < 10; ++i) {
    h.Fill(10);
    h.log->Release(h.log->Tail());
  }
  h.Remember();
  EXPECT_EQ(h.all.size(), 100u) << "writes go on";
  EXPECT_TRUE(h.log->failed().ok());
  const LogArchiveStatus status = h.archive->status();
  EXPECT_EQ(status.failure.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_GE(status.bytes_held, 6 * h.options.segment_bytes);
  EXPECT_GE(status.bytes_behind, status.bytes_held);
  const absl::Status told = h.log->spare_failure();
  EXPECT_TRUE(absl::IsUnavailable(told)) << told;
  EXPECT_TRUE(absl::StrContains(told.message(), "archive")) << told;
  h.executor.RunUntilIdle(std::chrono::minutes(5));
  EXPECT_GE(h.Files().size(), 8u);
  EXPECT_TRUE(h.ArchiveFiles().empty());

  h.fs.ClearFaults();
  h.executor.RunUntilIdle(std::chrono::minutes(3));
  EXPECT_TRUE(h.archive->status().failure.ok());
  EXPECT_EQ(h.archive->status().bytes_held, 0u);
  EXPECT_TRUE(h.log->spare_failure().ok());
  EXPECT_EQ(h.Archived(), h.all);
}

TEST(LogArchive, WaitsForADiskThatIsNotMounted) {
  ArchiveHarness h;
  ASSERT_TRUE(h.fs.Remove("/backup/README").ok());
  ASSERT_TRUE(h.fs.RemoveDirectory("/backup").ok());
  ASSERT_TRUE(h.Open().ok());
  h.Fill(20);
  h.Remember();
  h.executor.RunUntilIdle(std::chrono::minutes(2));
  EXPECT_TRUE(absl::IsNotFound(h.archive->status().failure));
  EXPECT_FALSE(h.fs.Exists("/backup").value());
  h.fs.WriteFile("/backup/README", "");
  h.executor.RunUntilIdle(std::chrono::minutes(2));
  EXPECT_TRUE(h.archive->status().failure.ok());
  EXPECT_EQ(h.Archived(), h.all);
}

TEST(LogArchive, FailureIsTriedAgainMoreAndMoreSeldom) {
  ArchiveHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.executor.RunUntilIdle();
  h.fs.FailNext(FileOp::kAnyChange, kArchive, 1, absl::DataLossError("EIO"),
                true);
  h.Fill(20);
  h.executor.RunUntilIdle(std::chrono::minutes(10));
  const uint64_t before = h.executor.tasks_run();
  h.executor.RunUntilIdle(std::chrono::minutes(10));
  EXPECT_NEAR(h.executor.tasks_run() - before, 10, 2);
}

TEST(LogArchive, StopDoesNotWaitForWhatFails) {
  ArchiveHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.fs.FailNext(FileOp::kAnyChange, kArchive, 1, absl::DataLossError("EIO"),
                true);
  h.Fill(3);
  EXPECT_TRUE(h.Close().ok()) << "the first try, at the stop";
  h.Die(false);
  h.fs.FailNext(FileOp::kAnyChange, kArchive, 1, absl::DataLossError("EIO"),
                true);
  ASSERT_TRUE(h.Open().ok());
  h.executor.RunUntilIdle(std::chrono::seconds(30));
  EXPECT_FALSE(h.archive->status().failure.ok());
  EXPECT_TRUE(h.Close().ok());
}

TEST(LogArchive, StartTakesNoFileThatIsNotArchived) {
  ArchiveHarness h;
  for (int run = 0; run < 5; ++run) {
    h.fs.FailNext(FileOp::kAnyChange, kArchive, 1,
                  absl::ResourceExhaustedError("no space"), true);
    const LogPosition from = run == 0 ? LogPosition() : h.all.back().position;
    ASSERT_TRUE(h.Open({{from.value + 1}, from}).ok());
    EXPECT_TRUE(h.replayed.empty());
    h.Fill(15);
    h.log->Release(h.log->Tail());
    h.Remember();
    h.executor.RunUntilIdle(std::chrono::milliseconds(200));
    h.Die(run % 2 == 0);
    for (const std::string &path : h.Files()) {  // the disk had no spare left
      if (DecodeChunkHeader(h.fs.ReadFile(path).value())) continue;
      ASSERT_TRUE(h.fs.Remove(path).ok());
    }
  }
  ASSERT_TRUE(h.Open(h.all.back().position).ok());
  h.executor.RunUntilIdle(std::chrono::minutes(3));
  EXPECT_EQ(h.Archived(), h.all);
}

TEST(LogArchive, DamagedSegmentIsArchivedWithItsHole) {
  ArchiveHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.fs.FailNext(FileOp::kAnyChange, kArchive, 1,
                absl::ResourceExhaustedError("no space"), true);
  h.Fill(40);
  const LogPosition bad = h.client->acked[20].position;
  const Geometry geometry(h.options.segment_bytes);
  for (const std::string &path : h.Files()) {
    const auto header = DecodeChunkHeader(h.fs.ReadFile(path).value());
    if (header && header->segment == geometry.SegmentOf(bad)) {
      h.fs.Corrupt(path, geometry.OffsetOf(bad), "?????");
    }
  }
  h.fs.ClearFaults();
  h.executor.RunUntilIdle(std::chrono::minutes(3));
  EXPECT_EQ(h.archive->status().bytes_held, 0u);
  EXPECT_TRUE(h.archive->status().failure.ok());
  const std::vector<std::string> sources = {kArchive};
  EXPECT_EQ(CopyLog(&h.fs, sources, {}, "/copies/1").status().code(),
            absl::StatusCode::kDataLoss);
  const LogPosition behind = h.client->acked[21].position;
  EXPECT_TRUE(CopyLog(&h.fs, sources, {.from = behind}, "/copies/2").ok());
}

TEST(LogArchive, OfAnotherLogIsNeverTakenForItsOwn) {
  ArchiveHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.Fill(20);
  ASSERT_TRUE(h.Close().ok());
  for (const std::string &path : h.Files()) ASSERT_TRUE(h.fs.Remove(path).ok());
  h.Die(false);
  h.clock.AdvanceSeconds(1);
  ASSERT_TRUE(h.Open().ok());  // begins with the same segment ids
  h.Fill(20);
  h.log->Release(h.log->Tail());
  h.executor.RunUntilIdle(std::chrono::seconds(5));
  EXPECT_TRUE(absl::IsDataLoss(h.archive->status().failure));
  EXPECT_GT(h.archive->status().bytes_held, 0u);
}

// The machine dies at the archive's k-th operation, for each k.
TEST(LogArchive, DeathLeavesWhatTheNextStartCompletes) {
  for (int k = 1;; ++k) {
    ArchiveHarness h(k);
    ASSERT_TRUE(h.Open().ok());
    h.fs.FailNext(FileOp::kAnyChange, kArchive, k, absl::AbortedError("dies"),
                  true);
    h.Fill(25);
    h.log->Release(h.log->Tail());
    h.executor.RunUntilIdle(kInterval);
    const bool died = !h.archive->status().failure.ok();
    h.Remember();
    h.Die(true);
    ASSERT_TRUE(h.Open(h.all.back().position).ok());
    h.Fill(25);
    h.log->Release(h.log->Tail());
    h.executor.RunUntilIdle(kInterval);
    h.Remember();
    EXPECT_EQ(h.Archived(), h.all) << k;
    if (!died) {
      EXPECT_GT(k, 20);
      return;
    }
  }
}

}  // namespace
}  // namespace rowan
