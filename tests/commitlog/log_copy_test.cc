// SPDX-License-Identifier: Apache-2.0
#include "commitlog/log_copy.h"

#include "absl/strings/match.h"
#include "tests/commitlog/log_harness.h"
#include "tests/commitlog/meanwhile_file_system.h"

namespace rowan {
namespace {

constexpr char kLog[] = "/data/log";
constexpr char kArchive[] = "/archive";
constexpr int64_t kMs = 1'000'000;

std::string RecordOf(uint64_t i, size_t size) {
  std::string record = absl::StrCat("record ", i, " ");
  record.resize(size, static_cast<char>('a' + i % 26));
  return record;
}

// Those in [from, until).
TestRecords Within(const TestRecords& all, LogPosition from,
                   LogPosition until) {
  TestRecords result;
  for (const TestRecord& r : all) {
    if (r.position >= from && r.position < until) result.push_back(r);
  }
  return result;
}

// A log, and copies of it that are opened as a node would.
struct CopyHarness : LogHarness {
  CopyHarness() { fs.WriteFile("/copies/README", ""); }

  absl::StatusOr<LogCopied> Copy(const LogCut& cut,
                                 std::vector<std::string> sources = {kLog}) {
    into = absl::StrCat("/copies/", ++copies);
    return CopyLog(&fs, sources, cut, into);
  }

  // What a node that knows `need` finds in the last copy.
  TestRecords Read(LogNeed need) {
    CommitLogOptions there = options;
    there.directory = into;
    TestClient nobody;
    TestReplay replay;
    LogRecovery found;
    auto opened = CommitLog::Open(there, &fs, &clock, &executor, need, &replay,
                                  &nobody, &found);
    EXPECT_TRUE(opened.ok()) << opened.status();
    found_holes = replay.holes;
    for (const std::string& note : found.notes) ADD_FAILURE() << note;
    return replay.records;
  }
  TestRecords ReadWhole(LogNeed need) {
    TestRecords records = Read(need);
    EXPECT_TRUE(found_holes.empty()) << found_holes[0].what;
    return records;
  }

  // Several segments of records, and rest behind them.
  void Fill(uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) {
      Write(RecordOf(i, 1 + i * 3701 % 9000));
      clock.AdvanceNanos(kMs);
    }
    executor.RunUntilIdle();
  }

  // The file that holds the segment of a position.
  std::string FileOf(LogPosition position) {
    const Geometry geometry(options.segment_bytes);
    for (const std::string& path : Files()) {
      const auto header = DecodeChunkHeader(fs.ReadFile(path).value());
      if (header && header->segment == geometry.SegmentOf(position)) {
        return path;
      }
    }
    return "";
  }
  void Archive(LogPosition position) {
    const Geometry geometry(options.segment_bytes);
    const std::string name =
        SegmentFileName(geometry.SegmentOf(position).value, ".log");
    fs.WriteFile(absl::StrCat(kArchive, "/", name),
                 fs.ReadFile(FileOf(position)).value());
  }

