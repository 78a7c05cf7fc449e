// SPDX-License-Identifier: Apache-2.0
#include "node/coordinator/hybrid_clock.h"

#include <memory>
#include <utility>

#include "gtest/gtest.h"
#include "tests/lib/mem_file_system.h"
#include "tests/lib/sim_clock.h"
#include "tests/lib/sim_executor.h"
#include "tests/lib/sim_random.h"

namespace rowan {
namespace {

class HybridClockTest : public testing::Test {
 protected:
  HybridClockTest() { fs_.WriteFile("d/keep", ""); }
  std::unique_ptr<HybridClock> Open() {
    auto clock = HybridClock::Open(&fs_, "d", &clock_, &executor_);
    EXPECT_TRUE(clock.ok()) << clock.status();
    return *std::move(clock);
  }

  MemFileSystem fs_;
  SimClock clock_;
  SimExecutor executor_{&clock_};
};

TEST_F(HybridClockTest, FollowsTheWallAndNeverRepeats) {
  auto clock = Open();
  EXPECT_EQ(*clock->Next(), clock_.WallMicros());
  EXPECT_EQ(*clock->Next(), clock_.WallMicros() + 1);
  clock_.AdvanceNanos(5'000);
  EXPECT_EQ(*clock->Next(), clock_.WallMicros());
  const int64_t last = *clock->Next();
  clock_.SetWallMicros(clock_.WallMicros() - 1'000'000);
  EXPECT_EQ(*clock->Next(), last + 1);
}

TEST_F(HybridClockTest, TellsHowFarItIsAheadOfTheWall) {
  auto clock = Open();
  ASSERT_TRUE(clock->Next().ok());
  EXPECT_EQ(clock->AheadMicros(), 0);
  clock_.SetWallMicros(clock_.WallMicros() - 1'000'000);
  EXPECT_EQ(clock->AheadMicros(), 1'000'000);
  clock_.AdvanceNanos(1'500'000'000);
  EXPECT_EQ(clock->AheadMicros(), 0);
}

TEST_F(HybridClockTest, NeverGoesBackOverAPowerCutWithTheWallSetBack) {
  int64_t last = 0;
  {
    auto clock = Open();
    for (int i = 0; i < 1000; ++i) last = *clock->Next();
    fs_.PowerCut();
  }
  clock_.SetWallMicros(clock_.WallMicros() - 3'600'000'000);
  auto clock = Open();
  EXPECT_GT(*clock->Next(), last);
}

TEST_F(HybridClockTest, CleanStopLeavesNoGap) {
  int64_t last = 0;
  {
    auto clock = Open();
    last = *clock->Next();
    ASSERT_TRUE(clock->Stop().ok());
  }
  auto clock = Open();
  EXPECT_LE(*clock->Next(), last + 2);
}

TEST_F(HybridClockTest, RenewalKeepsTheBoundAheadOfTheWall) {
  auto clock = Open();
  for (int i = 0; i < 20; ++i) {
    executor_.RunUntilIdle(std::chrono::seconds(2));
    EXPECT_TRUE(clock->Next().ok()) << i;
  }
}

TEST_F(HybridClockTest, LeapOfTheWallWaitsForTheBound) {
  auto clock = Open();
  clock_.AdvanceSeconds(3600);
  EXPECT_TRUE(absl::IsUnavailable(clock->Next().status()));
  executor_.RunReady();
  EXPECT_EQ(*clock->Next(), clock_.WallMicros());
}

TEST_F(HybridClockTest, GivesNothingOutAboveWhatTheDiskHas) {
  auto clock = Open();
  fs_.FailNext(FileOp::kAnyChange, "clock", 1, absl::DataLossError("disk"),
               /*sticky=*/true);
  int64_t last = 0;
  for (int i = 0; i < 10'000; ++i) {
    clock_.AdvanceNanos(1'000'000);
    executor_.RunReady();
    const auto next = clock->Next();
    if (!next.ok()) break;
    last = *next;
  }
  fs_.ClearFaults();
  fs_.PowerCut();
  clock_.SetWallMicros(0);
  auto again = Open();
  EXPECT_GT(*again->Next(), last);
}

TEST_F(HybridClockTest, DamageOrLossOfOneFileLosesNoTimestamp) {
  int64_t last = 0;
  { last = *Open()->Next(); }
  clock_.SetWallMicros(0);
  for (const char* path : {"d/clock", "d/clock.copy"}) {
    SCOPED_TRACE(path);
    fs_.Corrupt(path, 26, "x");
    auto clock = Open();
    EXPECT_GT(*clock->Next(), last);
    last = *clock->Next();
    ASSERT_TRUE(fs_.Remove(path).ok());
    clock = Open();
    EXPECT_GT(*clock->Next(), last);
    last = *clock->Next();
  }
  for (const char* path : {"d/clock", "d/clock.copy"}) {
    fs_.Corrupt(path, 26, "x");
  }
  EXPECT_TRUE(absl::IsDataLoss(
      HybridClock::Open(&fs_, "d", &clock_, &executor_).status()));
}

TEST_F(HybridClockTest, StartsOnAFullDiskAndWaitsForRoom) {
  int64_t last = 0;
  { last = *Open()->Next(); }
  fs_.FailNext(FileOp::kCreate, "clock", 1,
               absl::ResourceExhaustedError("no space left on device"),
               /*sticky=*/true);
  clock_.SetWallMicros(clock_.WallMicros() - 3'600'000'000);
  auto clock = Open();
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(absl::IsUnavailable(clock->Next().status()));
    executor_.RunUntilIdle(std::chrono::seconds(2));
  }
  fs_.ClearFaults();
  executor_.RunUntilIdle(std::chrono::seconds(2));
  ASSERT_TRUE(clock->Next().ok());
  EXPECT_GT(*clock->Next(), last);
}

}  // namespace
}  // namespace rowan
