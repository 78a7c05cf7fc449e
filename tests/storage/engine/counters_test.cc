// SPDX-License-Identifier: Apache-2.0
// What the engine counts about itself, each figure by its cause.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/sstable/sstable.h"
#include "tests/lib/engine_harness.h"

namespace rowan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr TableId kTable{1};

// From the first row on nothing is in memory any more.
class ColdAfterOneRow : public RowConsumer {
 public:
  explicit ColdAfterOneRow(MemFileSystem* fs) : fs_(fs) {}
  size_t OnRow(const ResultRow&) override {
    fs_->SetCached(false);
    ++rows;
    return 1;
  }
  size_t rows = 0;

 private:
  MemFileSystem* const fs_;
};

class CountersTest : public ::testing::Test {
 protected:
  CountersTest() {
    TableOptions options;
    options.partition_prefix_length = 0;
    world_.tables = {TestSchema(1, options)};
    EXPECT_TRUE(world_.Open().ok());
  }
  void PutAndFlush(std::string_view key, int64_t row) {
    ASSERT_TRUE(
        world_.Write(TestMutation(world_.tables[0], key).Put(row, "x", 10))
            .ok());
    ASSERT_TRUE(world_.Flush(kTable).ok());
  }
  static std::string Key(int i) { return "key" + std::to_string(i); }
  EngineStatus Status() { return world_.engine().status(); }

  EngineHarness world_;
};

TEST_F(CountersTest, PagesAreCountedBySSTablesConsulted) {
  ASSERT_THAT(world_.ReadKey(kTable, "a").value(), IsEmpty());
  PutAndFlush("a", 1);
  ASSERT_THAT(world_.ReadKey(kTable, "a").value(), SizeIs(1));
  PutAndFlush("a", 2);
  ASSERT_THAT(world_.ReadKey(kTable, "a").value(), SizeIs(2));
  const ReadTotals reads = Status().reads;
  EXPECT_THAT(reads.by_sstables, ElementsAre(1, 1, 1, 0, 0, 0, 0, 0));
  EXPECT_EQ(reads.sstables, 3u);
  EXPECT_EQ(reads.pages(), 3u);
  EXPECT_EQ(reads.filter_false_positives, 0u);
}

TEST_F(CountersTest, FilterThatSaidMaybeForNothingIsCounted) {
  constexpr int kKeys = 500;
  for (int i = 0; i < kKeys; ++i) {
    ASSERT_TRUE(
        world_.Write(TestMutation(world_.tables[0], Key(i)).Put(1, "x", 10))
            .ok());
  }
  ASSERT_TRUE(world_.Flush(kTable).ok());
  const auto files = world_.engine().SSTables(kTable);
  ASSERT_THAT(files, SizeIs(1));
  const auto file = SSTable::Open(&world_.fs(), files[0].path);
  ASSERT_TRUE(file.ok()) << file.status();
  uint64_t expected = 0;
  for (int i = 0; i < 10 * kKeys; ++i) {
    // The pages that must wait for the disk are asked twice and count once.
    world_.fs().SetCached(i % 2 == 0);
    const bool there = i < kKeys;
    if (!there) expected += (*file)->MayContain(TokenOfKey(Key(i)));
    ASSERT_THAT(world_.ReadKey(kTable, Key(i)).value(), SizeIs(there ? 1 : 0));
  }
  EXPECT_GT(expected, 5u);
  EXPECT_EQ(Status().reads.filter_false_positives, expected);
  // A scan asks no filter.
  ASSERT_THAT(world_.Scan(kTable).value(), SizeIs(kKeys));
  EXPECT_EQ(Status().reads.filter_false_positives, expected);
}

