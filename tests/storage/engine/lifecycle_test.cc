// SPDX-License-Identifier: Apache-2.0
// Stopping with work under way, failures whose outcome is unknown, and tables
// that come and go.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/lib/engine_harness.h"

namespace rowan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr TableId kTable{1};

class LifecycleTest : public ::testing::Test {
 protected:
  LifecycleTest() { world_.tables = {TestSchema(1)}; }
  TestMutation On(std::string_view key) { return {TestSchema(1), key}; }
  std::vector<std::string> Files() {
    return world_.fs().List("/data/1").value();
  }
  // Rows 0 to `count`-1 of "a", a thousand bytes each.
  void WriteRows(int64_t count) {
    for (int64_t row = 0; row < count; ++row) {
      ASSERT_TRUE(
          world_.Write(On("a").Put(row, std::string(1000, 'x'), 10)).ok());
    }
  }

  // Reads "a", with `act` at its first row; how many rows came.
  int ReadAndAct(std::function<void()> act);

  EngineHarness world_;
};

TEST_F(LifecycleTest, StopAnswersFlushesThatHaveNotBegun) {
  ASSERT_TRUE(world_.Open().ok());
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(world_.Write(On("k" + std::to_string(i)).Put(1, "x", 10)).ok());
  }
  bool flushed = false, stopped = false;
  world_.engine().Flush(kTable, std::nullopt,
                        [&](absl::Status) { flushed = true; });
  world_.engine().Stop(/*drain=*/false, [&](absl::Status) { stopped = true; });
  ASSERT_TRUE(world_.executor().RunUntil([&] { return stopped; }));
  EXPECT_TRUE(flushed);
  world_.TakeEngine().reset();
}

