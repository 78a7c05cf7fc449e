// SPDX-License-Identifier: Apache-2.0
// Flushes and compactions: by themselves, apart from each other, never in the
// way.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "tests/lib/engine_harness.h"

namespace rowan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr TableId kTable{1};

class BackgroundTest : public ::testing::Test {
 protected:
  TestMutation On(std::string_view key) { return {schema_, key}; }
  // A key in each partition of the table, by partition.
  std::vector<std::string> KeyPerPartition() {
    const uint8_t bits = schema_->options.partition_prefix_length;
    std::vector<std::string> keys(size_t{1} << bits);
    size_t found = 0;
    for (int i = 0; found < keys.size(); ++i) {
      std::string key = "key" + std::to_string(i);
      auto& place = keys[PartitionId::Of(TokenOfKey(key), bits).prefix_bits];
      if (place.empty()) ++found, place = key;
    }
    return keys;
  }
  void Open(TableOptions options = {}) {
    schema_ = TestSchema(1, options);
    world_.tables = {schema_};
    ASSERT_TRUE(world_.Open().ok());
  }
  // The bytes of all partitions' files but one's, by path.
  std::map<std::string, std::string> FilesBesides(uint32_t prefix_bits) {
    std::map<std::string, std::string> files;
    for (const SSTableStatus& file : world_.engine().SSTables(kTable)) {
      if (file.statistics.partition.prefix_bits == prefix_bits) continue;
      files[file.path] = world_.fs().ReadFile(file.path).value();
    }
    return files;
  }
  size_t TemporaryFiles() {
    const auto names = world_.fs().List("/data/1").value();
    return static_cast<size_t>(
        std::count_if(names.begin(), names.end(), [](const std::string& name) {
          return name.find(".tmp") != std::string::npos;
        }));
  }

  std::shared_ptr<const Schema> schema_;
  EngineHarness world_;
};

TEST_F(BackgroundTest, FlushOfOnePartitionTouchesNoOther) {
  Open();
  const auto keys = KeyPerPartition();
  for (const int64_t row : {1, 2}) {
    for (const auto& key : keys) {
      ASSERT_TRUE(world_.Write(On(key).Put(row, "x", 10)).ok());
    }
    // All have a file by then, and something in memory.
    if (row == 1) {
      ASSERT_TRUE(world_.Flush(kTable).ok());
    }
  }
  const auto before = world_.engine().Partitions(kTable);
  const auto files_before = FilesBesides(3);
  ASSERT_THAT(files_before, SizeIs(keys.size() - 1));
  world_.fs().ResetCounters();
  ASSERT_TRUE(world_.Flush(kTable, PartitionId{4, 3}).ok());
  for (const auto& [path, bytes] : files_before) {
    EXPECT_EQ(world_.fs().Counters(path).opens, 0u) << path;
    EXPECT_EQ(world_.fs().Counters(path).writes, 0u) << path;
  }
  EXPECT_EQ(FilesBesides(3), files_before);
  const auto after = world_.engine().Partitions(kTable);
  ASSERT_EQ(after.size(), keys.size());
  for (size_t i = 0; i < after.size(); ++i) {
    SCOPED_TRACE(i);
    if (after[i].partition.prefix_bits == 3) {
      EXPECT_EQ(after[i].sstables, 2u);
      EXPECT_EQ(after[i].memtable_wide_rows, 0u);
      continue;
    }
    EXPECT_EQ(after[i].sstables, 1u);
    EXPECT_EQ(after[i].sstable_bytes, before[i].sstable_bytes);
    EXPECT_EQ(after[i].memtable_wide_rows, 1u);
    EXPECT_EQ(after[i].memtable_bytes, before[i].memtable_bytes);
    EXPECT_EQ(after[i].flushed_to, before[i].flushed_to);
  }
  EXPECT_THAT(world_.fs().List("/data/1").value(), SizeIs(keys.size() + 1));
}

TEST_F(BackgroundTest, TwoFlushesOverlapInTime) {
  Open();
  const auto keys = KeyPerPartition();
  const std::string big(16 << 10, 'x');
  for (int64_t row = 0; row < 100; ++row) {
    ASSERT_TRUE(world_.Write(On(keys[0]).Put(row, big, 10)).ok());
    ASSERT_TRUE(world_.Write(On(keys[1]).Put(row, big, 10)).ok());
  }
  int done = 0;
  for (uint32_t bits : {0u, 1u}) {
    world_.engine().Flush(kTable, PartitionId{4, bits},
                          [&](absl::Status status) {
                            EXPECT_TRUE(status.ok()) << status;
                            ++done;
                          });
  }
  size_t at_once = 0;
  ASSERT_TRUE(world_.executor().RunUntil([&] {
    at_once = std::max(at_once, TemporaryFiles());
    return done == 2;
  }));
  EXPECT_EQ(at_once, 2u);
}

