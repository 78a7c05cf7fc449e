// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/instant_text.h"

#include <limits>

#include "gtest/gtest.h"

namespace rowan {
namespace {

TEST(InstantText, FractionHasAsManyDigitsAsNeeded) {
  EXPECT_EQ(InstantOfMicros(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(InstantOfMicros(1), "1970-01-01T00:00:00.000001Z");
  EXPECT_EQ(InstantOfMicros(1'500'000), "1970-01-01T00:00:01.500Z");
  EXPECT_EQ(InstantOfSeconds(951'782'400), "2000-02-29T00:00:00Z");
  EXPECT_EQ(InstantOfSeconds(UINT32_MAX), "2106-02-07T06:28:15Z");
}

// What java.time.Instant prints.
TEST(InstantText, EveryValueHasAText) {
  EXPECT_EQ(InstantOfMicros(-1), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(InstantOfMicros(std::numeric_limits<int64_t>::max()),
            "+294247-01-10T04:00:54.775807Z");
  EXPECT_EQ(InstantOfMicros(std::numeric_limits<int64_t>::min()),
            "-290308-12-21T19:59:05.224192Z");
  EXPECT_EQ(InstantOfSeconds(-62'198'755'200), "-0001-01-01T00:00:00Z");
  EXPECT_EQ(InstantOfSeconds(253'402'300'800), "+10000-01-01T00:00:00Z");
}

}  // namespace
}  // namespace rowan
