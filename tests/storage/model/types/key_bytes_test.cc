// SPDX-License-Identifier: Apache-2.0
#include "storage/model/types/key_bytes.h"

#include <gtest/gtest.h>

#include "tests/storage/model/random_value.h"

namespace rowan {
namespace {

std::string Escaped(std::string_view bytes) {
  std::string out;
  AppendEscaped(bytes, &out);
  return out;
}

TEST(EscapedBytes, GoldenBytes) {
  EXPECT_EQ(Escaped(""), std::string(2, '\0'));
  EXPECT_EQ(Escaped("ab"), std::string("ab\0\0", 4));
  EXPECT_EQ(Escaped(std::string_view("a\0", 2)), std::string("a\0\xff\0\0", 5));
}

TEST(EscapedBytes, SortAndComeBackWithWhatFollowsUntouched) {
  SimRandom random(1);
  for (int i = 0; i < 20'000; ++i) {
    const std::string a = EdgyBytes(random, random.Below(6));
    const std::string b = EdgyBytes(random, random.Below(6));
    ASSERT_EQ(Escaped(a) < Escaped(b), a < b);
    const std::string bytes = Escaped(a) + b;
    std::string_view rest = bytes;
    std::string back;
    ASSERT_TRUE(TakeEscaped(&rest, &back));
    ASSERT_EQ(back, a);
    ASSERT_EQ(rest, b);
  }
}

TEST(EscapedBytes, MalformedAreRefused) {
  for (std::string_view bytes :
       {std::string_view(), std::string_view("a"), std::string_view("a\0", 2),
        std::string_view("a\0\1", 3), std::string_view("\0\xff", 2)}) {
    std::string value;
    EXPECT_FALSE(TakeEscaped(&bytes, &value));
  }
}

TEST(IntegerKey, LongNumbersSortByLengthAndComeBack) {
  std::string previous;
  const auto expect_next = [&previous](const std::string& integer) {
    std::string key;
    AppendInteger(integer, &key);
    ASSERT_LT(previous, key);
    std::string_view rest = key;
    std::string back;
    ASSERT_TRUE(TakeInteger(&rest, &back));
    ASSERT_EQ(back, integer);
    ASSERT_TRUE(rest.empty());
    previous = key;
  };
  for (size_t size : {70'000, 256, 121, 120, 119, 118, 2, 1}) {
    expect_next('\x80' + std::string(size - 1, '\1'));
  }
  for (size_t size : {1, 2, 118, 119, 120, 121, 256, 70'000}) {
    expect_next('\x7f' + std::string(size - 1, '\1'));
  }
}

TEST(IntegerKey, FormsThatNoEncoderWritesAreRefused) {
  const auto refused = [](std::string_view bytes) {
    std::string value;
    return !TakeInteger(&bytes, &value);
  };
  EXPECT_FALSE(refused("\x81\5"));
  EXPECT_TRUE(refused("\x80"));                           // no bytes
  EXPECT_TRUE(refused("\x81\x85"));                       // sign differs
  EXPECT_TRUE(refused("\x7e\5"));                         // sign differs
  EXPECT_TRUE(refused(std::string_view("\x82\0\5", 3)));  // not shortest
  EXPECT_TRUE(
      refused(std::string_view("\xf8\0\0\0\1\5", 6)));  // long for short
  EXPECT_TRUE(refused("\xf9\1\1\1\1"));                 // unknown head
  EXPECT_TRUE(refused("\xf8\xff\xff\xff\xff"));         // beyond the end
}

}  // namespace
}  // namespace rowan