TEST_F(BackgroundTest, ReadsFinishWhileWriteFlushAndMergeStandStill) {
  Open();
  const auto keys = KeyPerPartition();
  const std::string big(16 << 10, 'x');
  for (int round = 0; round < 2; ++round) {
    for (int64_t row = 0; row < 100; ++row) {
      ASSERT_TRUE(world_.Write(On(keys[0]).Put(row, big, 10 + round)).ok());
    }
    ASSERT_TRUE(world_.Flush(kTable).ok());
  }
  for (int64_t row = 0; row < 100; ++row) {
    ASSERT_TRUE(world_.Write(On(keys[1]).Put(row, big, 10)).ok());
  }
  // A merge and a flush in mid-step, and a write on its way to the disk.
  bool compacted = false, flushed = false;
  world_.engine().Compact(kTable, PartitionId{4, 0},
                          [&](absl::Status) { compacted = true; });
  world_.engine().Flush(kTable, PartitionId{4, 1},
                        [&](absl::Status) { flushed = true; });
  ASSERT_TRUE(
      world_.executor().RunUntil([&] { return TemporaryFiles() == 2; }));
  world_.fs().HoldAsync(true, "/log");
  bool written = false;
  const TestMutation write = On(keys[0]).Put(1, "new", 99);
  world_.engine().Write(write.mutation(),
                        [&](absl::Status) { written = true; });
  // No task runs from here on: the reads answer on this thread.
  for (const std::string& key : {keys[0], keys[1]}) {
    ReadCommand command;
    command.table = kTable;
    command.partition_key = key;
    command.token = TokenOfKey(key);
    command.page_bytes_max = 16 << 20;
    class Counter : public RowConsumer {
     public:
      size_t OnRow(const ResultRow&) override { return ++rows; }
      size_t rows = 0;
    } consumer;
    bool answered = false;
    world_.engine().Read(command, &consumer, [&](absl::StatusOr<PageEnd> end) {
      EXPECT_TRUE(end.ok()) << end.status();
      answered = true;
    });
    EXPECT_TRUE(answered);
    EXPECT_EQ(consumer.rows, 100u);
  }
  EXPECT_FALSE(compacted || flushed || written);
  world_.fs().HoldAsync(false);
  world_.fs().ReleaseAll();
  ASSERT_TRUE(world_.executor().RunUntil(
      [&] { return compacted && flushed && written; }));
}

TEST_F(BackgroundTest, FullPartitionIsFlushedByItself) {
  world_.options.partition_memtable_bytes_max = 64 << 10;
  Open();
  for (int64_t row = 0; row < 200; ++row) {
    ASSERT_TRUE(
        world_.Write(On("a").Put(row, std::string(1000, 'x'), 10)).ok());
  }
  world_.executor().RunUntilIdle();
  EXPECT_GE(world_.engine().status().flushes, 2u);
  EXPECT_THAT(world_.ReadKey(kTable, "a").value(), SizeIs(200));
}

TEST_F(BackgroundTest, NodeBudgetFlushesTheLargestPartition) {
  world_.options.memtable_limit_bytes = 1 << 20;
  Open();
  const auto keys = KeyPerPartition();
  ASSERT_TRUE(world_.Write(On(keys[5]).Put(1, "small", 10)).ok());
  for (int64_t row = 0; row < 600; ++row) {
    ASSERT_TRUE(
        world_.Write(On(keys[7]).Put(row, std::string(1000, 'x'), 10)).ok());
  }
  world_.executor().RunUntilIdle();
  const auto partitions = world_.engine().Partitions(kTable);
  EXPECT_GE(partitions[7].sstables, 1u);
  EXPECT_EQ(partitions[5].sstables, 0u);
  EXPECT_LT(world_.engine().status().memtable_bytes, 1 << 20);
}

TEST_F(BackgroundTest, LogOverItsSizeIsReleasedByFlushingWhoPinsIt) {
  world_.options.log_bytes_max = 256 << 10;
  Open();
  const auto keys = KeyPerPartition();
  ASSERT_TRUE(world_.Write(On(keys[2]).Put(1, "cold", 10)).ok());
  for (int64_t row = 0; row < 2000; ++row) {
    ASSERT_TRUE(
        world_.Write(On(keys[7]).Put(row, std::string(1000, 'x'), 10)).ok());
    world_.executor().RunReady();
  }
  world_.executor().RunUntilIdle();
  EXPECT_LE(world_.engine().status().log_bytes, uint64_t{512} << 10);
  EXPECT_EQ(world_.engine().Partitions(kTable)[2].sstables, 1u);
}

