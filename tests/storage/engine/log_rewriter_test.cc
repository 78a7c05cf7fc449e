// SPDX-License-Identifier: Apache-2.0
// Small memtables that pin old segments of the log are written to its tail
// again: nothing is lost, nothing comes back, few tiny files are made.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>

#include "storage/engine/background/memtable_mutations.h"
#include "tests/lib/engine_harness.h"
#include "tests/lib/vector_row_iterator.h"

namespace rowan {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr TableId kBusy{1};
constexpr uint32_t kSmallTables = 6;
constexpr uint64_t kLogBytes = 1 << 20;

class LogRewriterTest : public ::testing::Test {
 protected:
  LogRewriterTest() { Prepare(world_); }

  void Prepare(EngineHarness& world) {
    TableOptions options;
    options.partition_prefix_length = 0;
    options.tombstone_grace_s = 0;
    for (uint32_t id = 1; id <= 1 + kSmallTables; ++id) {
      world.tables.push_back(TestSchema(id, options));
    }
    world.options.log_bytes_max = kLogBytes;
    world.options.partition_memtable_bytes_max = 128 << 10;
  }
  static TestMutation On(EngineHarness& world, uint32_t table,
                         std::string_view key) {
    return {world.tables[table - 1], key};
  }

  // Everything that a mutation can hold, some of it over what is in an SSTable.
  static void FillSmallTables(EngineHarness& world) {
    const uint32_t now_s = world.clock().WallSeconds();
    for (uint32_t id = 2; id <= 1 + kSmallTables; ++id) {
      auto on = [&](std::string_view key) { return On(world, id, key); };
      TestMutation old = on("old"), gone = on("gone"), wide = on("wide");
      for (int64_t row = 0; row < 10; ++row) {
        old.Put(row, "old", 10);
        gone.Put(row, "gone", 10);
      }
      ASSERT_TRUE(world.Write(old).ok());
      ASSERT_TRUE(world.Write(gone).ok());
      ASSERT_TRUE(world.Flush(TableId{id}).ok());
      ASSERT_TRUE(world.Write(on("old").DeleteRange(2, 5, {20, now_s})).ok());
      ASSERT_TRUE(world.Write(on("old").DeleteRange(4, 7, {30, now_s})).ok());
      ASSERT_TRUE(world.Write(on("old").DeleteRow(9, {20, now_s})).ok());
      ASSERT_TRUE(world.Write(on("old").Put(5, "new", 40)).ok());
      ASSERT_TRUE(world.Write(on("gone").DeleteWideRow({20, now_s})).ok());
      ASSERT_TRUE(
          world.Write(on("s").PutStatic("static", 20).Put(1, "x", 20)).ok());
      ASSERT_TRUE(
          world.Write(on("ttl").PutExpiring(1, "brief", 20, 3600, now_s + 3600))
              .ok());
      for (int64_t row = 0; row < 50; ++row) {
        wide.Put(row, std::string(100, 'w'), 20);
      }
      ASSERT_TRUE(world.Write(wide).ok());
    }
    // Each was a chunk of its own.
    ASSERT_LT(world.engine().status().log_bytes, kLogBytes);
  }
  using Contents = std::map<uint32_t, std::vector<std::string>>;
  static Contents SmallTables(EngineHarness& world) {
    Contents contents;
    for (uint32_t id = 2; id <= 1 + kSmallTables; ++id) {
      contents[id] = world.Scan(TableId{id}).value();
    }
    return contents;
  }
  // Writes until `condition` holds; how many were answered with OK.
  template <typename Condition>
  static int64_t WriteBusy(EngineHarness& world, int64_t from,
                           Condition condition) {
    int64_t row = from;
    for (; !condition(); ++row) {
      if (row - from > 20'000) {
        ADD_FAILURE() << "never";
        break;
      }
      const std::string value(1000, 'x');
      if (!world.Write(On(world, 1, "busy").Put(row, value, 10)).ok()) break;
      world.executor().RunReady();
    }
    return row;
  }
  static uint64_t Rewrites(EngineHarness& world) {
    return world.engine().status().log_rewrites;
  }
  static size_t SmallFiles(EngineHarness& world) {
    size_t files = 0;
    for (uint32_t id = 2; id <= 1 + kSmallTables; ++id) {
      files += world.engine().SSTables(TableId{id}).size();
    }
    return files;
  }

