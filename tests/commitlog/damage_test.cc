// SPDX-License-Identifier: Apache-2.0
// What a reader makes of bytes that are not as they were written.
#include "absl/strings/match.h"
#include "tests/commitlog/log_harness.h"

namespace rowan {
namespace {

constexpr char kFile[] = "/data/log/segment-000001.log";

// A dead log of `chunks` chunks with a record each in its first segment, of
// about `size` bytes; no idle mark behind them.
TestRecords WriteLog(LogHarness& h, int chunks, size_t size) {
  EXPECT_TRUE(h.Open().ok());
  for (int i = 0; i < chunks; ++i) {
    h.Write(std::string(size + 100 * i, static_cast<char>('a' + i)));
  }
  TestRecords all = h.client->acked;
  EXPECT_EQ(all.size(), static_cast<size_t>(chunks));
  h.Die(true);
  return all;
}

// What is not replayed lies in a hole; from `beyond_telling` on it may be gone.
void ExpectAllButTheHoles(const LogHarness& h, const TestRecords& all,
                          LogPosition beyond_telling) {
  size_t next = 0;
  for (const TestRecord& record : all) {
    if (next < h.replayed.size() && h.replayed[next] == record) {
      ++next;
      continue;
    }
    const bool told =
        std::any_of(h.holes.begin(), h.holes.end(), [&](const LogHole& hole) {
          return record.position >= hole.from && record.position < hole.to;
        });
    ASSERT_TRUE(told || record.position >= beyond_telling)
        << record.position.value;
  }
  ASSERT_EQ(next, h.replayed.size()) << "a record that was never written";
}

TEST(LogDamage, FlippedByteLosesOnlyItsChunkAndTellsIt) {
  LogHarness h;
  h.options.segment_bytes = 32 << 10;
  const TestRecords all = WriteLog(h, 4, 1500);
  const std::string image = h.fs.ReadFile(kFile).value();
  const uint64_t last_chunk =
      Geometry(h.options.segment_bytes).OffsetOf(all.back().position) -
      kChunkHeaderBytes - kRecordHeaderBytes;
  int holes = 0;
  for (uint64_t at = 0; at < image.size(); at += at < 8192 ? 1 : 7) {
    h.fs.WriteFile(kFile, image);
    const char flipped = static_cast<char>(image[at] ^ (1 << (at % 8)));
    h.fs.Corrupt(kFile, at, {&flipped, 1});
    SCOPED_TRACE(absl::StrCat("flipped at ", at));
    ASSERT_TRUE(h.Open().ok());
    ASSERT_NO_FATAL_FAILURE(ExpectAllButTheHoles(h, all, all.back().position));
    ASSERT_GE(h.replayed.size(), all.size() - 1);
    ASSERT_LE(h.holes.size(), at < last_chunk ? 1u : 0u);
    for (const LogHole& hole : h.holes) {
      ++holes;
      ASSERT_TRUE(absl::StrContains(
          hole.what, absl::StrCat(kFile, " at ", at / 4096 * 4096)))
          << hole.what;
    }
    h.Die(true);
    // The next log went to a file of its own; forget it.
    for (const std::string& path : h.Files()) {
      if (path != kFile) {
        ASSERT_TRUE(h.fs.Remove(path).ok());
      }
    }
    ASSERT_TRUE(h.fs.SyncDirectory("/data/log").ok());
  }
  EXPECT_GT(holes, 1000);
}

TEST(LogDamage, HoleNamesFileOffsetAndLossAndWhoseItWas) {
  LogHarness h;
  ASSERT_TRUE(h.Open().ok());
  for (uint64_t i = 0; i < 4; ++i) h.Write(std::string(1500, 'a'), 1ull << i);
  const TestRecords all = h.client->acked;
  h.Die(true);
  h.fs.Corrupt(kFile, 8192 + 200, "damage");
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(h.Open().ok());
    EXPECT_EQ(h.replayed, (TestRecords{all[0], all[2], all[3]}));
    ASSERT_EQ(h.holes.size(), 1u) << "at every opening";
    EXPECT_TRUE(
        absl::StrContains(h.holes[0].what, absl::StrCat(kFile, " at 8192")));
    EXPECT_TRUE(absl::StrContains(h.holes[0].what, "; 1 records from"));
    EXPECT_EQ(h.holes[0].scope, 2u);
    EXPECT_LT(h.holes[0].from, all[1].position);
    EXPECT_LE(h.holes[0].to, all[2].position);
    h.Die(true);
  }
  // Not when it has been flushed.
  ASSERT_TRUE(h.Open(all[2].position).ok());
  EXPECT_EQ(h.replayed.size(), 2u);
  EXPECT_TRUE(h.holes.empty());
}

TEST(LogDamage, BlockTheDiskCantReadLosesOnlyItsChunk) {
  for (uint64_t block = 0; block < 8; ++block) {
    SCOPED_TRACE(block);
    LogHarness h;
    h.options.segment_bytes = 32 << 10;
    const TestRecords all = WriteLog(h, 4, 1500);
    h.fs.SetUnreadable(kFile, block * 4096 + 512, 512);
    ASSERT_TRUE(h.Open().ok());
    EXPECT_GE(h.replayed.size(), all.size() - 1);
    ASSERT_NO_FATAL_FAILURE(ExpectAllButTheHoles(h, all, all.back().position));
  }
}

TEST(LogDamage, WithoutAHeaderTheHoleMayBeAnybodys) {
  LogHarness h;
  ASSERT_TRUE(h.Open().ok());
  for (uint64_t i = 0; i < 4; ++i) h.Write(std::string(1500, 'a'), 1);
  h.Die(true);
  h.fs.Corrupt(kFile, 8192 + 20, "damage");
  ASSERT_TRUE(h.Open().ok());
  EXPECT_EQ(h.replayed.size(), 3u);
  ASSERT_EQ(h.holes.size(), 1u);
  EXPECT_EQ(h.holes[0].scope, kLogScopeAll);
}

TEST(LogDamage, FileCutShortLosesOnlyWhatWasCut) {
  LogHarness h;
  h.options.segment_bytes = 16 << 10;
  ASSERT_TRUE(h.Open().ok());
  for (int i = 0; i < 12; ++i) h.Write(std::string(2000, 'a'));
  const TestRecords all = h.client->acked;
  h.Die(true);
  const std::string image = h.fs.ReadFile(kFile).value();
  h.fs.WriteFile(kFile, image.substr(0, 9000));
  ASSERT_TRUE(h.Open().ok());
  EXPECT_FALSE(h.recovery.notes.empty());
  EXPECT_FALSE(h.holes.empty());
  EXPECT_GE(h.replayed.size(), all.size() - 2);
  ASSERT_NO_FATAL_FAILURE(ExpectAllButTheHoles(h, all, {UINT64_MAX}));
}

// No crash cuts a file, so that nothing of it is beyond telling.
TEST(LogDamage, FileThatIsCutShortIsNeverTakenForTheEndOfTheLog) {
  int holes = 0;
  for (uint64_t cut = 0; cut < 16 << 10; cut += 256) {
    for (const int file : {1, 2, 3}) {
      LogHarness h;
      h.options.segment_bytes = 16 << 10;
      ASSERT_TRUE(h.Open().ok());
      for (int i = 0; i < 6; ++i) h.Write(std::string(2500, 'a'));
      const TestRecords all = h.client->acked;
      h.Die(true);
      const std::string path =
          "/data/log/" + SegmentFileName(static_cast<uint64_t>(file), ".log");
      const std::string image = h.fs.ReadFile(path).value();
      h.fs.WriteFile(path, image.substr(0, cut));
      SCOPED_TRACE(absl::StrCat(path, " cut at ", cut));
      ASSERT_TRUE(h.Open().ok());
      ASSERT_NO_FATAL_FAILURE(ExpectAllButTheHoles(h, all, {UINT64_MAX}));
      holes += !h.holes.empty();
    }
  }
  EXPECT_GT(holes, 100);
}

TEST(LogDamage, IdleMarkTellsDamageOfTheLastRecords) {
  LogHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.Write("durable for long");
  h.executor.RunUntilIdle();
  h.Die(true);
  h.fs.Corrupt(kFile, 4096 + 90, "damage");
  ASSERT_TRUE(h.Open().ok());
  EXPECT_EQ(h.holes.size(), 1u);
}

TEST(LogDamage, DamagedFirstChunkDoesNotHideASegment) {
  for (size_t zeros : {size_t{1}, size_t{4096}, size_t{8192}}) {
    LogHarness h;
    const TestRecords all = WriteLog(h, 5, 1500);
    h.fs.Corrupt(kFile, 0, std::string(zeros, '\0'));
    ASSERT_TRUE(h.Open().ok()) << zeros;
    EXPECT_FALSE(h.holes.empty()) << zeros;
    EXPECT_GE(h.replayed.size(), all.size() - 1) << zeros;
  }
}

// Every torn form of the last chunk: only its first n bytes were written.
TEST(LogDamage, TornTailIsCutAndNeverComesBack) {
  for (bool recycled : {false, true}) {
    for (uint64_t torn = 0;; torn += 512) {
      LogHarness h;
      TestRecords all = WriteLog(h, 3, 9000);
      const uint64_t chunk =
          Geometry(h.options.segment_bytes).OffsetOf(all.back().position) -
          kChunkHeaderBytes - kRecordHeaderBytes;
      if (torn >= kChunkHeaderBytes + kRecordHeaderBytes + 9200) break;
      std::string image = h.fs.ReadFile(kFile).value();
      for (uint64_t i = chunk + torn; i < image.size(); ++i) {
        image[i] = recycled ? static_cast<char>(i * 31) : '\0';
      }
      h.fs.WriteFile(kFile, image);
      all.pop_back();
      ASSERT_TRUE(h.Open().ok()) << torn;
      EXPECT_EQ(h.replayed, all);
      EXPECT_EQ(h.recovery.notes.size(), torn == 0 ? 0u : 1u) << torn;
      // The torn bytes stay, and are neither damage nor data later.
      for (int i = 0; i < 3; ++i) {
        h.Write("after");
        all.push_back(h.client->acked.back());
        h.Die(i % 2 == 0);
        ASSERT_TRUE(h.Open().ok()) << torn;
        EXPECT_EQ(h.replayed, all);
        EXPECT_TRUE(h.recovery.notes.empty());
      }
    }
  }
}

TEST(LogDamage, RandomBytesNeverCrashTheReader) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    SimRandom random(seed);
    LogHarness h;
    h.options.segment_bytes = 32 << 10;
    const TestRecords all = WriteLog(h, 4, 800);
    for (uint64_t i = 0; i <= random.Below(4); ++i) {
      std::string bytes(1 + random.Below(3000), '\0');
      for (char& c : bytes) c = static_cast<char>(random.Next());
      h.fs.Corrupt(kFile, random.Below((32 << 10) - bytes.size()), bytes);
    }
    if (h.Open().ok()) {
      SCOPED_TRACE(absl::StrCat("seed ", seed));
      // Up to three chunks of the end may be hit.
      ExpectAllButTheHoles(h, all, all.front().position);
    }
  }
}

}  // namespace
}  // namespace rowan
