// SPDX-License-Identifier: Apache-2.0
// What Engine::Checkpoint takes while others write and flush.
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/engine/engine.h"
#include "tests/lib/engine_harness.h"

namespace rowan {
namespace {

using testing::SizeIs;

// A log that lets something happen once, right after its tail was read.
class WatchedLog final : public MutationLog {
 public:
  WatchedLog(std::unique_ptr<MutationLog> log, std::function<void()>* after)
      : log_(std::move(log)), after_tail_(after) {}

  absl::Status Append(size_t size,
                      absl::FunctionRef<void(std::span<char>)> encode,
                      LogAppend* append) override {
    return log_->Append(size, encode, append);
  }
  LogPosition Tail() const override {
    const LogPosition tail = log_->Tail();
    if (*after_tail_) std::exchange(*after_tail_, nullptr)();
    return tail;
  }
  void WhenDurable(LogPosition position,
                   absl::AnyInvocable<void(absl::Status)> done) override {
    log_->WhenDurable(position, std::move(done));
  }
  void Release(LogPosition head) override { log_->Release(head); }
  LogPosition Head() const override { return log_->Head(); }
  uint64_t BytesInUse() const override { return log_->BytesInUse(); }
  DurationCounts SyncDurations() const override {
    return log_->SyncDurations();
  }
  size_t RecordSizeMax() const override { return log_->RecordSizeMax(); }
  absl::Status failed() const override { return log_->failed(); }
  absl::Status spare_failure() const override { return log_->spare_failure(); }
  void EndWaits() override { log_->EndWaits(); }
  void Close(absl::AnyInvocable<void(absl::Status)> done) override {
    log_->Close(std::move(done));
  }

 private:
  const std::unique_ptr<MutationLog> log_;
  std::function<void()>* const after_tail_;
};

class CheckpointTest : public testing::Test {
 protected:
  CheckpointTest() {
    world_.tables = {TestSchema(1)};
    world_.wrap_log = [this](std::unique_ptr<MutationLog> log) {
      return std::make_unique<WatchedLog>(std::move(log), &after_tail_);
    };
    world_.fs().WriteFile("/links/here", "");
    EXPECT_TRUE(world_.Open().ok());
  }
  ~CheckpointTest() override { EXPECT_TRUE(world_.Stop().ok()); }

  void WriteAndFlush(int64_t ck) {
    ASSERT_TRUE(
        world_
            .Write(
                TestMutation(TestSchema(1), "key").Put(ck, "value", 1000 + ck))
            .ok());
    ASSERT_TRUE(world_.Flush(TableId{1}).ok());
  }
  static uint64_t FilesOf(const ManifestState& state) {
    uint64_t files = 0;
    for (const auto& [id, partition] : state.tables.at(TableId{1}).partitions) {
      files += partition.files.size();
    }
    return files;
  }

  EngineHarness world_;
  std::function<void()> after_tail_;
};

TEST_F(CheckpointTest, FilesAreLinkedAsTheManifestHasThem) {
  WriteAndFlush(1);
  WriteAndFlush(2);
  const auto taken = world_.engine().Checkpoint("/links");
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_EQ(FilesOf(taken->manifest), 2u);
  EXPECT_THAT(*world_.fs().List("/links"), SizeIs(3));
  EXPECT_LT(taken->log_from, taken->log_until);
  // They stay when a merge has replaced them.
  ASSERT_TRUE(world_.Compact(TableId{1}).ok());
  EXPECT_THAT(*world_.fs().List("/links"), SizeIs(3));
}

TEST_F(CheckpointTest, FilesHoldNothingThatLiesBehindThePosition) {
  WriteAndFlush(1);
  after_tail_ = [this] { WriteAndFlush(2); };
  const auto taken = world_.engine().Checkpoint("/links");
  ASSERT_TRUE(taken.ok()) << taken.status();
  for (const auto& [id, partition] :
       taken->manifest.tables.at(TableId{1}).partitions) {
    EXPECT_LE(partition.flushed_to, taken->log_until);
  }
  EXPECT_EQ(FilesOf(taken->manifest), 1u);
}

}  // namespace
}  // namespace rowan