  EngineHarness world_;
};

TEST_F(LogRewriterTest, LogStaysWithinItsSizeWithoutTinyFiles) {
  ASSERT_TRUE(world_.Open().ok());
  FillSmallTables(world_);
  const Contents before = SmallTables(world_);
  const size_t files = SmallFiles(world_);
  uint64_t log_max = 0;
  WriteBusy(world_, 0, [&] {
    log_max = std::max(log_max, world_.engine().status().log_bytes);
    return Rewrites(world_) >= 2 * kSmallTables;
  });
  EXPECT_LE(log_max, kLogBytes + (256 << 10));
  EXPECT_EQ(SmallFiles(world_), files);
  EXPECT_GT(world_.engine().status().log_rewrite_bytes, 0u);
  EXPECT_EQ(SmallTables(world_), before);
  world_.PowerCut();
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_EQ(SmallTables(world_), before);
}

TEST_F(LogRewriterTest, ThirdTimeIsAFlush) {
  ASSERT_TRUE(world_.Open().ok());
  FillSmallTables(world_);
  const Contents before = SmallTables(world_);
  const size_t files = SmallFiles(world_);
  int64_t row = WriteBusy(
      world_, 0, [&] { return SmallFiles(world_) == files + kSmallTables; });
  EXPECT_EQ(Rewrites(world_), 2 * kSmallTables);
  // Clean memtables pin nothing: no more of either.
  WriteBusy(world_, row, [&, end = row + 2000] { return row++ >= end; });
  EXPECT_EQ(Rewrites(world_), 2 * kSmallTables);
  EXPECT_EQ(SmallFiles(world_), files + kSmallTables);
  EXPECT_EQ(SmallTables(world_), before);
}

TEST_F(LogRewriterTest, WideRowLargerThanARecordIsFlushed) {
  ASSERT_TRUE(world_.Open().ok());
  for (int64_t row = 0; row < 100; ++row) {
    ASSERT_TRUE(
        world_.Write(On(world_, 2, "wide").Put(row, std::string(1000, 'w'), 10))
            .ok());
  }
  WriteBusy(world_, 0, [&] { return SmallFiles(world_) == 1; });
  EXPECT_EQ(Rewrites(world_), 0u);
  EXPECT_THAT(world_.Scan(TableId{2}).value(), SizeIs(100));
}

TEST_F(LogRewriterTest, WriteUnderWayIsWaitedFor) {
  ASSERT_TRUE(world_.Open().ok());
  FillSmallTables(world_);
  bool held = false;
  WriteBusy(world_, 0, [&] {
    return world_.engine().status().log_bytes > kLogBytes - (128 << 10);
  });
  world_.fs().HoldAsync(true, "/log");
  const TestMutation late = On(world_, 2, "late").Put(1, "late", 50);
  world_.engine().Write(late.mutation(),
                        [&](absl::Status status) { held = status.ok(); });
  world_.executor().RunUntilIdle(std::chrono::milliseconds(50));
  EXPECT_FALSE(held);
  world_.fs().HoldAsync(false);
  world_.fs().ReleaseAll();
  WriteBusy(world_, 10'000, [&] { return Rewrites(world_) >= kSmallTables; });
  ASSERT_TRUE(held);
  world_.PowerCut();
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_THAT(world_.ReadKey(TableId{2}, "late").value(), SizeIs(1));
}

// Ten wide rows in table 2, one of several of their records written again.
class HalfRewrittenTest : public LogRewriterTest {
 protected:
  void SetUp() override {
    world_.options.partition_memtable_bytes_max = 1 << 20;
    ASSERT_TRUE(world_.Open().ok());
    for (int i = 0; i < 10; ++i) keys_.push_back("k" + std::to_string(i));
    const std::string value(16 << 10, 'x');
    for (const std::string& key : keys_) {
      ASSERT_TRUE(world_.Write(On(world_, 2, key).Put(1, value, 50)).ok());
    }
    for (int64_t row = 0; !Begun(); ++row) {
      ASSERT_LT(row, 2000);
      Write(On(world_, 1, "busy").Put(row, std::string(1000, 'x'), 1));
      while (!Begun() && world_.executor().RunOne()) {
      }
    }
    ASSERT_EQ(Rewrites(world_), 0u);
  }
  bool Begun() { return world_.engine().status().log_rewrite_bytes > 0; }
  // Doesn't wait.
  void Write(const TestMutation& write) {
    writes_.push_back(write);
    ++under_way_;
    world_.engine().Write(write.mutation(),
                          [this](absl::Status) { --under_way_; });
  }
  void Flush(TableId table) {
    ++under_way_;
    world_.engine().Flush(table, std::nullopt,
                          [this](absl::Status) { --under_way_; });
  }
  void Await() {
    ASSERT_TRUE(world_.executor().RunUntil([&] { return under_way_ == 0; }));
  }

  std::vector<std::string> keys_;
  std::deque<TestMutation> writes_;
  int under_way_ = 0;
};

TEST_F(HalfRewrittenTest, OldRecordsStayWhenTheLogRefusesTheOtherCopies) {
  // The log's queue is full, and the flush instead fails too.
  world_.fs().FailNext(FileOp::kSync, "/data/2/", 1,
                       absl::ResourceExhaustedError("disk full"), true);
  world_.fs().HoldAsync(true, "/log");
  const std::string value(1000, 'x');
  for (int64_t row = 0; row < 1000; ++row) {
    Write(On(world_, 1, "busy").Put(row, value, 2));
  }
  world_.executor().RunUntilIdle(std::chrono::milliseconds(50));
  EXPECT_EQ(Rewrites(world_), 0u);
  world_.fs().HoldAsync(false);
  world_.fs().ReleaseAll();
  Await();
  // The busy table takes up again whatever the log is told to release.
  for (int64_t row = 0; row < 4000; ++row) {
    Write(On(world_, 1, "busy").Put(row, value, 3));
    Await();
  }
  EXPECT_EQ(Rewrites(world_), 0u);
  world_.Crash();
  world_.fs().ClearFaults();
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_THAT(world_.Scan(TableId{2}).value(), SizeIs(10));
}

TEST_F(HalfRewrittenTest, CopyBehindADeletionIsNotRevivedByAPurge) {
  // Another table keeps the log from here on.
  Write(On(world_, 3, "pin").Put(1, "x", 1));
  // The memtable is sealed, deletions go to the next one, and that is sealed
  // too: the other copies lie behind all of it.
  Flush(TableId{2});
  for (const std::string& key : keys_) {
    Write(
        On(world_, 2, key).DeleteWideRow({100, world_.clock().WallSeconds()}));
  }
  Flush(TableId{2});
  Await();
  world_.clock().AdvanceSeconds(10);
  ASSERT_TRUE(world_.Compact(TableId{2}).ok());
  EXPECT_THAT(world_.Scan(TableId{2}).value(), IsEmpty());
  world_.executor().RunUntilIdle(std::chrono::seconds(1));  // the log's mark
  world_.PowerCut();
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_THAT(world_.Scan(TableId{2}).value(), IsEmpty());
}

TEST_F(LogRewriterTest, PowerCutAtEveryStepLosesAndRevivesNothing) {
  for (int k = 1;; k += k < 150 ? 1 : k / 8) {
    SCOPED_TRACE(k);
    EngineHarness world;
    Prepare(world);
    ASSERT_TRUE(world.Open().ok());
    FillSmallTables(world);
    const Contents before = SmallTables(world);
    // Up to the last segment before the first rewrite; then everything fails
    // from the k-th change on.
    const int64_t row = WriteBusy(world, 0, [&] {
      return world.engine().status().log_bytes >= kLogBytes;
    });
    ASSERT_EQ(Rewrites(world), 0u);
    world.fs().FailNext(FileOp::kAnyChange, "", k,
                        absl::UnavailableError("power"), /*sticky=*/true);
    const int64_t end = WriteBusy(
        world, row, [&] { return Rewrites(world) >= 2 * kSmallTables; });
    const bool through = Rewrites(world) >= 2 * kSmallTables;
    world.PowerCut();
    world.fs().ClearFaults();
    ASSERT_TRUE(world.Open().ok());
    ASSERT_EQ(SmallTables(world), before);
    // What follows finds no deletion gone.
    for (uint32_t id = 2; id <= 1 + kSmallTables; ++id) {
      ASSERT_TRUE(world.Compact(TableId{id}).ok());
    }
    world.clock().AdvanceSeconds(10);
    for (uint32_t id = 2; id <= 1 + kSmallTables; ++id) {
      ASSERT_TRUE(world.Compact(TableId{id}).ok());
    }
    world.PowerCut();
    ASSERT_TRUE(world.Open().ok());
    ASSERT_EQ(SmallTables(world), before);
    ASSERT_GE(world.Scan(kBusy)->size(), static_cast<size_t>(end));
    if (through) break;
  }
}

TEST(MemtableMutations, InsertedAgainTheyAreTheSameMemtable) {
  MemoryBudget budget(64 << 20);
  const auto schema = TestSchema(1);
  Memtable memtable(PartitionId{0, 0}, &budget),
      copy(PartitionId{0, 0}, &budget);
  auto insert = [](const Mutation& mutation, Memtable* into) {
    std::string bytes(EncodedMutationSize(mutation), '\0');
    EncodeMutation(mutation, bytes.data());
    MutationReader reader(bytes);
    ASSERT_TRUE(reader.ReadHeader().ok());
    ASSERT_TRUE(into->Insert(&reader).ok());
  };
  SimRandom random(7);
  for (int i = 0; i < 2000; ++i) {
    const std::string key = "k" + std::to_string(random.Below(300));
    TestMutation mutation(schema, key);
    const auto timestamp = static_cast<int64_t>(random.Below(100));
    const auto row = static_cast<int64_t>(random.Below(8));
    switch (random.Below(6)) {
      case 0:
        mutation.PutStatic("s" + std::to_string(i), timestamp);
        break;
      case 1:
        mutation.DeleteRow(row, {timestamp, 5});
        break;
      case 2:
        mutation.DeleteRange(row, row + 3, {timestamp, 5});
        break;
      case 3:
        mutation.DeleteWideRow({timestamp, 5});
        break;
      case 4:
        mutation.PutExpiring(row, "t", timestamp, 60, 99);
        break;
      default:
        mutation.Put(row, "v" + std::to_string(i), timestamp);
    }
    insert(mutation.mutation(), &memtable);
  }
  MemtableMutations contents(&memtable, schema->id);
  size_t calls = 0;
  for (;; ++calls) {
    const auto mutations = contents.Next(2000);
    ASSERT_TRUE(mutations.ok());
    if (mutations->empty()) break;
    size_t bytes = 0;
    for (const Mutation& mutation : *mutations) {
      bytes += EncodedMutationSize(mutation);
      insert(mutation, &copy);
    }
    EXPECT_LE(bytes, 2000u);
  }
  EXPECT_GT(calls, 5u);
  const auto one = memtable.NewIterator(), other = copy.NewIterator();
  EXPECT_EQ(ReadAll(one.get()), ReadAll(other.get()));
}

}  // namespace
}  // namespace rowan
