// SPDX-License-Identifier: Apache-2.0
#include "storage/base/coding.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/lib/sim_random.h"

namespace rowan {
namespace {

std::vector<uint64_t> Interesting() {
  std::vector<uint64_t> values = {0, 1, std::numeric_limits<uint64_t>::max()};
  for (int bit = 1; bit < 64; ++bit) {
    values.push_back((uint64_t{1} << bit) - 1);
    values.push_back(uint64_t{1} << bit);
  }
  SimRandom random(7);
  for (int i = 0; i < 1000; ++i) {
    values.push_back(random.Next() >> random.Below(64));
  }
  return values;
}

TEST(Coding, FixedWidthLayoutsAreTheNamedOnes) {
  std::string little, big;
  PutLittle<uint32_t>(0x01020304, &little);
  PutBig<uint32_t>(0x01020304, &big);
  EXPECT_EQ(little, "\x04\x03\x02\x01");
  EXPECT_EQ(big, "\x01\x02\x03\x04");
}

TEST(Coding, FixedWidthRoundTrips) {
  for (const uint64_t value : Interesting()) {
    std::string bytes;
    PutLittle<uint64_t>(value, &bytes);
    PutBig<uint64_t>(value, &bytes);
    PutBig<uint16_t>(static_cast<uint16_t>(value), &bytes);
    std::string_view in = bytes;
    uint64_t a, b;
    uint16_t c;
    ASSERT_TRUE(GetLittle(&in, &a) && GetBig(&in, &b) && GetBig(&in, &c));
    EXPECT_EQ(a, value);
    EXPECT_EQ(b, value);
    EXPECT_EQ(c, static_cast<uint16_t>(value));
    EXPECT_TRUE(in.empty());
    EXPECT_FALSE(GetLittle(&in, &a));
  }
}

TEST(Coding, BigEndianOrderIsMemcmpOrder) {
  const std::vector<uint64_t> values = Interesting();
  for (size_t i = 1; i < values.size(); ++i) {
    std::string a, b;
    PutBig<uint64_t>(values[i - 1], &a);
    PutBig<uint64_t>(values[i], &b);
    EXPECT_EQ(a < b, values[i - 1] < values[i]);
  }
}

TEST(Coding, VarintRoundTripsInItsSize) {
  for (const uint64_t value : Interesting()) {
    std::string bytes;
    PutVarint(value, &bytes);
    EXPECT_EQ(bytes.size(), VarintSize(value));
    std::string_view in = bytes;
    uint64_t back;
    ASSERT_TRUE(GetVarint(&in, &back));
    EXPECT_EQ(back, value);
    EXPECT_TRUE(in.empty());
  }
}

TEST(Coding, TruncatedVarintIsRefused) {
  std::string bytes;
  PutVarint(std::numeric_limits<uint64_t>::max(), &bytes);
  ASSERT_EQ(bytes.size(), kVarint64BytesMax);
  for (size_t n = 0; n < bytes.size(); ++n) {
    std::string_view in(bytes.data(), n);
    uint64_t value;
    EXPECT_FALSE(GetVarint(&in, &value)) << n;
  }
}

TEST(Coding, VarintBeyond64BitsIsRefused) {
  std::string bytes(9, '\xff');
  bytes += '\x02';
  std::string_view in = bytes;
  uint64_t value;
  EXPECT_FALSE(GetVarint(&in, &value));
  bytes.assign(20, '\x80');
  in = bytes;
  EXPECT_FALSE(GetVarint(&in, &value));
}

TEST(Coding, Varint32RefusesWhatDoesNotFit) {
  std::string bytes;
  PutVarint(uint64_t{UINT32_MAX}, &bytes);
  PutVarint(uint64_t{UINT32_MAX} + 1, &bytes);
  std::string_view in = bytes;
  uint32_t value;
  ASSERT_TRUE(GetVarint32(&in, &value));
  EXPECT_EQ(value, UINT32_MAX);
  EXPECT_FALSE(GetVarint32(&in, &value));
}

TEST(Coding, ZigZagKeepsSmallValuesSmall) {
  EXPECT_EQ(ZigZag(0), 0u);
  EXPECT_EQ(ZigZag(-1), 1u);
  EXPECT_EQ(ZigZag(1), 2u);
  for (const uint64_t value : Interesting()) {
    const auto as_signed = static_cast<int64_t>(value);
    EXPECT_EQ(UnZigZag(ZigZag(as_signed)), as_signed);
  }
}

TEST(Coding, BytesRoundTripAndShortOnesAreRefused) {
  std::string bytes;
  PutBytes("hello", &bytes);
  PutBytes("", &bytes);
  EXPECT_EQ(bytes.size(), BytesSize("hello") + BytesSize(""));
  std::string_view in = bytes, out;
  ASSERT_TRUE(GetBytes(&in, &out));
  EXPECT_EQ(out, "hello");
  ASSERT_TRUE(GetBytes(&in, &out));
  EXPECT_EQ(out, "");
  for (size_t n = 0; n < BytesSize("hello"); ++n) {
    in = std::string_view(bytes).substr(0, n);
    EXPECT_FALSE(GetBytes(&in, &out)) << n;
  }
}

}  // namespace
}  // namespace rowan
