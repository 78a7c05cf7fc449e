// SPDX-License-Identifier: Apache-2.0
#include "storage/memtable/memtable.h"

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/storage/memtable/test_mutations.h"

namespace rowan {
namespace {

using test::AddRange;
using test::AddRow;
using test::After;
using test::Before;
using test::Encode;
using test::ImageOf;
using test::Insert;
using test::MutationOf;
using test::OneCell;
using test::RowAt;

constexpr Token kToken{77};

class MemtableTest : public ::testing::Test {
 protected:
  // An iterator at the wide row of kToken.
  std::unique_ptr<RowIterator> Arrive() {
    auto iterator = memtable_.NewIterator();
    EXPECT_TRUE(iterator->SeekWideRow(kToken, "key").ok());
    EXPECT_TRUE(iterator->HasWideRow());
    return iterator;
  }
  static std::vector<std::string> Images(RowIterator* iterator) {
    std::vector<std::string> images;
    EXPECT_TRUE(iterator->SeekRow(kFirstBound, Direction::kForward).ok());
    while (iterator->HasRow()) {
      images.emplace_back(iterator->row().image);
      EXPECT_TRUE(iterator->NextRow().ok());
    }
    return images;
  }

  MemoryBudget budget_{0};
  Memtable memtable_{PartitionId{}, &budget_};
};

TEST_F(MemtableTest, EmptyMemtableTakesLessThanOneKib) {
  EXPECT_TRUE(memtable_.empty());
  EXPECT_LT(memtable_.memory_bytes(), 1024);
  EXPECT_EQ(memtable_.memory_bytes(), budget_.used_bytes());
  EXPECT_EQ(memtable_.min_timestamp(), std::numeric_limits<int64_t>::max());
  auto iterator = memtable_.NewIterator();
  ASSERT_TRUE(iterator->SeekWideRow(Token::Min(), {}).ok());
  EXPECT_FALSE(iterator->HasWideRow());
}

TEST(MemtableMemory, SixteenEmptyMemtablesTakeLessThan16Kib) {
  MemoryBudget budget(0);
  {
    std::vector<std::unique_ptr<Memtable>> memtables;
    for (uint32_t i = 0; i < 16; ++i) {
      memtables.push_back(
          std::make_unique<Memtable>(PartitionId{4, i}, &budget));
    }
    EXPECT_LT(budget.used_bytes(), 16 * 1024);
  }
  EXPECT_EQ(budget.used_bytes(), 0);
}

TEST(MemtableMemory, BudgetIsGivenBackWhole) {
  MemoryBudget budget(0);
  {
    Memtable memtable(PartitionId{}, &budget);
    const std::string value(1000, 'v');
    for (uint64_t i = 0; i < 2'000; ++i) {
      Mutation mutation = MutationOf(Token{i << 50}, "key");
      AddRow(&mutation, 1, OneCell(1, 1, value));
      ASSERT_TRUE(Insert(mutation, &memtable).ok());
      ASSERT_EQ(budget.used_bytes(), memtable.memory_bytes());
    }
    EXPECT_GT(budget.used_bytes(), 2'000'000);
  }
  EXPECT_EQ(budget.used_bytes(), 0);
}

// So that a memtable of many is switched like any other that is full.
TEST(MemtableMemory, RangeTombstonesThatAReaderSortedCount) {
  MemoryBudget budget(0);
  Memtable memtable(PartitionId{}, &budget);
  constexpr uint16_t kRanges = 10'000;
  Mutation mutation = MutationOf(kToken, "key");
  for (uint16_t i = 0; i < kRanges; ++i) {
    AddRange(&mutation, Before(2 * i), After(2 * i), {i + 1, 2});
  }
  ASSERT_TRUE(Insert(mutation, &memtable).ok());
  const int64_t before = memtable.memory_bytes();
  auto rows = memtable.NewIterator();
  ASSERT_TRUE(rows->SeekWideRow(kToken, "key").ok());
  ASSERT_TRUE(rows->SeekRow(kFirstBound, Direction::kForward).ok());
  // Two changes of 32 bytes each.
  EXPECT_GE(memtable.memory_bytes(), before + kRanges * 64);
  EXPECT_LT(memtable.memory_bytes(), before + kRanges * 65);
  EXPECT_EQ(budget.used_bytes(), memtable.memory_bytes());
}

TEST_F(MemtableTest, IteratorKeepsTheVersionItArrivedAt) {
  Mutation first = MutationOf(kToken, "key");
  AddRow(&first, 1, OneCell(1, 10, "old"));
  ASSERT_TRUE(Insert(first, &memtable_).ok());
  auto old = Arrive();

  Mutation second = MutationOf(kToken, "key");
  second.wide_row_deletion = {5, 5};
  second.static_row = OneCell(9, 20, "static");
  AddRow(&second, 1, OneCell(1, 20, "new"));
  AddRow(&second, 2, OneCell(1, 20, "more"));
  AddRange(&second, Before(3), After(4), {20, 2});
  ASSERT_TRUE(Insert(second, &memtable_).ok());

  EXPECT_TRUE(old->wide_row().deletion.none());
  EXPECT_EQ(old->wide_row().static_row, "");
  EXPECT_EQ(Images(old.get()),
            std::vector<std::string>{ImageOf(OneCell(1, 10, "old"))});

  auto now = Arrive();
  EXPECT_EQ(now->wide_row().deletion, (DeletionTime{5, 5}));
  EXPECT_EQ(now->wide_row().static_row, ImageOf(OneCell(9, 20, "static")));
  EXPECT_EQ(Images(now.get()), (std::vector<std::string>{
                                   ImageOf(OneCell(1, 20, "new")),
                                   ImageOf(OneCell(1, 20, "more")), "", ""}));
}

TEST_F(MemtableTest, OlderWideRowDeletionDoesNotReplaceANewerOne) {
  for (const int64_t timestamp : {5, 9, 7}) {
    Mutation mutation = MutationOf(kToken, "key");
    mutation.wide_row_deletion = {timestamp, 1};
    ASSERT_TRUE(Insert(mutation, &memtable_).ok());
  }
  EXPECT_EQ(Arrive()->wide_row().deletion.timestamp, 9);
}

TEST_F(MemtableTest, OnePositionTwiceInAMutationIsMerged) {
  Mutation mutation = MutationOf(kToken, "key");
  AddRow(&mutation, 1, OneCell(1, 20, "newer"));
  AddRow(&mutation, 1, OneCell(1, 10, "older"));
  ASSERT_TRUE(Insert(mutation, &memtable_).ok());
  EXPECT_EQ(memtable_.row_count(), 1u);
  EXPECT_EQ(Images(Arrive().get()),
            std::vector<std::string>{ImageOf(OneCell(1, 20, "newer"))});
}

TEST_F(MemtableTest, OverwrittenRowStaysSmall) {
  Mutation mutation = MutationOf(kToken, "key");
  AddRow(&mutation, 1, OneCell(1, 10, "value"));
  const std::string bytes = Encode(mutation);
  for (int i = 0; i < 20'000; ++i) ASSERT_TRUE(Insert(bytes, &memtable_).ok());
  EXPECT_EQ(memtable_.row_count(), 1u);
  EXPECT_EQ(Images(Arrive().get()),
            std::vector<std::string>{ImageOf(OneCell(1, 10, "value"))});
  // No image of a fold is larger than the row itself.
  EXPECT_LT(memtable_.memory_bytes(), 20'000 * 64 + 256 * 1024);
}

TEST_F(MemtableTest, NothingOfTheLogsBufferIsKept) {
  Mutation mutation = MutationOf(kToken, "key");
  mutation.static_row = OneCell(9, 20, "static");
  AddRow(&mutation, 1, OneCell(1, 20, "value"));
  AddRange(&mutation, Before(3), After(4), {20, 2});
  std::string bytes = Encode(mutation);
  ASSERT_TRUE(Insert(bytes, &memtable_).ok());
  bytes.assign(bytes.size(), '\xff');
  auto iterator = Arrive();
  EXPECT_EQ(iterator->wide_row().partition_key, "key");
  EXPECT_EQ(iterator->wide_row().static_row, ImageOf(OneCell(9, 20, "static")));
  ASSERT_TRUE(iterator->SeekRow(kLastBound, Direction::kReverse).ok());
  EXPECT_EQ(iterator->row().position, After(4));
  ASSERT_TRUE(iterator->NextRow().ok());
  EXPECT_EQ(iterator->row().position, Before(3));
  ASSERT_TRUE(iterator->NextRow().ok());
  EXPECT_EQ(iterator->row().image, ImageOf(OneCell(1, 20, "value")));
}

TEST_F(MemtableTest, InsertLeavesTheReaderBehindItsMutation) {
  Mutation first = MutationOf(kToken, "key");
  AddRow(&first, 1, OneCell(1, 10, "a"));
  Mutation second = MutationOf(Token{78}, "key");
  AddRow(&second, 1, OneCell(1, 9, "b"));
  const std::string record = Encode(first) + Encode(second);
  MutationReader reader(record);
  while (!reader.AtEnd()) {
    ASSERT_TRUE(reader.ReadHeader().ok());
    ASSERT_TRUE(memtable_.Insert(&reader).ok());
  }
  EXPECT_EQ(memtable_.wide_row_count(), 2u);
  EXPECT_EQ(memtable_.min_timestamp(), 9);
  EXPECT_TRUE(memtable_.Contains(kToken, "key"));
  EXPECT_FALSE(memtable_.Contains(kToken, "kez"));
  EXPECT_FALSE(memtable_.Contains(Token{79}, "key"));
}

TEST_F(MemtableTest, MinimumTimestampCountsEveryKindOfWrite) {
  Mutation mutation = MutationOf(kToken, "key");
  mutation.static_row = OneCell(9, 50, "static");
  ASSERT_TRUE(Insert(mutation, &memtable_).ok());
  EXPECT_EQ(memtable_.min_timestamp(), 50);
  AddRow(&mutation, 1, OneCell(1, 40, "value"));
  ASSERT_TRUE(Insert(mutation, &memtable_).ok());
  EXPECT_EQ(memtable_.min_timestamp(), 40);
  AddRange(&mutation, Before(3), After(4), {30, 2});
  ASSERT_TRUE(Insert(mutation, &memtable_).ok());
  EXPECT_EQ(memtable_.min_timestamp(), 30);
  mutation.wide_row_deletion = {20, 2};
  ASSERT_TRUE(Insert(mutation, &memtable_).ok());
  EXPECT_EQ(memtable_.min_timestamp(), 20);
}

TEST_F(MemtableTest, DamagedMutationLeavesNothing) {
  Mutation mutation = MutationOf(kToken, "key");
  mutation.static_row = OneCell(9, 20, "static");
  AddRow(&mutation, 1, OneCell(1, 20, "value"));
  AddRange(&mutation, Before(3), After(4), {20, 2});
  const std::string good = Encode(mutation);
  for (size_t size = 0; size < good.size(); ++size) {
    const absl::Status status = Insert(good.substr(0, size), &memtable_);
    ASSERT_EQ(status.code(), absl::StatusCode::kDataLoss) << size;
  }
  EXPECT_TRUE(memtable_.empty());
  EXPECT_EQ(memtable_.row_count(), 0u);
}

TEST_F(MemtableTest, FlippedBytesNeverStopTheProcess) {
  Mutation mutation = MutationOf(kToken, "key");
  mutation.wide_row_deletion = {20, 2};
  mutation.static_row = OneCell(9, 20, "static");
  AddRow(&mutation, 1, OneCell(1, 20, "value"));
  AddRange(&mutation, Before(3), After(4), {20, 2});
  const std::string good = Encode(mutation);
  for (size_t i = 0; i < good.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ (1 << bit));
      // What still reads as a mutation is one.
      const absl::Status status = Insert(bad, &memtable_);
      if (!status.ok()) {
        ASSERT_TRUE(absl::IsDataLoss(status)) << status;
      }
    }
  }
  auto iterator = memtable_.NewIterator();
  ASSERT_TRUE(iterator->SeekWideRow(Token::Min(), {}).ok());
  while (iterator->HasWideRow()) {
    Images(iterator.get());
    ASSERT_TRUE(iterator->NextWideRow().ok());
  }
}

TEST_F(MemtableTest, RowAtABoundIsDamage) {
  Mutation mutation = MutationOf(kToken, "key");
  const std::string bound = Before(1);
  mutation.rows.push_back({bound, OneCell(1, 20, "value")});
  EXPECT_TRUE(absl::IsDataLoss(Insert(mutation, &memtable_)));
  EXPECT_TRUE(memtable_.empty());
}

TEST(Memtable, TokenOfAnotherPartitionIsRefused) {
  MemoryBudget budget(0);
  Memtable memtable(PartitionId{1, 1}, &budget);
  Mutation mutation = MutationOf(Token::Min(), "key");
  AddRow(&mutation, 1, OneCell(1, 20, "value"));
  EXPECT_TRUE(absl::IsDataLoss(Insert(mutation, &memtable)));
  EXPECT_TRUE(memtable.empty());
}

}  // namespace
}  // namespace rowan