TEST_F(LifecycleTest, StopDoesNotWaitForTheNextTryOfAFailedFlush) {
  ASSERT_TRUE(world_.Open().ok());
  ASSERT_TRUE(world_.Write(On("a").Put(1, "x", 10)).ok());
  world_.fs().FailNext(FileOp::kSync, ".sst", 1,
                       absl::ResourceExhaustedError("disk full"), true);
  EXPECT_FALSE(world_.Flush(kTable).ok());
  world_.executor().RunUntilIdle(std::chrono::seconds(200));
  const int64_t before_ns = world_.clock().MonotonicNanos();
  ASSERT_TRUE(world_.Stop().ok());
  EXPECT_LT(world_.clock().MonotonicNanos() - before_ns, 1'000'000'000);
}

TEST_F(LifecycleTest, FlushWhoseCommitIsUncertainKeepsItsFile) {
  ASSERT_TRUE(world_.Open().ok());
  ASSERT_TRUE(world_.Write(On("a").Put(1, "x", 10)).ok());
  world_.fs().FailNext(FileOp::kSync, "MANIFEST", 1,
                       absl::DataLossError("sync failed"), false);
  EXPECT_FALSE(world_.Flush(kTable).ok());
  // The edit may be on the disk in spite of the error, and name the file.
  EXPECT_THAT(Files(), SizeIs(1));
  // The manifest takes no more edits: another try would leave another file.
  world_.executor().RunUntilIdle(std::chrono::seconds(200));
  EXPECT_THAT(Files(), SizeIs(1));
  world_.Crash();
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_THAT(world_.ReadKey(kTable, "a").value(), ElementsAre("a/1=x"));
}

TEST_F(LifecycleTest, MergeWhoseCommitIsUncertainKeepsAllFiles) {
  TableOptions options;
  options.partition_prefix_length = 0;
  world_.tables = {TestSchema(1, options)};
  ASSERT_TRUE(world_.Open().ok());
  for (int64_t row = 0; row < 2; ++row) {
    ASSERT_TRUE(world_.Write(On("a").Put(row, "x", 10)).ok());
    ASSERT_TRUE(world_.Flush(kTable).ok());
  }
  ASSERT_THAT(Files(), SizeIs(2));
  world_.fs().FailNext(FileOp::kSync, "MANIFEST", 1,
                       absl::DataLossError("sync failed"), false);
  EXPECT_FALSE(world_.Compact(kTable).ok());
  EXPECT_THAT(Files(), SizeIs(3));
  world_.Crash();
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_THAT(world_.ReadKey(kTable, "a").value(),
              ElementsAre("a/0=x", "a/1=x"));
}

TEST_F(LifecycleTest, DroppedTableIsGoneThoughAFileStaysBehind) {
  ASSERT_TRUE(world_.Open().ok());
  ASSERT_TRUE(world_.Write(On("a").Put(1, "x", 10)).ok());
  ASSERT_TRUE(world_.Flush(kTable).ok());
  world_.fs().FailNext(FileOp::kRemove, ".sst", 1, absl::InternalError("busy"),
                       false);
  EXPECT_TRUE(world_.engine().DropTable(kTable).ok());
  EXPECT_EQ(world_.engine().FindTable(kTable), nullptr);
  ASSERT_TRUE(world_.Stop().ok());
  world_.tables.clear();
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_FALSE(*world_.fs().Exists("/data/1"));
}

TEST_F(LifecycleTest, TableMadeAnewHoldsNothingOfItsNamesake) {
  ASSERT_TRUE(world_.Open().ok());
  ASSERT_TRUE(world_.Write(On("a").Put(1, "old", 10)).ok());
  ASSERT_TRUE(world_.engine().DropTable(kTable).ok());
  ASSERT_TRUE(world_.engine().CreateTable(TestSchema(1)).ok());
  ASSERT_TRUE(world_.Write(On("a").Put(2, "new", 10)).ok());
  world_.Crash();
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_THAT(world_.ReadKey(kTable, "a").value(), ElementsAre("a/2=new"));
}

TEST_F(LifecycleTest, ReplayFlushesNoMemtableWithoutRecords) {
  for (uint32_t id = 2; id <= 64; ++id) {
    world_.tables.push_back(TestSchema(id));
  }
  ASSERT_TRUE(world_.Open().ok());
  ASSERT_TRUE(world_.Write(On("a").Put(1, "x", 10)).ok());
  ASSERT_TRUE(world_.Write(On("a").Put(2, "y", 10)).ok());
  world_.Crash();
  // The empty memtables alone are over half of it.
  world_.options.memtable_limit_bytes = 512 << 10;
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_EQ(world_.engine().status().flushes, 0u);
  EXPECT_THAT(world_.ReadKey(kTable, "a").value(),
              ElementsAre("a/1=x", "a/2=y"));
}

TEST_F(LifecycleTest, DataDirectoryItselfSurvivesAPowerCut) {
  world_.log_options.directory = "/other/log";
  world_.fs().WriteFile("/other/here", "");
  ASSERT_TRUE(world_.Open().ok());
  WriteRows(200);
  ASSERT_TRUE(world_.Flush(kTable).ok());
  world_.PowerCut();
  EXPECT_TRUE(*world_.fs().Exists("/data"));
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_THAT(world_.ReadKey(kTable, "a").value(), SizeIs(200));
}

// Does something at the first row, inside the read.
class ActingConsumer : public RowConsumer {
 public:
  explicit ActingConsumer(std::function<void()> act) : act_(std::move(act)) {}
  size_t OnRow(const ResultRow&) override {
    if (++rows == 1) act_();
    return 1;
  }
  int rows = 0;

 private:
  const std::function<void()> act_;
};

int LifecycleTest::ReadAndAct(std::function<void()> act) {
  ActingConsumer consumer(std::move(act));
  ReadCommand command;
  command.table = kTable;
  command.partition_key = "a";
  command.token = TokenOfKey("a");
  bool answered = false;
  world_.engine().Read(command, &consumer, [&](absl::StatusOr<PageEnd> end) {
    EXPECT_TRUE(end.ok()) << end.status();
    answered = true;
  });
  EXPECT_TRUE(answered);
  return consumer.rows;
}

TEST_F(LifecycleTest, MemoryIsFreedThoughAReadHeldItDuringTheFlush) {
  ASSERT_TRUE(world_.Open().ok());
  WriteRows(200);
  ASSERT_GT(world_.engine().status().memtable_bytes, 200'000);
  EXPECT_EQ(ReadAndAct([&] { EXPECT_TRUE(world_.Flush(kTable).ok()); }), 200);
  world_.executor().RunUntilIdle();
  EXPECT_LT(world_.engine().status().memtable_bytes, 100'000);
}

TEST_F(LifecycleTest, MemoryOfATableDroppedDuringAReadIsFreed) {
  ASSERT_TRUE(world_.Open().ok());
  WriteRows(200);
  EXPECT_EQ(
      ReadAndAct([&] { EXPECT_TRUE(world_.engine().DropTable(kTable).ok()); }),
      200);
  world_.executor().RunUntilIdle();
  EXPECT_LT(world_.engine().status().memtable_bytes, 100'000);
}

TEST_F(LifecycleTest, PartitionsTakeTurnsToFlush) {
  world_.options.flushes_max = 1;
  ASSERT_TRUE(world_.Open().ok());
  // Writes on their way hold one memtable of "a" after another, then one of
  // "b"; then all may be flushed at once.
  world_.fs().HoldAsync(true, "/log");
  std::vector<std::unique_ptr<TestMutation>> writes;
  std::string order;
  const auto write_and_flush = [&](const std::string& key) {
    writes.push_back(std::make_unique<TestMutation>(On(key).Put(1, "x", 10)));
    world_.engine().Write(writes.back()->mutation(), [](absl::Status) {});
    const PartitionId partition = PartitionId::Of(TokenOfKey(key), 4);
    world_.engine().Flush(kTable, partition,
                          [&order, key](absl::Status status) {
                            EXPECT_TRUE(status.ok()) << status;
                            order += key;
                          });
  };
  for (int i = 0; i < 4; ++i) write_and_flush("a");
  write_and_flush("b");
  world_.fs().HoldAsync(false);
  world_.fs().ReleaseAll();
  ASSERT_TRUE(world_.executor().RunUntil([&] { return order.size() == 5; }));
  EXPECT_EQ(order, "abaaa");
}

TEST_F(LifecycleTest, FullMemtableIsSwitchedOnceNotByEachOfItsWriters) {
  world_.options.partition_memtable_bytes_max = 64 << 10;
  ASSERT_TRUE(world_.Open().ok());
  // Clients with a pipeline: each answer brings the next write.
  constexpr int64_t kTotal = 1000;
  std::vector<std::unique_ptr<TestMutation>> writes;
  int64_t answered = 0;
  std::function<void()> next = [&] {
    const auto row = static_cast<int64_t>(writes.size());
    if (row == kTotal) return;
    writes.push_back(std::make_unique<TestMutation>(
        On("a").Put(row, std::string(1000, 'x'), 10)));
    world_.engine().Write(writes.back()->mutation(), [&](absl::Status status) {
      EXPECT_TRUE(status.ok()) << status;
      ++answered;
      next();
    });
  };
  for (int i = 0; i < 100; ++i) next();
  ASSERT_TRUE(world_.executor().RunUntil([&] { return answered == kTotal; }));
  ASSERT_TRUE(world_.Flush(kTable).ok());
  // About one for each 64 KiB.
  EXPECT_LE(world_.engine().status().flushes, 24u);
}

TEST_F(LifecycleTest, LogPressureSealsNoMoreWhileAFlushIsUnderWay) {
  world_.options.log_bytes_max = 128 << 10;
  ASSERT_TRUE(world_.Open().ok());
  world_.fs().FailNext(FileOp::kSync, ".sst", 1,
                       absl::ResourceExhaustedError("disk full"), true);
  WriteRows(500);
  for (const auto& partition : world_.engine().Partitions(kTable)) {
    EXPECT_LE(partition.memtables_flushing, 1u);
  }
  world_.fs().ClearFaults();
  world_.executor().RunUntilIdle(std::chrono::seconds(200));
  WriteRows(1);
  world_.executor().RunUntilIdle(std::chrono::seconds(200));
  EXPECT_LE(world_.engine().status().log_bytes, uint64_t{256} << 10);
}

}  // namespace
}  // namespace rowan
