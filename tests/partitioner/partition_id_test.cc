// SPDX-License-Identifier: Apache-2.0
#include "partitioner/partition_id.h"

#include <gtest/gtest.h>

#include "tests/lib/sim_random.h"

namespace rowan {
namespace {

TEST(Token, UnsignedOrderIsSignedTokenOrder) {
  EXPECT_LT(Token::FromSigned(-1), Token::FromSigned(0));
  EXPECT_LT(Token::FromSigned(INT64_MIN), Token::FromSigned(-1));
  EXPECT_EQ(Token::FromSigned(INT64_MIN), Token::Min());
  EXPECT_EQ(Token::FromSigned(INT64_MAX), Token::Max());
  EXPECT_EQ(Token::FromSigned(-42).ToSigned(), -42);
}

TEST(PartitionId, ZeroBitsIsTheWholeRing) {
  const PartitionId whole = PartitionId::Of(Token{12345}, 0);
  EXPECT_EQ(whole.first(), Token::Min());
  EXPECT_EQ(whole.last(), Token::Max());
}

TEST(PartitionId, NeighboursMeetAndCoverTheRing) {
  for (uint8_t length = 1; length <= kPartitionPrefixMax; ++length) {
    const uint32_t count = uint32_t{1} << length;
    EXPECT_EQ((PartitionId{length, 0}.first()), Token::Min());
    EXPECT_EQ((PartitionId{length, count - 1}.last()), Token::Max());
    for (uint32_t i = 1; i < count; ++i) {
      ASSERT_EQ((PartitionId{length, i - 1}.last().value + 1),
                (PartitionId{length, i}.first().value));
    }
  }
}

TEST(PartitionId, OwnsTheTokensItIsNamedBy) {
  SimRandom random(7);
  for (int i = 0; i < 10'000; ++i) {
    const Token token{random.Next()};
    const auto length = static_cast<uint8_t>(random.Below(17));
    const PartitionId id = PartitionId::Of(token, length);
    ASSERT_TRUE(id.Contains(token));
    ASSERT_EQ(PartitionId::Of(id.first(), length), id);
    ASSERT_EQ(PartitionId::Of(id.last(), length), id);
  }
}

}  // namespace
}  // namespace rowan
