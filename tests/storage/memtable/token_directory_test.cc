// SPDX-License-Identifier: Apache-2.0
#include "storage/memtable/token_directory.h"

#include "gtest/gtest.h"

namespace rowan {
namespace {

class TokenDirectoryTest : public ::testing::Test {
 protected:
  WideRow* RowAt(Token token) {
    return WideRow::Create(token, "key", 1, &arena_);
  }
  Token TokenAt(double part) const {
    const uint64_t width = kPartition.last().value - kPartition.first().value;
    return Token{kPartition.first().value +
                 static_cast<uint64_t>(part * static_cast<double>(width))};
  }

  static constexpr PartitionId kPartition{4, 9};
  MemoryBudget budget_{0};
  Arena arena_{&budget_};
  TokenDirectory directory_{kPartition, &arena_};
};

TEST_F(TokenDirectoryTest, ShortListHasNoArray) {
  directory_.Grow(15);
  EXPECT_EQ(directory_.slot_count(), 0u);
  EXPECT_EQ(directory_.Find(TokenAt(0.5)), nullptr);
  EXPECT_EQ(directory_.SlotStart(TokenAt(0.5)), kPartition.first());
  EXPECT_EQ(arena_.memory_bytes(), 0);
}

TEST_F(TokenDirectoryTest, KeepsBetweenHalfAndTwoWideRowsASlot) {
  for (uint64_t count = 1; count < 100'000; ++count) {
    directory_.Grow(count);
    if (count < 16) continue;
    ASSERT_LE(count, 2 * directory_.slot_count());
    ASSERT_GE(2 * count, directory_.slot_count());
  }
}

TEST_F(TokenDirectoryTest, SlotsCutThePartitionEvenly) {
  directory_.Grow(16);
  EXPECT_EQ(directory_.SlotStart(kPartition.first()), kPartition.first());
  const Token last_slot = directory_.SlotStart(kPartition.last());
  EXPECT_EQ(kPartition.last().value - last_slot.value + 1,
            (kPartition.last().value - kPartition.first().value + 1) / 32);
}

TEST_F(TokenDirectoryTest, EmptySlotTakesTheHintOfANeighbourToTheLeft) {
  directory_.Grow(16);
  WideRow* const row = RowAt(TokenAt(0.45));
  directory_.Offer(TokenAt(0.5), row);
  EXPECT_EQ(directory_.Find(TokenAt(0.5)), row);
  EXPECT_EQ(directory_.Find(TokenAt(0.6)), row);
  EXPECT_EQ(directory_.Find(TokenAt(0.4)), nullptr);
  EXPECT_EQ(directory_.Find(TokenAt(0.99)), nullptr);
}

TEST_F(TokenDirectoryTest, HintsOfOldArraysServeNewOnes) {
  directory_.Grow(16);
  WideRow* const row = RowAt(TokenAt(0.45));
  directory_.Offer(TokenAt(0.5), row);
  directory_.Grow(10'000);
  directory_.Grow(10'000);
  EXPECT_EQ(directory_.slot_count(), 512u);
  EXPECT_EQ(directory_.Find(TokenAt(0.5)), row);
}

TEST_F(TokenDirectoryTest, WholeRingIsOnePartitionToo) {
  TokenDirectory directory(PartitionId{}, &arena_);
  directory.Grow(16);
  WideRow* const row = RowAt(Token::Min());
  directory.Offer(Token::Max(), row);
  EXPECT_EQ(directory.Find(Token::Max()), row);
  EXPECT_EQ(directory.Find(Token::Min()), nullptr);
}

}  // namespace
}  // namespace rowan
