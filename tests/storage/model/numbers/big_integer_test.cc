// SPDX-License-Identifier: Apache-2.0
#include "storage/model/numbers/big_integer.h"

#include <gtest/gtest.h>

#include <boost/multiprecision/cpp_int.hpp>

#include "tests/storage/model/random_value.h"

namespace rowan {
namespace {

TEST(BigInteger, DigitsEqualThoseOfAnotherLibrary) {
  for (uint64_t seed = 1; seed <= 3000; ++seed) {
    SimRandom random(seed);
    const std::string bytes = RandomVarint(random, 40);
    boost::multiprecision::cpp_int number = 0;
    for (char c : bytes) number = number * 256 + static_cast<unsigned char>(c);
    if ((bytes[0] & 0x80) != 0) {
      number -= boost::multiprecision::cpp_int(1) << (8 * bytes.size());
    }
    ASSERT_EQ(IntegerToDigits(bytes), number.str()) << "seed " << seed;
    std::string back;
    ASSERT_TRUE(IntegerFromDigits(number.str(), &back));
    ASSERT_EQ(back, bytes) << "seed " << seed;
  }
}

TEST(BigInteger, ShortestFormAtEveryByteBoundary) {
  for (int64_t number = -70'000; number <= 70'000; ++number) {
    std::string bytes;
    ASSERT_TRUE(IntegerFromDigits(std::to_string(number), &bytes));
    const size_t wanted = number >= -128 && number <= 127         ? 1
                          : number >= -32'768 && number <= 32'767 ? 2
                                                                  : 3;
    ASSERT_EQ(bytes.size(), wanted) << number;
  }
}

TEST(BigInteger, OnlyDigitsAreRead) {
  std::string bytes;
  for (const char* text :
       {"", "+", "-", "+-1", "-+1", "--1", "1a", " 1", "0x1"}) {
    EXPECT_FALSE(IntegerFromDigits(text, &bytes)) << text;
  }
  EXPECT_FALSE(IntegerFromDigits(std::string_view("1\0", 2), &bytes));
}

}  // namespace
}  // namespace rowan
