// SPDX-License-Identifier: Apache-2.0
#include "storage/model/numbers/exact_sum.h"

#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <boost/multiprecision/cpp_int.hpp>
#include <cstdint>
#include <limits>
#include <string>

#include "storage/model/numbers/big_integer.h"
#include "tests/lib/sim_random.h"

namespace rowan {
namespace {

using boost::multiprecision::cpp_int;
// Exact enough to round once to a double.
using Wide = boost::multiprecision::cpp_bin_float_100;

std::string Bytes(const std::string& digits) {
  std::string bytes;
  EXPECT_TRUE(IntegerFromDigits(digits, &bytes));
  return bytes;
}
std::string Text(const ExactSum& sum) {
  return IntegerToDigits(sum.unscaled()) + "e-" + std::to_string(sum.scale());
}

TEST(ExactSum, NothingIsZero) {
  const ExactSum sum;
  EXPECT_EQ(Text(sum), "0e-0");
  EXPECT_EQ(sum.DoubleAverage(1), 0);
}

TEST(ExactSum, WholeNumbersPastSixtyFourBitsStayExact) {
  ExactSum sum;
  cpp_int expected = 0;
  for (const int64_t number : {std::numeric_limits<int64_t>::max(),
                               std::numeric_limits<int64_t>::max(),
                               std::numeric_limits<int64_t>::min(), int64_t{-1},
                               int64_t{0}, std::numeric_limits<int64_t>::min(),
                               std::numeric_limits<int64_t>::min()}) {
    sum.Add(number);
    expected += number;
    EXPECT_EQ(Text(sum), expected.str() + "e-0");
  }
  ASSERT_TRUE(sum.Add(Bytes("123456789012345678901234567890"), 0));
  expected += cpp_int("123456789012345678901234567890");
  EXPECT_EQ(Text(sum), expected.str() + "e-0");
}

TEST(ExactSum, DecimalsKeepTheLargestScale) {
  ExactSum sum;
  ASSERT_TRUE(sum.Add(Bytes("15"), 1));
  EXPECT_EQ(Text(sum), "15e-1");
  ASSERT_TRUE(sum.Add(Bytes("-25"), 3));
  EXPECT_EQ(Text(sum), "1475e-3");
  ASSERT_TRUE(sum.Add(Bytes("2"), -3));
  EXPECT_EQ(Text(sum), "2001475e-3");
}

TEST(ExactSum, SumsTooLargeAreRefusedAndChangeNothing) {
  ExactSum sum;
  ASSERT_TRUE(sum.Add(Bytes("7"), 2));
  for (const int32_t scale : {std::numeric_limits<int32_t>::min(), -160'000,
                              160'000, std::numeric_limits<int32_t>::max()}) {
    EXPECT_FALSE(sum.Add(Bytes("1"), scale)) << scale;
  }
  std::string largest(ExactSum::kBytesMax, '\xff');
  largest[0] = '\x7f';
  EXPECT_FALSE(sum.Add(largest, 2));
  EXPECT_FALSE(sum.Add(largest + "x", 2));
  EXPECT_EQ(Text(sum), "7e-2");
  ExactSum other;
  EXPECT_TRUE(other.Add(largest, 0));
  EXPECT_FALSE(other.Add(Bytes("1"), 0));
  // A zero has no digits to align.
  EXPECT_TRUE(sum.Add(Bytes("0"), std::numeric_limits<int32_t>::min()));
}

TEST(ExactSum, AverageIsTheNearestDouble) {
  SimRandom random(1);
  for (int round = 0; round < 20'000; ++round) {
    ExactSum sum;
    cpp_int exact = 0;
    for (uint64_t n = 1 + random.Below(3); n > 0; --n) {
      const auto number =
          static_cast<int64_t>(random.Next() >> random.Below(64));
      sum.Add(number);
      exact += number;
    }
    const uint64_t count = 1 + (random.Next() >> (1 + random.Below(63)));
    EXPECT_EQ(sum.DoubleAverage(count),
              static_cast<double>(Wide(exact) / Wide(count)))
        << exact << " / " << count;
  }
}

TEST(ExactSum, DecimalAverageRoundsHalfToEven) {
  const auto average = [](const std::string& unscaled, uint64_t count) {
    ExactSum sum;
    EXPECT_TRUE(sum.Add(Bytes(unscaled), 0));
    return IntegerToDigits(sum.AverageUnscaled(count, 1));
  };
  EXPECT_EQ(average("1", 4), "2");  // 0.25
  EXPECT_EQ(average("3", 4), "8");  // 0.75
  EXPECT_EQ(average("-1", 4), "-2");
  EXPECT_EQ(average("-3", 4), "-8");
  EXPECT_EQ(average("1", 3), "3");
  EXPECT_EQ(average("2", 3), "7");
  EXPECT_EQ(average("-2", 3), "-7");
  EXPECT_EQ(average("5", 1), "50");
}

}  // namespace
}  // namespace rowan
