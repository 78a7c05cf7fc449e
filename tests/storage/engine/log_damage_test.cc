// SPDX-License-Identifier: Apache-2.0
// What an engine serves when its commit log was damaged.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/engine/log_replayer.h"
#include "storage/engine/state/log_scope.h"
#include "tests/lib/engine_harness.h"

namespace rowan {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr TableId kHit{1}, kSpared{2};

class LogDamageTest : public ::testing::Test {
 protected:
  LogDamageTest() { world_.tables = {TestSchema(1), TestSchema(2)}; }

  void Put(TableId table, std::string_view key, std::string_view value) {
    const TestMutation row =
        TestMutation(TestSchema(table.value), key).Put(1, value, 10);
    ASSERT_TRUE(world_.Write(row).ok());
  }
  // Flips a byte of the log where it holds `value`.
  void DamageLogAt(std::string_view value) {
    const auto names = world_.fs().List("/log").value();
    for (const std::string& name : names) {
      const std::string path = "/log/" + name;
      const std::string bytes = world_.fs().ReadFile(path).value();
      const size_t at = bytes.find(value);
      if (at == bytes.npos) continue;
      world_.fs().Corrupt(path, at, "#");
      damaged_path_ = path;
      return;
    }
    FAIL() << value << " is not in the log";
  }
  // A hole where table kHit had one row, and a row of either table behind it.
  void MakeHole() {
    ASSERT_TRUE(world_.Open().ok());
    Put(kHit, "a", "is_lost");
    Put(kHit, "b", "stays");
    Put(kSpared, "a", "spared");
    world_.PowerCut();
    DamageLogAt("is_lost");
  }
  absl::StatusCode ReadCode(TableId table, std::string_view key) {
    return world_.ReadKey(table, key).status().code();
  }
  absl::Status Reopen(bool accept = false) {
    world_.options.accept_data_loss = accept;
    return world_.Open();
  }

