// SPDX-License-Identifier: Apache-2.0
// The engine may be destroyed as soon as nothing is under way: what ends last
// must not hold a table beyond that, since tables need the engine's parts.
#include <gtest/gtest.h>

#include <functional>

#include "storage/engine/background/flush_manager.h"
#include "storage/engine/background/log_rewriter.h"
#include "tests/lib/mem_file_system.h"
#include "tests/lib/sim_clock.h"
#include "tests/lib/sim_executor.h"
#include "tests/lib/test_tables.h"
#include "tests/storage/engine/counting_log.h"

namespace rowan {
namespace {

class HeldAppender : public RecordAppender {
 public:
  void AppendAgain(MemtableSlot*, std::span<const Mutation>,
                   DoneCallback done) override {
    held = std::move(done);
  }
  DoneCallback held;
};

class EngineStopTest : public ::testing::Test {
 protected:
  EngineStopTest() {
    core_.log = std::make_unique<CountingLog>();
    core_.manifest = std::make_unique<ManifestStore>(
        Manifest::Open(&fs_, "/data").value(), &fs_,
        [](const absl::Status& status) { ADD_FAILURE() << status; });
    const TestMutation row = TestMutation(table_->schema(), "a").Put(1, "x", 1);
    partition_ = &table_->PartitionOf(row.mutation().token);
    std::string bytes(EncodedMutationSize(row.mutation()), '\0');
    EncodeMutation(row.mutation(), bytes.data());
    MutationReader reader(bytes);
    EXPECT_TRUE(reader.ReadHeader().ok());
    EXPECT_TRUE(slot().memtable.Insert(&reader).ok());
  }
  MemtableSlot& slot() { return *partition_->HoldView()->active; }
  // Nobody but what is under way, and what `destroy` ends, has the table from
  // here on.
  void Stop(std::function<void()> destroy = [] {}) {
    watched_ = table_;
    table_.reset();
    core_.activity.Stop([this, destroy = std::move(destroy)] {
      stopped_ = true;
      destroy();
      EXPECT_TRUE(watched_.expired());
    });
  }
  void ExpectStops() {
    EXPECT_FALSE(stopped_);
    executor_.RunUntilIdle();
    EXPECT_TRUE(stopped_);
  }
  static EngineOptions Options() {
    EngineOptions options;
    options.directory = "/data";
    return options;
  }
  EngineWorld World() {
    fs_.WriteFile("/data/VERSION", "1");  // makes /data
    return {&fs_, &clock_, &executor_, &executor_, &executor_};
  }

  SimClock clock_;
  SimExecutor executor_{&clock_};
  MemFileSystem fs_{&executor_};
  EngineCore core_{Options(), World()};
  std::shared_ptr<Table> table_ = std::make_shared<Table>(
      TestSchema(1), "/data/1", &core_.budget, &core_.epochs);
  Partition* partition_ = nullptr;
  std::weak_ptr<Table> watched_;
  bool stopped_ = false;
  int pins_gone_ = 0;
};

TEST_F(EngineStopTest, RewriteThatEndsLastHoldsNoTable) {
  HeldAppender appender;
  LogRewriter rewriter(&core_, [this] { ++pins_gone_; });
  rewriter.SetAppender(&appender);
  ASSERT_TRUE(rewriter.Start(table_, partition_,
                             [table = table_](const absl::Status&) {}));
  executor_.RunReady();
  ASSERT_TRUE(appender.held);
  Stop();
  std::exchange(appender.held, nullptr)(absl::OkStatus());
  ExpectStops();
  EXPECT_EQ(pins_gone_, 1);
}

TEST_F(EngineStopTest, RewriteThatAwaitsWritersHoldsNoTable) {
  LogRewriter rewriter(&core_, [this] { ++pins_gone_; });
  slot().pins.fetch_add(1);
  ASSERT_TRUE(rewriter.Start(table_, partition_,
                             [table = table_](const absl::Status&) {}));
  executor_.RunReady();
  Stop();
  ExpectStops();
}

TEST_F(EngineStopTest, FlushThatEndsLastHoldsNoTable) {
  CompactionManager compactions(&core_);
  auto flushes = std::make_unique<FlushManager>(&core_, &compactions);
  flushes->Request(table_, partition_,
                   [table = table_](const absl::Status&) {});
  Stop([&flushes] { flushes.reset(); });
  ExpectStops();
}

}  // namespace
}  // namespace rowan
