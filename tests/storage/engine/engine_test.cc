// SPDX-License-Identifier: Apache-2.0
// What the engine promises its callers, in a simulated world.
#include "storage/engine/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "storage/base/error_reason.h"
#include "tests/lib/engine_harness.h"

namespace rowan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr TableId kTable{1};

class EngineTest : public ::testing::Test {
 protected:
  EngineTest() { world_.tables = {TestSchema(1)}; }

  TestMutation On(std::string_view key) { return {TestSchema(1), key}; }
  // Starts a write and leaves it under way.
  void StartWrite(const TestMutation& mutation, int* answered) {
    world_.engine().Write(mutation.mutation(), [answered](absl::Status status) {
      EXPECT_TRUE(status.ok()) << status;
      ++*answered;
    });
  }
  std::vector<std::string> Rows(std::string_view key) {
    return world_.ReadKey(kTable, key).value();
  }

  EngineHarness world_;
};

TEST_F(EngineTest, AnsweredWriteIsVisible) {
  ASSERT_TRUE(world_.Open().ok());
  ASSERT_TRUE(world_.Write(On("a").Put(1, "x", 10).Put(2, "y", 10)).ok());
  EXPECT_THAT(Rows("a"), ElementsAre("a/1=x", "a/2=y"));
  EXPECT_THAT(Rows("b"), IsEmpty());
}

TEST_F(EngineTest, WriteIsNeitherVisibleNorAnsweredBeforeItsSync) {
  ASSERT_TRUE(world_.Open().ok());
  world_.executor().RunUntilIdle();
  world_.fs().HoldAsync(true, "/log");
  int answered = 0;
  const TestMutation write = On("a").Put(1, "x", 10);
  StartWrite(write, &answered);
  world_.executor().RunUntilIdle(std::chrono::seconds(1));
  EXPECT_EQ(answered, 0);
  EXPECT_THAT(Rows("a"), IsEmpty());
  world_.fs().HoldAsync(false);
  world_.fs().ReleaseAll();
  world_.executor().RunUntilIdle(std::chrono::seconds(1));
  EXPECT_EQ(answered, 1);
  EXPECT_THAT(Rows("a"), ElementsAre("a/1=x"));
}

TEST_F(EngineTest, SixtyFourWritesInFlightShareTheirSyncs) {
  ASSERT_TRUE(world_.Open().ok());
  world_.executor().RunUntilIdle();
  world_.fs().ResetCounters();
  std::vector<TestMutation> writes;
  for (int i = 0; i < 64; ++i) {
    writes.push_back(On("key" + std::to_string(i)).Put(i, "value", 10));
  }
  int answered = 0;
  for (const TestMutation& write : writes) StartWrite(write, &answered);
  ASSERT_TRUE(world_.executor().RunUntil([&] { return answered == 64; }));
  EXPECT_LE(world_.fs().Counters().syncs, 64u / 16);
  EXPECT_GE(world_.fs().Counters().syncs, 1u);
}

TEST_F(EngineTest, UnknownTableIsNamed) {
  ASSERT_TRUE(world_.Open().ok());
  const auto stranger = TestSchema(9);
  const absl::Status status =
      world_.Write(TestMutation(stranger, "a").Put(1, "x", 1));
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("9"));
  EXPECT_EQ(world_.engine().CreateTable(TestSchema(1)).code(),
            absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(world_.engine().DropTable(TableId{9}).code(),
            absl::StatusCode::kNotFound);
}

TEST_F(EngineTest, WriteOverTheRecordLimitIsRefusedAndTheNextOneTaken) {
  ASSERT_TRUE(world_.Open().ok());
  const absl::Status status =
      world_.Write(On("a").Put(1, std::string(128 << 10, 'x'), 10));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("limit"));
  EXPECT_TRUE(world_.Write(On("a").Put(1, "small", 10)).ok());
}

TEST_F(EngineTest, MutationsOfOneRecordArriveTogether) {
  ASSERT_TRUE(world_.Open().ok());
  std::vector<Mutation> both;
  both.push_back(On("a").Put(1, "x", 10).Take());
  both.push_back(On("b").Put(1, "y", 10).Take());
  bool answered = false;
  world_.engine().WriteAtomic(both, [&](absl::Status status) {
    EXPECT_TRUE(status.ok()) << status;
    answered = true;
  });
  ASSERT_TRUE(world_.executor().RunUntil([&] { return answered; }));
  EXPECT_THAT(world_.Scan(kTable).value(),
              UnorderedElementsAre("a/1=x", "b/1=y"));
}

TEST_F(EngineTest, DroppedTableIsGoneWithItsFiles) {
  ASSERT_TRUE(world_.Open().ok());
  ASSERT_TRUE(world_.Write(On("a").Put(1, "x", 10)).ok());
  ASSERT_TRUE(world_.Flush(kTable).ok());
  const auto files = world_.engine().SSTables(kTable);
  ASSERT_EQ(files.size(), 1u);
  ASSERT_TRUE(world_.engine().DropTable(kTable).ok());
  EXPECT_FALSE(*world_.fs().Exists(files[0].path));
  EXPECT_EQ(world_.engine().FindTable(kTable), nullptr);
  // The same after a restart with the catalogue that knows it no longer.
  ASSERT_TRUE(world_.Stop().ok());
  world_.tables = {TestSchema(2)};
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_EQ(world_.engine().FindTable(kTable), nullptr);
  EXPECT_THAT(world_.Scan(TableId{2}).value(), IsEmpty());
}

