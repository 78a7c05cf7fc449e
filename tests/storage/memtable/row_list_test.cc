// SPDX-License-Identifier: Apache-2.0
#include "storage/memtable/row_list.h"

#include <random>
#include <set>
#include <string>

#include "gtest/gtest.h"

namespace rowan {
namespace {

TEST(RowList, EmptyListFindsNothing) {
  const RowList list;
  EXPECT_EQ(list.FindAtOrAfter(""), nullptr);
  EXPECT_EQ(list.FindBefore("\xff"), nullptr);
}

TEST(RowList, FirstRowCostsOneNode) {
  MemoryBudget budget(0);
  Arena arena(&budget);
  RowList list;
  char* const before = arena.Allocate(8);
  bool inserted;
  // All bits zero would be the tallest tower.
  list.FindOrInsert("position", 0, &arena, &inserted);
  EXPECT_TRUE(inserted);
  EXPECT_EQ(arena.Allocate(8) - before,
            int64_t{8 + sizeof(RowNode) + sizeof(void*) + 8});
}

class RowListOrder : public ::testing::TestWithParam<uint32_t> {};

TEST_P(RowListOrder, AgreesWithAnOrderedSet) {
  std::mt19937_64 random(GetParam());
  MemoryBudget budget(0);
  Arena arena(&budget);
  RowList list;
  std::set<std::string> expected;
  for (int i = 0; i < 3'000; ++i) {
    const std::string position = std::to_string(random() % 2'000);
    bool inserted;
    RowNode* const node =
        list.FindOrInsert(position, random(), &arena, &inserted);
    EXPECT_EQ(node->position(), position);
    EXPECT_EQ(inserted, expected.insert(position).second);
  }
  for (int i = 0; i < 3'000; ++i) {
    const std::string position = std::to_string(random() % 4'000);
    const auto after = expected.lower_bound(position);
    const RowNode* node = list.FindAtOrAfter(position);
    ASSERT_EQ(node == nullptr, after == expected.end());
    if (node != nullptr) {
      ASSERT_EQ(node->position(), *after);
    }
    node = list.FindBefore(position);
    ASSERT_EQ(node == nullptr, after == expected.begin());
    if (node != nullptr) {
      ASSERT_EQ(node->position(), *std::prev(after));
    }
  }
  const RowNode* node = list.FindAtOrAfter("");
  for (const std::string& position : expected) {
    ASSERT_NE(node, nullptr);
    ASSERT_EQ(node->position(), position);
    node = node->next();
  }
  EXPECT_EQ(node, nullptr);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RowListOrder, ::testing::Range(1u, 6u));

}  // namespace
}  // namespace rowan