  std::string into;
  int copies = 0;
  std::vector<LogHole> found_holes;
};

TEST(LogCopy, OfARestingLogIsAllOfIt) {
  CopyHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.Fill(100);
  const auto copied = h.Copy({});
  ASSERT_TRUE(copied.ok()) << copied.status();
  EXPECT_EQ(copied->end, h.log->Tail());
  EXPECT_GT(copied->wall_us, 0);
  const TestRecords all = h.client->acked;
  h.Die(true);  // it is durable, too
  EXPECT_EQ(h.ReadWhole({{}, copied->end}), all);
}

TEST(LogCopy, EndsAtAnyCutAndBeginsAnywhere) {
  CopyHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.Fill(40);
  const TestRecords all = h.client->acked;
  const LogPosition begin = all.front().position;
  std::vector<LogPosition> cuts;
  for (const TestRecord& r : all) cuts.push_back(r.position);
  for (uint64_t segment = 2; segment <= 4; ++segment) {
    cuts.push_back(Geometry(h.options.segment_bytes).StartOf({segment}));
  }
  for (const LogPosition until : cuts) {
    for (const LogPosition from : {begin, all[13].position, until}) {
      if (from > until) continue;
      const auto copied = h.Copy({.from = from, .until = until});
      ASSERT_TRUE(copied.ok()) << copied.status();
      // A chunk is one record here, whose header is before the position.
      const TestRecords expected = Within(all, from, {until.value + 1});
      const LogPosition known = std::min(until, copied->end);
      EXPECT_EQ(h.ReadWhole({from, known}), expected) << until.value;
      EXPECT_EQ(h.ReadWhole({from, known}), expected) << "the second start";
    }
  }
}

TEST(LogCopy, TimeCutsBeforeTheFirstLaterChunk) {
  CopyHarness h;
  ASSERT_TRUE(h.Open().ok());
  std::vector<int64_t> times;
  for (uint64_t i = 0; i < 30; ++i) {
    times.push_back(h.clock.WallMicros());
    h.Write(RecordOf(i, 6000));
    h.clock.AdvanceNanos(kMs);
  }
  h.executor.RunUntilIdle();
  const TestRecords all = h.client->acked;
  for (size_t i = 0; i < all.size(); ++i) {
    for (const int64_t wall_us : {times[i], times[i] + 999}) {
      const auto copied = h.Copy({.until_wall_us = wall_us});
      ASSERT_TRUE(copied.ok()) << copied.status();
      EXPECT_EQ(copied->wall_us, times[i]);
      EXPECT_EQ(h.ReadWhole({{}, copied->end}),
                TestRecords(all.begin(), all.begin() + i + 1));
    }
  }
  EXPECT_EQ(h.Copy({.until_wall_us = times[0] - 1}).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(LogCopy, LeavesOutWhatNothingProvesToBeDurable) {
  CopyHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.Write("proved by the next");
  h.Write("answered, and proved by nothing yet");
  ASSERT_TRUE(h.Copy({}).ok());
  EXPECT_EQ(h.ReadWhole({}).size(), 1u);
  h.executor.RunUntilIdle();  // the mark
  ASSERT_TRUE(h.Copy({}).ok());
  EXPECT_EQ(h.ReadWhole({}).size(), 2u);
}

TEST(LogCopy, OfAPeriodicLogHoldsNothingThatPowerCouldTake) {
  CopyHarness h;
  h.options.sync = LogSync::kPeriodic;
  ASSERT_TRUE(h.Open().ok());
  for (int i = 0; i < 40; ++i) {
    h.Write(RecordOf(i, 3000));
    h.clock.AdvanceNanos(17 * kMs);
    h.executor.RunReady();
  }
  ASSERT_EQ(h.client->acked.size(), 40u);
  const TestRecords all = h.client->acked;
  ASSERT_TRUE(h.Copy({}).ok());
  h.Die(true);
  const TestRecords copied = h.ReadWhole({});
  EXPECT_GT(copied.size(), 30u);
  EXPECT_LT(copied.size(), 40u);
  ASSERT_TRUE(h.Open().ok());
  ASSERT_GE(h.replayed.size(), copied.size());
  h.replayed.resize(copied.size());
  EXPECT_EQ(h.replayed, copied);
}

TEST(LogCopy, IsNotHeldToWhatTheLogHasReleasedSince) {
  CopyHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.Fill(30);
  const LogPosition from = h.client->acked[3].position;
  h.log->Release(h.client->acked[25].position);
  h.Write("its chunk tells the new head");
  h.executor.RunUntilIdle();
  const TestRecords all = h.client->acked;
  for (const TestRecord& r : Within(all, from, all[25].position)) {
    h.Archive(r.position);
  }
  ASSERT_TRUE(h.Copy({.from = from}, {kLog, kArchive}).ok());
  EXPECT_EQ(h.ReadWhole({from, from}), Within(all, from, {UINT64_MAX}));
  // Idle partitions may remember less.
  EXPECT_EQ(h.ReadWhole({{1}, from}), Within(all, from, {UINT64_MAX}));
}

TEST(LogCopy, ShowsWhereTheLogWasWhenNothingOfItIsNeeded) {
  CopyHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.Fill(60);
  const LogPosition end = h.log->Tail();
  ASSERT_TRUE(h.Copy({.from = end, .until = end}).ok());
  EXPECT_TRUE(h.ReadWhole({end, end}).empty());
  EXPECT_EQ(h.Copy({}, {"/data/none"}).status().code(),
            absl::StatusCode::kNotFound);
}

TEST(LogCopy, GoesBackThroughStartsThatNeededNothing) {
  CopyHarness h;
  TestRecords all;
  LogPosition from;
  for (int run = 0; run < 4; ++run) {
    ASSERT_TRUE(h.Open(from).ok());
    EXPECT_TRUE(h.replayed.empty());
    h.Write(RecordOf(run, 5000));
    all.push_back(h.client->acked[0]);
    h.executor.RunUntilIdle();
    from = h.log->Tail();  // all is flushed
    if (run % 2 == 0) {
      ASSERT_TRUE(h.Close().ok());
    }
    h.Archive(all.back().position);
    h.Die(true);
  }
  const auto copied = h.Copy({}, {kArchive});
  ASSERT_TRUE(copied.ok()) << copied.status();
  EXPECT_EQ(h.ReadWhole({{}, copied->end}), all);
}

TEST(LogCopy, MissingSegmentIsDataLossUnlessItIsBehindTheCut) {
  CopyHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.Fill(60);
  const TestRecords all = h.client->acked;
  const LogPosition gone = all[30].position;
  h.Archive(gone);
  ASSERT_TRUE(h.fs.Remove(h.FileOf(gone)).ok());
  const absl::Status lost = h.Copy({}).status();
  EXPECT_EQ(lost.code(), absl::StatusCode::kDataLoss);
  const LogPosition begins =
      Geometry(h.options.segment_bytes)
          .StartOf(Geometry(h.options.segment_bytes).SegmentOf(gone));
  LogPosition last_before;
  for (const TestRecord& r : all) {
    if (r.position < begins) last_before = r.position;
  }
  ASSERT_TRUE(h.Copy({.until = begins}).ok());
  EXPECT_EQ(h.ReadWhole({}), Within(all, {}, begins));
  ASSERT_TRUE(h.Copy({}, {kLog, kArchive}).ok());
  EXPECT_EQ(h.ReadWhole({}), all);
  ASSERT_TRUE(h.Copy({.from = all[50].position}).ok());
  EXPECT_EQ(h.ReadWhole({all[50].position, {}}),
            Within(all, all[50].position, {UINT64_MAX}));
}

TEST(LogCopy, DamagedChunkIsTakenFromWhereItIsWhole) {
  CopyHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.Fill(40);
  const TestRecords all = h.client->acked;
  const LogPosition bad = all[20].position;
  const uint64_t offset = Geometry(h.options.segment_bytes).OffsetOf(bad);
  h.Archive(bad);
  h.fs.Corrupt(h.FileOf(bad), offset, "?????");
  ASSERT_TRUE(h.Copy({}, {kLog, kArchive}).ok());
  EXPECT_EQ(h.ReadWhole({}), all);
  const absl::Status lost = h.Copy({}).status();
  EXPECT_EQ(lost.code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(absl::StrContains(lost.message(),
                                absl::StrCat("position ", bad.value - 80)))
      << lost;
  // Where it is not needed it doesn't matter.
  ASSERT_TRUE(h.Copy({.from = all[21].position}).ok());
  EXPECT_EQ(h.ReadWhole({all[21].position, {}}),
            Within(all, all[21].position, {UINT64_MAX}));
  ASSERT_TRUE(h.Copy({.until = all[19].position}).ok());
}

TEST(LogCopy, UnreadableBlocksAreDamage) {
  CopyHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.Fill(40);
  const LogPosition bad = h.client->acked[20].position;
  const uint64_t offset = Geometry(h.options.segment_bytes).OffsetOf(bad);
  h.fs.SetUnreadable(h.FileOf(bad), offset, 1);
  EXPECT_EQ(h.Copy({}).status().code(), absl::StatusCode::kDataLoss);
  h.Archive(bad);
  ASSERT_TRUE(h.Copy({}, {kArchive, kLog}).ok());
  EXPECT_EQ(h.ReadWhole({}), h.client->acked);
}

// The log goes on while it is copied, and takes the files for new segments.
TEST(LogCopy, SegmentReusedMeanwhileIsFoundInTheArchive) {
  for (const bool archived : {true, false}) {
    CopyHarness h;
    ASSERT_TRUE(h.Open().ok());
    h.Fill(60);
    const TestRecords all = h.client->acked;
    const std::string second = h.FileOf(all[20].position);
    const std::string before = h.fs.ReadFile(second).value();
    MeanwhileFileSystem meanwhile(&h.fs, "/copy/segment-000001", [&] {
      if (archived) {
        for (const TestRecord& r : all) h.Archive(r.position);
      }
      h.log->Release(h.log->Tail());
      h.Fill(100);
      EXPECT_NE(h.fs.ReadFile(second).value_or(""), before);
    });
    h.into = "/copy";
    const std::vector<std::string> sources = {kLog, kArchive};
    const auto copied = CopyLog(&meanwhile, sources, {}, h.into);
    EXPECT_TRUE(meanwhile.happened());
    if (archived) {
      ASSERT_TRUE(copied.ok()) << copied.status();
      EXPECT_EQ(h.ReadWhole({}), all);
    } else {
      EXPECT_EQ(copied.status().code(), absl::StatusCode::kDataLoss);
    }
  }
}

TEST(LogCopy, ServesAsASourceWhoseEndTheLogHasPassed) {
  CopyHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.Fill(20);
  ASSERT_TRUE(h.Copy({}).ok());
  const std::string early = h.into;
  h.Fill(20);
  for (const auto& sources : {std::vector<std::string>{early, kLog},
                              std::vector<std::string>{kLog, early}}) {
    ASSERT_TRUE(h.Copy({}, sources).ok());
    EXPECT_EQ(h.ReadWhole({}), h.client->acked);
  }
}

TEST(LogCopy, DamageOfItsLastChunkIsSeen) {
  CopyHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.Fill(3);
  const LogPosition last = h.client->acked.back().position;
  ASSERT_TRUE(h.Copy({.until = {last.value + 1}}).ok());
  h.fs.Corrupt(h.into + "/segment-000001.log",
               Geometry(h.options.segment_bytes).OffsetOf(last), "?????");
  EXPECT_EQ(h.Read({}).size(), 2u);
  ASSERT_EQ(h.found_holes.size(), 1u);
  EXPECT_EQ(h.found_holes[0].from.value, last.value - 80);
}

TEST(LogCopy, EveryFailureIsTold) {
  for (int nth = 1;; ++nth) {
    CopyHarness h;
    ASSERT_TRUE(h.Open().ok());
    h.Fill(20);
    h.fs.FailNext(FileOp::kAnyChange, "/copies/", nth,
                  absl::ResourceExhaustedError("no space"));
    const auto copied = h.Copy({});
    if (copied.ok()) {
      EXPECT_GT(nth, 10);
      return;
    }
    EXPECT_EQ(copied.status().code(), absl::StatusCode::kResourceExhausted);
  }
}

TEST(LogCopy, RefusesADirectoryThatHoldsSomething) {
  CopyHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.fs.WriteFile("/copies/1/segment-000009.log", "?");
  EXPECT_EQ(h.Copy({}).status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace rowan
