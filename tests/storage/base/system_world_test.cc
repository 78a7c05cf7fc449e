// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "gtest/gtest.h"
#include "storage/base/system/system_clock.h"
#include "storage/base/system/system_random.h"

namespace rowan {
namespace {

TEST(SystemClock, MonotonicTimeNeverGoesBack) {
  SystemClock clock;
  int64_t last = clock.MonotonicNanos();
  for (int i = 0; i < 1000; ++i) {
    const int64_t now = clock.MonotonicNanos();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(SystemClock, WallTimeIsMicrosecondsSince1970) {
  SystemClock clock;
  EXPECT_GT(clock.WallMicros(), 1'700'000'000'000'000);
  EXPECT_LT(clock.WallMicros(), 10'000'000'000'000'000);
}

TEST(SystemRandom, TwoSourcesDiffer) {
  SystemRandom a, b;
  std::set<uint64_t> seen;
  for (int i = 0; i < 1000; ++i) {
    seen.insert(a.Next());
    seen.insert(b.Next());
  }
  EXPECT_EQ(seen.size(), 2000u);
}

}  // namespace
}  // namespace rowan