TEST_F(BackgroundTest, CompactionKeepsTheNumberOfFilesDownByItself) {
  TableOptions options;
  options.partition_prefix_length = 0;
  options.compaction_scaling = 0;
  Open(options);
  for (int64_t round = 0; round < 32; ++round) {
    ASSERT_TRUE(world_.Write(On("a").Put(round, "x", 10)).ok());
    ASSERT_TRUE(world_.Flush(kTable).ok());
  }
  world_.executor().RunUntilIdle();
  EXPECT_GE(world_.engine().status().compactions, 8u);
  EXPECT_LE(world_.engine().SSTables(kTable).size(), 6u);
  EXPECT_EQ(world_.engine().status().compaction_pending_bytes, 0u);
  EXPECT_THAT(world_.ReadKey(kTable, "a").value(), SizeIs(32));
  // Nothing but what is listed lies in the directory.
  EXPECT_EQ(world_.fs().List("/data/1").value().size(),
            world_.engine().SSTables(kTable).size());
}

TEST_F(BackgroundTest, WritersAreSlowedAndRefusedAndNeverForgotten) {
  world_.options.memtable_limit_bytes = 512 << 10;
  world_.options.write_queue_bytes_max = 128 << 10;
  Open();
  world_.executor().RunUntilIdle();
  // No flush can finish: SSTables fail to sync.
  world_.fs().FailNext(FileOp::kSync, ".sst", 1,
                       absl::ResourceExhaustedError("disk full"), true);
  std::vector<std::unique_ptr<TestMutation>> writes;
  int ok = 0, refused = 0, other = 0;
  for (int64_t row = 0; row < 1000; ++row) {
    writes.push_back(std::make_unique<TestMutation>(
        On("a").Put(row, std::string(1000, 'x'), 10)));
    world_.engine().Write(writes.back()->mutation(), [&](absl::Status status) {
      if (status.ok()) {
        ++ok;
      } else if (status.code() == absl::StatusCode::kResourceExhausted) {
        ++refused;
      } else {
        ++other;
      }
    });
    world_.executor().RunReady();
  }
  world_.executor().RunUntilIdle(std::chrono::seconds(5));
  EXPECT_GT(refused, 0);
  EXPECT_GT(ok, 200);
  EXPECT_EQ(other, 0);
  EXPECT_LE(world_.engine().status().memtable_bytes, (512 + 300) << 10);
  EXPECT_GT(world_.engine().status().writes_delayed, 0u);
  EXPECT_THAT(world_.engine().status().background_failure,
              HasSubstr("disk full"));
  // The disk has room again: the flush is tried again and the rest goes on.
  world_.fs().ClearFaults();
  ASSERT_TRUE(world_.executor().RunUntil([&] { return ok + refused == 1000; }));
  EXPECT_THAT(world_.ReadKey(kTable, "a").value(),
              SizeIs(static_cast<size_t>(ok)));
}

TEST_F(BackgroundTest, PurgeForgetsNothingThatTheLogMayBringBack) {
  TableOptions options;
  options.partition_prefix_length = 0;
  options.tombstone_grace_s = 0;
  Open(options);
  // The deletion is newer than the row that is still on its way when the
  // memtable is switched: both land in one SSTable, the row's record at or
  // after the flushed position.
  ASSERT_TRUE(
      world_.Write(On("a").DeleteRow(1, {100, world_.clock().WallSeconds()}))
          .ok());
  world_.fs().HoldAsync(true, "/log");
  const TestMutation late = On("a").Put(1, "old", 50);
  bool written = false;
  world_.engine().Write(late.mutation(), [&](absl::Status) { written = true; });
  world_.executor().RunReady();
  bool compacted = false;
  world_.engine().Compact(kTable, std::nullopt,
                          [&](absl::Status) { compacted = true; });
  world_.executor().RunReady();
  world_.fs().HoldAsync(false);
  world_.fs().ReleaseAll();
  ASSERT_TRUE(world_.executor().RunUntil([&] { return written && compacted; }));
  world_.clock().AdvanceSeconds(10);
  ASSERT_TRUE(world_.Compact(kTable).ok());
  EXPECT_THAT(world_.ReadKey(kTable, "a").value(), SizeIs(0));
  world_.Crash();
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_THAT(world_.ReadKey(kTable, "a").value(), SizeIs(0));
}

TEST_F(BackgroundTest, TombstonesGoOnceNothingIsLeftToHide) {
  TableOptions options;
  options.partition_prefix_length = 0;
  options.tombstone_grace_s = 60;
  Open(options);
  ASSERT_TRUE(world_.Write(On("a").Put(1, "x", 10)).ok());
  ASSERT_TRUE(world_.Flush(kTable).ok());
  ASSERT_TRUE(
      world_.Write(On("a").DeleteWideRow({20, world_.clock().WallSeconds()}))
          .ok());
  ASSERT_TRUE(world_.Compact(kTable).ok());
  ASSERT_THAT(world_.engine().SSTables(kTable), SizeIs(1));
  EXPECT_EQ(world_.engine().SSTables(kTable)[0].statistics.tombstones, 1u);
  world_.clock().AdvanceSeconds(61);
  ASSERT_TRUE(world_.Compact(kTable).ok());
  EXPECT_THAT(world_.engine().SSTables(kTable), SizeIs(0));
}

}  // namespace
}  // namespace rowan