TEST_F(CountersTest, PageThatGoesOnAfterAWaitCountsItsFilesOnce) {
  for (int i = 0; i < 500; ++i) {
    ASSERT_TRUE(
        world_.Write(TestMutation(world_.tables[0], Key(i)).Put(1, "x", 10))
            .ok());
  }
  ASSERT_TRUE(world_.Flush(kTable).ok());
  const auto files = world_.engine().SSTables(kTable);
  ASSERT_THAT(files, SizeIs(1));
  const auto file = SSTable::Open(&world_.fs(), files[0].path);
  ASSERT_TRUE(file.ok()) << file.status();
  int absent = 500;
  while (!(*file)->MayContain(TokenOfKey(Key(absent)))) ++absent;
  // That key in a second file, over several blocks.
  TestMutation large(world_.tables[0], Key(absent));
  for (int64_t row = 0; row < 24; ++row) {
    large.Put(row, std::string(1000, 'x'), 10);
  }
  ASSERT_TRUE(world_.Write(large).ok());
  ASSERT_TRUE(world_.Flush(kTable).ok());
  ReadCommand command;
  command.table = kTable;
  command.partition_key = Key(absent);
  command.token = TokenOfKey(Key(absent));
  command.now_s = world_.clock().WallSeconds();
  ColdAfterOneRow consumer(&world_.fs());
  std::optional<PageEnd> end;
  world_.engine().Read(
      command, &consumer,
      [&end](absl::StatusOr<PageEnd> page) { end = page.value(); });
  ASSERT_TRUE(world_.executor().RunUntil([&] { return end.has_value(); }));
  EXPECT_EQ(consumer.rows, 24u);
  EXPECT_EQ(end->stats.waits, 1u);
  EXPECT_THAT(Status().reads.by_sstables, ElementsAre(0, 0, 1, 0, 0, 0, 0, 0));
  EXPECT_EQ(Status().reads.filter_false_positives, 1u);
}

TEST_F(CountersTest, SyncOfTheLogIsTimed) {
  world_.executor().RunUntilIdle();
  const DurationCounts before = Status().log_syncs;
  world_.fs().HoldAsync(true, "/log");
  const TestMutation put = TestMutation(world_.tables[0], "a").Put(1, "x", 10);
  bool written = false;
  world_.engine().Write(put.mutation(), [&](absl::Status) { written = true; });
  world_.executor().RunReady();
  world_.clock().AdvanceNanos(7'000'000);
  world_.fs().HoldAsync(false);
  world_.fs().ReleaseAll();
  ASSERT_TRUE(world_.executor().RunUntil([&] { return written; }));
  const DurationCounts after = Status().log_syncs;
  const size_t bucket = DurationBucket(7'000'000);
  EXPECT_EQ(after.by_duration[bucket], before.by_duration[bucket] + 1);
  EXPECT_EQ(after.total_ns, before.total_ns + 7'000'000);
}

TEST_F(CountersTest, FailedFlushIsCountedAndWaitsForItsRetry) {
  ASSERT_TRUE(
      world_.Write(TestMutation(world_.tables[0], "a").Put(1, "x", 10)).ok());
  world_.fs().FailNext(FileOp::kSync, ".sst", 1,
                       absl::ResourceExhaustedError("disk full"), false);
  bool flushed = false;
  world_.engine().Flush(kTable, std::nullopt,
                        [&](absl::Status) { flushed = true; });
  EXPECT_EQ(Status().flush_tasks.running, 1u);
  ASSERT_TRUE(world_.executor().RunUntil([&] { return flushed; }));
  EXPECT_EQ(Status().flushes_failed, 1u);
  EXPECT_EQ(Status().flush_tasks.running, 0u);
  EXPECT_EQ(Status().flush_tasks.waiting, 1u);
  world_.executor().RunUntilIdle(std::chrono::seconds(5));
  EXPECT_EQ(Status().flushes, 1u);
  EXPECT_EQ(Status().flush_tasks.waiting, 0u);
  EXPECT_EQ(Status().flushes_failed, 1u);
}

TEST_F(CountersTest, CompactionsUnderWayAreCounted) {
  PutAndFlush("a", 1);
  PutAndFlush("a", 2);
  bool compacted = false;
  world_.engine().Compact(kTable, std::nullopt,
                          [&](absl::Status) { compacted = true; });
  ASSERT_TRUE(world_.executor().RunUntil(
      [&] { return Status().compaction_tasks.running == 1; }));
  ASSERT_TRUE(world_.executor().RunUntil([&] { return compacted; }));
  EXPECT_EQ(Status().compactions, 1u);
  EXPECT_EQ(Status().compaction_tasks.running, 0u);
  EXPECT_EQ(Status().compaction_tasks.waiting, 0u);
}

}  // namespace
}  // namespace rowan