  EngineHarness world_;
  std::string damaged_path_;
};

TEST_F(LogDamageTest, OnlyReadsThatNeedALostRecordFailAndSayWhy) {
  MakeHole();
  ASSERT_TRUE(Reopen().ok());
  const absl::Status lost = world_.ReadKey(kHit, "a").status();
  EXPECT_EQ(lost.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(lost.message()), HasSubstr(damaged_path_ + " at "));
  EXPECT_THAT(std::string(lost.message()), HasSubstr("--accept-data-loss"));
  EXPECT_EQ(world_.Scan(kHit).status().code(), absl::StatusCode::kDataLoss);
  // Another partition of the same table, and the same tokens of another table.
  EXPECT_THAT(world_.ReadKey(kHit, "b").value(), ElementsAre("b/1=stays"));
  EXPECT_THAT(world_.Scan(kSpared).value(), ElementsAre("a/1=spared"));
  EXPECT_THAT(world_.engine().status().recovery,
              Contains(AllOf(HasSubstr("damaged: " + damaged_path_),
                             HasSubstr("reads of 1 partitions"))));
  std::vector<std::string> told;
  for (const PartitionStatus& one : world_.engine().Partitions(kHit)) {
    if (!one.lost.empty()) told.push_back(one.lost);
  }
  EXPECT_THAT(told, ElementsAre(HasSubstr(damaged_path_)));
  EXPECT_EQ(world_.engine().status().partitions_lost, 1u);
}

TEST_F(LogDamageTest, LossIsRememberedWhenTheLogIsLongGone) {
  MakeHole();
  ASSERT_TRUE(Reopen().ok());
  for (int i = 0; i < 3; ++i) {
    Put(kHit, "a", "written later");
    ASSERT_TRUE(world_.Compact(kHit).ok());
    ASSERT_TRUE(world_.Stop(/*drain=*/true).ok());
    ASSERT_TRUE(Reopen().ok());
    EXPECT_EQ(ReadCode(kHit, "a"), absl::StatusCode::kDataLoss);
  }
  EXPECT_THAT(world_.Scan(kSpared).value(), ElementsAre("a/1=spared"));
}

// Whether the operator accepts at the first start or after others.
class AcceptedLoss : public LogDamageTest,
                     public ::testing::WithParamInterface<int> {};

TEST_P(AcceptedLoss, LeavesTheRestReadableForGood) {
  MakeHole();
  for (int i = 0; i < GetParam(); ++i) {
    ASSERT_TRUE(Reopen().ok());
    EXPECT_EQ(ReadCode(kHit, "a"), absl::StatusCode::kDataLoss);
    world_.PowerCut();
  }
  // The hole is found at each start, since the log still holds it.
  for (bool accept : {true, false, false}) {
    ASSERT_TRUE(Reopen(accept).ok());
    EXPECT_THAT(world_.Scan(kHit).value(), ElementsAre("b/1=stays"));
    EXPECT_THAT(world_.engine().status().recovery,
                Contains(AllOf(HasSubstr("damaged: " + damaged_path_),
                               HasSubstr("; accepted"))));
    world_.PowerCut();
  }
  // One that comes later is told again.
  ASSERT_TRUE(Reopen().ok());
  Put(kHit, "a", "new_loss");
  Put(kSpared, "a", "behind it");
  world_.PowerCut();
  DamageLogAt("new_loss");
  ASSERT_TRUE(Reopen().ok());
  EXPECT_EQ(ReadCode(kHit, "a"), absl::StatusCode::kDataLoss);
}
INSTANTIATE_TEST_SUITE_P(LogDamageTest, AcceptedLoss, ::testing::Values(0, 2));

// The operator accepts what he was told of, not what the log loses later.
TEST_F(LogDamageTest, DamageBelowAnAcceptedLossIsNoSilentLoss) {
  ASSERT_TRUE(world_.Open().ok());
  Put(kHit, "c", "before");
  world_.PowerCut();
  MakeHole();
  ASSERT_TRUE(Reopen(/*accept=*/true).ok());
  EXPECT_THAT(world_.Scan(kHit).value(),
              ElementsAre("c/1=before", "b/1=stays"));
  world_.PowerCut();
  DamageLogAt("before");
  DamageLogAt("stays");
  ASSERT_TRUE(Reopen().ok());
  EXPECT_THAT(world_.Scan(kHit).value(),
              ElementsAre("c/1=before", "b/1=stays"));
}

TEST_F(LogDamageTest, HoleOfRecordsThatAreInSSTablesHitsNobody) {
  ASSERT_TRUE(world_.Open().ok());
  Put(kSpared, "a", "a first one");
  Put(kHit, "a", "is_flushed");
  ASSERT_TRUE(world_.Flush(kHit).ok());
  Put(kSpared, "a", "behind it");
  world_.PowerCut();
  DamageLogAt("is_flushed");
  ASSERT_TRUE(Reopen().ok());
  EXPECT_THAT(world_.Scan(kHit).value(), ElementsAre("a/1=is_flushed"));
  EXPECT_THAT(world_.Scan(kSpared).value(), ElementsAre("a/1=behind it"));
  EXPECT_THAT(world_.engine().status().recovery,
              Contains(HasSubstr("no partition needs them")));
}

// The log goes on only when the loss is in the manifest: dying anywhere in the
// start that finds it does not hide it.
TEST_F(LogDamageTest, StartThatDiesAnywhereDoesNotForgetTheLoss) {
  for (int nth = 1;; ++nth) {
    SCOPED_TRACE(nth);
    EngineHarness fresh;
    fresh.tables = world_.tables;
    ASSERT_TRUE(fresh.Open().ok());
    const auto put = [&](std::string_view key, std::string_view value) {
      return fresh.Write(TestMutation(TestSchema(1), key).Put(1, value, 10));
    };
    ASSERT_TRUE(put("a", "is_lost").ok());
    ASSERT_TRUE(put("b", "stays").ok());
    fresh.PowerCut();
    const std::string path = "/log/segment-000001.log";
    const size_t at = fresh.fs().ReadFile(path).value().find("is_lost");
    fresh.fs().Corrupt(path, at, "#");
    fresh.fs().FailNext(FileOp::kAnyChange, "", nth, absl::AbortedError("died"),
                        /*sticky=*/true);
    const bool finished = fresh.Open().ok();
    fresh.PowerCut();
    fresh.fs().ClearFaults();
    ASSERT_TRUE(fresh.Open().ok());
    EXPECT_EQ(fresh.ReadKey(kHit, "a").status().code(),
              absl::StatusCode::kDataLoss);
    EXPECT_THAT(fresh.ReadKey(kHit, "b").value(), ElementsAre("b/1=stays"));
    if (finished) {
      EXPECT_GT(nth, 3);
      break;
    }
  }
}

TEST_F(LogDamageTest, LostLogIsToldAndNothingWrittenAfterItIsSkipped) {
  ASSERT_TRUE(world_.Open().ok());
  Put(kHit, "a", "flushed");
  ASSERT_TRUE(world_.Flush(kHit).ok());
  Put(kHit, "a", "lost");
  ASSERT_TRUE(world_.Stop().ok());
  const auto names = world_.fs().List("/log").value();
  for (const std::string& name : names) {
    ASSERT_TRUE(world_.fs().Remove("/log/" + name).ok());
  }
  ASSERT_TRUE(Reopen().ok());
  EXPECT_EQ(ReadCode(kHit, "a"), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ReadCode(kSpared, "a"), absl::StatusCode::kDataLoss);
  Put(kHit, "b", "new");
  world_.PowerCut();
  ASSERT_TRUE(Reopen(/*accept=*/true).ok());
  EXPECT_THAT(world_.ReadKey(kHit, "a").value(), ElementsAre("a/1=flushed"));
  EXPECT_THAT(world_.ReadKey(kHit, "b").value(), ElementsAre("b/1=new"));
}

TEST(LogScope, HoldsAtLeastThePartitionOfEachRecord) {
  for (uint8_t length : {0, 1, 4, 5, 7}) {
    for (uint64_t top = 0; top < 256; ++top) {
      const Token token{top << 56 | 12345};
      const uint64_t scope = LogScopeOf(TableId{7}, token);
      for (uint32_t bits = 0; bits < 1u << length; ++bits) {
        const PartitionId id{length, bits};
        const bool own = PartitionId::Of(token, length) == id;
        if (own || length <= 5) {
          EXPECT_EQ(LogScopeHolds(scope, TableId{7}, id), own);
        }
        EXPECT_FALSE(LogScopeHolds(scope, TableId{8}, id));
        EXPECT_TRUE(LogScopeHolds(kLogScopeAll, TableId{8}, id));
      }
    }
  }
}

}  // namespace
}  // namespace rowan