TEST_F(EngineTest, FailedSyncStopsWritesAndNotReads) {
  ASSERT_TRUE(world_.Open().ok());
  ASSERT_TRUE(world_.Write(On("a").Put(1, "x", 10)).ok());
  // Segments that are prepared ahead are ready: the next sync is the write's.
  world_.executor().RunUntilIdle(std::chrono::seconds(1));
  world_.fs().FailNext(FileOp::kSync, "/log", 1,
                       absl::DataLossError("/log: EIO"));
  const absl::Status unknown = world_.Write(On("a").Put(2, "y", 10));
  EXPECT_EQ(unknown.code(), absl::StatusCode::kUnknown);
  EXPECT_EQ(unknown.GetPayload(kErrorReason), "OUTCOME_UNKNOWN");
  const absl::Status refused = world_.Write(On("a").Put(3, "z", 10));
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(refused.GetPayload(kErrorReason), "READ_ONLY");
  for (const absl::Status& status : {unknown, refused}) {
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("/log")));
  }
  EXPECT_THAT(Rows("a"), ElementsAre("a/1=x"));
  EXPECT_THAT(world_.engine().status().failure, HasSubstr("EIO"));
}

TEST_F(EngineTest, StoppingAnswersEverythingUnderWay) {
  ASSERT_TRUE(world_.Open().ok());
  int answered = 0;
  const TestMutation write = On("a").Put(1, "x", 10);
  StartWrite(write, &answered);
  const auto engine = world_.TakeEngine();
  bool stopped = false;
  engine->Stop(false, [&](absl::Status status) {
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(answered, 1);
    stopped = true;
  });
  const TestMutation late = On("a").Put(2, "y", 10);
  absl::Status refused;
  engine->Write(late.mutation(),
                [&](absl::Status status) { refused = status; });
  EXPECT_EQ(refused.code(), absl::StatusCode::kUnavailable);
  ASSERT_TRUE(world_.executor().RunUntil([&] { return stopped; }));
}

TEST_F(EngineTest, KeysOfManyPartitionsAreOneRead) {
  ASSERT_TRUE(world_.Open().ok());
  ReadCommand command;
  command.table = kTable;
  std::vector<std::string> expected;
  for (int i = 0; i < 100; ++i) {
    const std::string key = "k" + std::to_string(i);
    if (i % 3 > 0) command.wide_rows.push_back({TokenOfKey(key), key});
    if (i % 2 == 0) continue;
    ASSERT_TRUE(world_.Write(On(key).Put(1, "x", 10).Put(2, "y", 10)).ok());
  }
  std::sort(command.wide_rows.begin(), command.wide_rows.end());
  for (const WideRowKey& key : command.wide_rows) {
    for (const std::string& row : Rows(key.partition_key)) {
      expected.push_back(row);
    }
  }
  ASSERT_EQ(expected.size(), 66u);
  for (const bool flushed : {false, true}) {
    if (flushed) {
      ASSERT_TRUE(world_.Flush(kTable).ok());
    }
    // Each page waits for the disk.
    world_.fs().SetCached(!flushed);
    for (const uint64_t page_rows : {1, 2, 3, 1000}) {
      command.page_rows_max = page_rows;
      EXPECT_EQ(world_.ReadAll(command).value(), expected) << page_rows;
    }
  }
}

TEST_F(EngineTest, FilesThatHoldNoneOfTheKeysAreSkippedForEach) {
  ASSERT_TRUE(world_.Open().ok());
  ReadCommand command;
  command.table = kTable;
  for (const char* key : {"a", "b", "c"}) {
    ASSERT_TRUE(world_.Write(On(key).Put(1, "x", 10)).ok());
    ASSERT_TRUE(world_.Flush(kTable).ok());
    command.wide_rows.push_back({TokenOfKey(key), key});
  }
  std::sort(command.wide_rows.begin(), command.wide_rows.end());
  std::optional<PageEnd> end;
  class : public RowConsumer {
    size_t OnRow(const ResultRow&) override { return 1; }
  } consumer;
  world_.engine().Read(command, &consumer, [&](absl::StatusOr<PageEnd> page) {
    end = std::move(page).value();
  });
  ASSERT_TRUE(world_.executor().RunUntil([&] { return end.has_value(); }));
  EXPECT_EQ(end->rows, 3u);
  EXPECT_EQ(end->stats.sstables, 3u);
}

TEST_F(EngineTest, ReadThatMustWaitForTheDiskIsHandedOver) {
  ASSERT_TRUE(world_.Open().ok());
  ASSERT_TRUE(world_.Write(On("a").Put(1, "x", 10)).ok());
  ASSERT_TRUE(world_.Flush(kTable).ok());
  world_.fs().SetCached(false);
  ReadCommand command;
  command.table = kTable;
  command.partition_key = "a";
  command.token = TokenOfKey("a");
  class Counter : public RowConsumer {
   public:
    size_t OnRow(const ResultRow&) override { return ++rows; }
    size_t rows = 0;
  } consumer;
  std::optional<PageEnd> end;
  world_.engine().Read(command, &consumer, [&](absl::StatusOr<PageEnd> page) {
    end = std::move(page).value();
  });
  EXPECT_FALSE(end.has_value()) << "the caller's thread waited for the disk";
  ASSERT_TRUE(world_.executor().RunUntil([&] { return end.has_value(); }));
  EXPECT_EQ(consumer.rows, 1u);
  EXPECT_EQ(end->stats.waits, 1u);
  EXPECT_EQ(end->stats.sstables, 1u);
}

}  // namespace
}  // namespace rowan
