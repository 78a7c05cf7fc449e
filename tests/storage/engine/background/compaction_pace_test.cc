// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/background/compaction_pace.h"

#include <gtest/gtest.h>

namespace rowan {
namespace {

constexpr int64_t kMs = 1'000'000;

TEST(CompactionPace, ShareGrowsWithDebtFromAnEighthToAll) {
  const CompactionPace pace(1000);
  EXPECT_DOUBLE_EQ(pace.Share(0, false), 1.0 / 8);
  EXPECT_DOUBLE_EQ(pace.Share(500, false), 9.0 / 16);
  EXPECT_DOUBLE_EQ(pace.Share(1000, false), 1);
  EXPECT_DOUBLE_EQ(pace.Share(50'000, false), 1);
  double last = 0;
  for (uint64_t debt = 0; debt <= 1000; debt += 10) {
    EXPECT_GT(pace.Share(debt, false), last);
    last = pace.Share(debt, false);
  }
}

TEST(CompactionPace, IdleForegroundLeavesEverything) {
  const CompactionPace pace(1000);
  EXPECT_DOUBLE_EQ(pace.Share(0, true), 1);
}

TEST(CompactionPace, PauseMakesTheShareAndIsBounded) {
  EXPECT_EQ(CompactionPace::PauseNanos(kMs, 1), 0);
  EXPECT_EQ(CompactionPace::PauseNanos(kMs, 0.5), kMs);
  EXPECT_EQ(CompactionPace::PauseNanos(kMs, 1.0 / 8), 7 * kMs);
  EXPECT_EQ(CompactionPace::PauseNanos(1000 * kMs, 1.0 / 8),
            CompactionPace::kPauseMaxNanos);
}

TEST(CompactionPace, ForegroundIsIdleAfterATimeWithoutOperations) {
  CompactionPace pace(1000);
  EXPECT_TRUE(pace.ForegroundIdle(0, 0));
  EXPECT_FALSE(pace.ForegroundIdle(1, 10 * kMs));
  EXPECT_FALSE(pace.ForegroundIdle(1, 109 * kMs));
  EXPECT_TRUE(pace.ForegroundIdle(1, 110 * kMs));
  EXPECT_FALSE(pace.ForegroundIdle(2, 111 * kMs));
}

}  // namespace
}  // namespace rowan
