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

bool IsPrefix(const TestRecords& part, const TestRecords& all) {
  return part.size() <= all.size() &&
         std::equal(part.begin(), part.end(), all.begin());
}

TEST(LogDamage, FlippedByteIsAnErrorOrHarmless) {
  LogHarness h;
  h.options.segment_bytes = 32 << 10;
  const TestRecords all = WriteLog(h, 4, 1500);
  const std::string image = h.fs.ReadFile(kFile).value();
  const uint64_t last_chunk =
      Geometry(h.options.segment_bytes).OffsetOf(all.back().position) -
      kChunkHeaderBytes - kRecordHeaderBytes;
  int errors = 0;
  for (uint64_t at = 0; at < image.size(); at += at < 8192 ? 1 : 7) {
    h.fs.WriteFile(kFile, image);
    const char flipped = static_cast<char>(image[at] ^ (1 << (at % 8)));
    h.fs.Corrupt(kFile, at, {&flipped, 1});
    const absl::Status status = h.Open();
    if (status.ok()) {
      ASSERT_TRUE(IsPrefix(h.replayed, all)) << "flipped at " << at;
      if (at < last_chunk) {
        ASSERT_EQ(h.replayed, all) << "flipped at " << at;
      }
    } else {
      ++errors;
      ASSERT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
      ASSERT_TRUE(absl::StrContains(status.message(), "segment")) << status;
      ASSERT_LT(at, last_chunk) << status;
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
  EXPECT_GT(errors, 1000);
}

TEST(LogDamage, DamageNamesFileOffsetAndLoss) {
  LogHarness h;
  const TestRecords all = WriteLog(h, 4, 1500);
  h.fs.Corrupt(kFile, 8192 + 200, "damage");
  const absl::Status status = h.Open();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(
      absl::StrContains(status.message(), absl::StrCat(kFile, " at 8192")))
      << status;
  EXPECT_TRUE(absl::StrContains(status.message(), "(1 records)")) << status;
  EXPECT_EQ(h.Open().code(), absl::StatusCode::kDataLoss) << "at every try";
  // Not when it has been flushed.
  EXPECT_TRUE(h.Open(all[2].position).ok());
  EXPECT_EQ(h.replayed.size(), 2u);
}

TEST(LogDamage, IdleMarkTellsDamageOfTheLastRecords) {
  LogHarness h;
  ASSERT_TRUE(h.Open().ok());
  h.Write("durable for long");
  h.executor.RunUntilIdle();
  h.Die(true);
  h.fs.Corrupt(kFile, 4096 + 90, "damage");
  EXPECT_EQ(h.Open().code(), absl::StatusCode::kDataLoss);
}

TEST(LogDamage, DamagedFirstChunkDoesNotHideASegment) {
  for (size_t zeros : {size_t{1}, size_t{4096}, size_t{8192}}) {
    LogHarness h;
    WriteLog(h, 5, 1500);
    h.fs.Corrupt(kFile, 0, std::string(zeros, '\0'));
    EXPECT_EQ(h.Open().code(), absl::StatusCode::kDataLoss) << zeros;
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
      EXPECT_TRUE(IsPrefix(h.replayed, all)) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace rowan
