// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/background/scrubber.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "tests/lib/engine_harness.h"

namespace rowan {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::SizeIs;

constexpr TableId kTable{1};
constexpr int kFiles = 20;
constexpr int kKeysPerFile = 60;

class ScrubberTest : public ::testing::Test {
 protected:
  ScrubberTest() {
    world_.log_options.segment_bytes = 1 << 20;
    world_.options.scrub_period_s = 3600;
    TableOptions options;
    options.partition_prefix_length = 0;
    options.compaction_scaling = 32;  // so few files are never merged
    schema_ = TestSchema(1, options);
    world_.tables = {schema_};
  }
  void Open() { ASSERT_TRUE(world_.Open().ok()); }
  static std::string Key(int file, int i) {
    return "f" + std::to_string(file) + "k" + std::to_string(i);
  }
  // A file of a dozen blocks.
  void WriteFile(int file, size_t value_bytes = 1500) {
    for (int i = 0; i < kKeysPerFile; ++i) {
      TestMutation one(schema_, Key(file, i));
      ASSERT_TRUE(
          world_.Write(one.Put(1, std::string(value_bytes, 'x'), 10)).ok());
    }
    ASSERT_TRUE(world_.Flush(kTable).ok());
  }
  void RunFor(std::chrono::seconds time) {
    world_.executor().RunUntilIdle(time);
  }
  ScrubStatus Scrub() { return world_.engine().status().scrub; }
  std::string FirstPath() {
    return world_.engine().SSTables(kTable).front().path;
  }

  std::shared_ptr<const Schema> schema_;
  EngineHarness world_;
};

// R12: a hundred damages, each in a block of its own.
TEST_F(ScrubberTest, FindsEveryDamageWithinItsPeriodAndTellsWhatIsLost) {
  Open();
  for (int file = 0; file < kFiles; ++file) WriteFile(file);
  std::vector<std::string> paths;
  for (const SSTableStatus& file : world_.engine().SSTables(kTable)) {
    paths.push_back(file.path);
    // The last block, too.
    const uint64_t data = file.statistics.data_bytes_stored;
    for (const uint64_t at : {uint64_t{100}, uint64_t{17'000}, uint64_t{34'000},
                              uint64_t{51'000}, data - 10}) {
      world_.fs().Corrupt(file.path, at, "damage");
    }
  }
  ASSERT_THAT(paths, SizeIs(kFiles));
  RunFor(std::chrono::seconds(3600));
  const ScrubStatus status = Scrub();
  EXPECT_EQ(status.rounds, 1u);
  EXPECT_EQ(status.files, 20u);
  EXPECT_EQ(status.damaged_files, 20u);
  EXPECT_GT(status.finished_at_us, 0);
  EXPECT_FALSE(status.running);
  ASSERT_THAT(status.damages, SizeIs(100));
  EXPECT_THAT(status.damages,
              Each(MatchesRegex("/data/1/.*sst: block at offset [0-9]+: "
                                "checksum .*; lost: wide rows with tokens "
                                "-?[0-9]+ to -?[0-9]+")));
  for (const std::string& path : paths) {
    int found = 0;
    for (const std::string& line : status.damages) {
      found += line.find(path + ":") == 0;
    }
    EXPECT_EQ(found, 5) << path;
  }
  EXPECT_EQ(world_.engine().status().compaction_damaged_sstables, 20u);
  EXPECT_THAT(world_.engine().status().background_failure,
              HasSubstr("scrub: /data/1/"));
  int lost = 0;
  for (int i = 0; i < kKeysPerFile; ++i) {
    const auto read = world_.ReadKey(kTable, Key(3, i));
    if (!read.ok()) {
      EXPECT_EQ(read.status().code(), absl::StatusCode::kDataLoss);
      ++lost;
    }
  }
  EXPECT_GT(lost, 5);
  EXPECT_LT(lost, kKeysPerFile / 2 + 5);
}

TEST_F(ScrubberTest, FindsWhatOnlyTheNextStartWouldRead) {
  Open();
  WriteFile(0);
  const uint64_t end = world_.fs().ReadFile(FirstPath())->size();
  world_.fs().Corrupt(FirstPath(), end - 100, "damage");
  EXPECT_TRUE(world_.ReadKey(kTable, Key(0, 1)).ok());
  RunFor(std::chrono::seconds(3600));
  ASSERT_THAT(Scrub().damages, SizeIs(1));
  EXPECT_THAT(Scrub().damages[0], HasSubstr(FirstPath()));
  EXPECT_THAT(Scrub().damages[0], HasSubstr("lost: all of it"));
}

TEST_F(ScrubberTest, GoodFilesAreReadOnceAPeriod) {
  Open();
  for (int file = 0; file < 2; ++file) WriteFile(file);
  WriteFile(2, 9000);  // takes several steps
  RunFor(std::chrono::seconds(3600));
  EXPECT_EQ(Scrub().rounds, 1u);
  EXPECT_EQ(Scrub().files, 3u);
  uint64_t stored = 0;
  for (const SSTableStatus& file : world_.engine().SSTables(kTable)) {
    stored += file.statistics.data_bytes_stored;
  }
  EXPECT_EQ(Scrub().bytes, stored);
  EXPECT_THAT(Scrub().damages, IsEmpty());
  RunFor(std::chrono::seconds(3600));
  EXPECT_EQ(Scrub().rounds, 2u);
  EXPECT_EQ(Scrub().bytes, 2 * stored);
}

TEST_F(ScrubberTest, ReadsNoFasterThanItMay) {
  world_.options.scrub_bytes_per_s = 16 << 10;
  Open();
  for (int file = 0; file < 8; ++file) WriteFile(file);
  RunFor(Scrubber::kFirstDelay);
  const uint64_t before = Scrub().bytes;
  RunFor(std::chrono::seconds(30));
  EXPECT_GT(Scrub().bytes, before);
  EXPECT_LE(Scrub().bytes - before, (30 * 16 << 10) + Scrubber::kStepBytes);
  EXPECT_TRUE(Scrub().running);
}

TEST_F(ScrubberTest, FilesThatWereMergedAwayAreNotMissed) {
  world_.options.scrub_bytes_per_s = 16 << 10;
  Open();
  for (int file = 0; file < 4; ++file) WriteFile(file);
  RunFor(Scrubber::kFirstDelay + std::chrono::seconds(1));
  ASSERT_TRUE(Scrub().running);
  ASSERT_TRUE(world_.Compact(kTable).ok());
  RunFor(std::chrono::seconds(3600));
  EXPECT_GE(Scrub().rounds, 1u);
  EXPECT_THAT(Scrub().damages, IsEmpty());
}

TEST_F(ScrubberTest, StopDoesNotWaitForARound) {
  world_.options.scrub_bytes_per_s = 1 << 10;
  Open();
  for (int file = 0; file < 2; ++file) WriteFile(file);
  RunFor(Scrubber::kFirstDelay + std::chrono::seconds(1));
  ASSERT_TRUE(Scrub().running);
  const int64_t before = world_.clock().MonotonicNanos();
  ASSERT_TRUE(world_.Stop().ok());
  EXPECT_LT(world_.clock().MonotonicNanos() - before, 1'000'000'000);
  // Its timer fires into nothing.
  RunFor(std::chrono::seconds(3600));
}

TEST_F(ScrubberTest, WithoutAPeriodNothingIsRead) {
  world_.options.scrub_period_s = 0;
  Open();
  WriteFile(0);
  RunFor(std::chrono::seconds(3600));
  EXPECT_EQ(Scrub().files, 0u);
}

}  // namespace
}  // namespace rowan
