// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/lib/sim_clock.h"
#include "tests/lib/sim_executor.h"
#include "tests/lib/sim_random.h"

namespace rowan {
namespace {

using std::chrono::nanoseconds;
using ::testing::ElementsAre;

TEST(SimClock, StandsStillUntilMoved) {
  SimClock clock;
  const int64_t wall = clock.WallMicros();
  EXPECT_EQ(clock.WallSeconds(), 1'767'225'600u);
  EXPECT_EQ(clock.MonotonicNanos(), 0);
  clock.AdvanceSeconds(2);
  EXPECT_EQ(clock.WallMicros(), wall + 2'000'000);
  EXPECT_EQ(clock.MonotonicNanos(), 2'000'000'000);
}

TEST(SimClock, SettingTheWallLeavesMonotonicTimeAlone) {
  SimClock clock;
  clock.AdvanceSeconds(5);
  clock.SetWallMicros(7);
  EXPECT_EQ(clock.WallMicros(), 7);
  EXPECT_EQ(clock.MonotonicNanos(), 5'000'000'000);
}

TEST(SimExecutor, RunsInTheOrderPostedWithoutARandomSource) {
  SimClock clock;
  SimExecutor executor(&clock);
  std::vector<int> ran;
  for (int i = 0; i < 4; ++i) executor.Post([&ran, i] { ran.push_back(i); });
  EXPECT_EQ(executor.ready_count(), 4u);
  executor.RunReady();
  EXPECT_THAT(ran, ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(executor.tasks_run(), 4u);
}

TEST(SimExecutor, OneSeedGivesOneOrderAndAnotherSeedAnother) {
  auto order = [](uint64_t seed) {
    SimClock clock;
    SimRandom random(seed);
    SimExecutor executor(&clock, &random);
    std::vector<int> ran;
    for (int i = 0; i < 32; ++i) {
      executor.Post([&ran, i] { ran.push_back(i); });
    }
    executor.RunReady();
    return ran;
  };
  EXPECT_EQ(order(1), order(1));
  EXPECT_NE(order(1), order(2));
}

TEST(SimExecutor, DelayedTaskWaitsForTheClock) {
  SimClock clock;
  SimExecutor executor(&clock);
  std::vector<int> ran;
  executor.PostAfter(nanoseconds(20), [&] { ran.push_back(2); });
  executor.PostAfter(nanoseconds(10), [&] { ran.push_back(1); });
  executor.RunReady();
  EXPECT_THAT(ran, ElementsAre());
  clock.AdvanceNanos(10);
  executor.RunReady();
  EXPECT_THAT(ran, ElementsAre(1));
  executor.RunUntilIdle();
  EXPECT_THAT(ran, ElementsAre(1, 2));
  EXPECT_EQ(clock.MonotonicNanos(), 20);
}

TEST(SimExecutor, RunUntilIdleStopsAtItsLimit) {
  SimClock clock;
  SimExecutor executor(&clock);
  bool ran = false;
  executor.PostAfter(std::chrono::hours(2), [&] { ran = true; });
  executor.RunUntilIdle(std::chrono::hours(1));
  EXPECT_FALSE(ran);
  EXPECT_EQ(clock.MonotonicNanos(), 0);
}

TEST(SimExecutor, RunUntilSaysWhetherTheConditionCameTrue) {
  SimClock clock;
  SimExecutor executor(&clock);
  int n = 0;
  for (int i = 0; i < 5; ++i) executor.Post([&] { ++n; });
  EXPECT_TRUE(executor.RunUntil([&] { return n == 3; }));
  EXPECT_EQ(n, 3);
  EXPECT_FALSE(executor.RunUntil([&] { return n == 9; }));
}

}  // namespace
}  // namespace rowan
