// SPDX-License-Identifier: Apache-2.0
#include "storage/model/types/vint.h"

#include <gtest/gtest.h>

#include "tests/lib/sim_random.h"

namespace rowan {
namespace {

std::string Vint(int64_t number) {
  std::string out;
  AppendVint(number, &out);
  return out;
}

TEST(Vint, GoldenBytes) {
  EXPECT_EQ(Vint(0), std::string(1, '\0'));
  EXPECT_EQ(Vint(-1), "\1");
  EXPECT_EQ(Vint(63), "\x7e");
  EXPECT_EQ(Vint(64), "\x80\x80");
  EXPECT_EQ(Vint(-8193), "\xc0\x40\x01");
  EXPECT_EQ(Vint(INT64_MIN), std::string(9, '\xff'));
}

TEST(Vint, NumbersOfEverySizeComeBackAndTruncationsDont) {
  SimRandom random(5);
  for (int i = 0; i < 20'000; ++i) {
    const auto number = static_cast<int64_t>(random.Next()) >> random.Below(64);
    const std::string bytes = Vint(number);
    std::string_view rest = bytes;
    int64_t back;
    ASSERT_TRUE(TakeVint(&rest, &back));
    ASSERT_EQ(back, number);
    ASSERT_TRUE(rest.empty());
    for (size_t size = 0; size < bytes.size(); ++size) {
      rest = std::string_view(bytes).substr(0, size);
      ASSERT_FALSE(TakeVint(&rest, &back));
    }
  }
}

TEST(Vint, LongerFormsThanNeededAreRefused) {
  for (std::string_view bytes :
       {std::string_view("\x80\1"), std::string_view("\xc0\0\1", 3),
        std::string_view("\xff\0\0\0\0\0\0\0\1", 9)}) {
    int64_t number;
    EXPECT_FALSE(TakeVint(&bytes, &number));
  }
}

}  // namespace
}  // namespace rowan
