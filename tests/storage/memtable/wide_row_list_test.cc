// SPDX-License-Identifier: Apache-2.0
#include "storage/memtable/wide_row_list.h"

#include <algorithm>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace rowan {
namespace {

using Key = std::pair<Token, std::string>;

WideRow* Put(const Key& key, WideRowList* list) {
  const WideRowList::Place place = list->FindPlace(key.first, key.second);
  if (place.found) return place.at;
  return list->Link(list->Create(key.first, key.second), place);
}

void ExpectHolds(const std::set<Key>& expected, const WideRowList& list) {
  EXPECT_EQ(list.count(), expected.size());
  const WideRow* row = list.FindAtOrAfter(Token::Min(), {});
  for (const Key& key : expected) {
    ASSERT_NE(row, nullptr);
    ASSERT_TRUE(row->Is(key.first, key.second));
    ASSERT_EQ(list.FindAtOrAfter(key.first, key.second), row);
    row = row->next();
  }
  EXPECT_EQ(row, nullptr);
}

TEST(WideRowList, SearchFromOutsideThePartitionFindsItsFirstOrNothing) {
  const PartitionId partition{.prefix_length = 4, .prefix_bits = 5};
  MemoryBudget budget(0);
  Arena arena(&budget);
  WideRowList list(partition, &arena);
  EXPECT_EQ(list.FindAtOrAfter(Token::Min(), {}), nullptr);
  std::mt19937_64 random(1);
  std::set<Key> expected;
  for (int i = 0; i < 500; ++i) {
    const Key key{Token{partition.first().value | random() >> 4}, "k"};
    Put(key, &list);
    expected.insert(key);
  }
  // Of tokens of other partitions, all kinds of low bits.
  for (int i = 0; i < 500; ++i) {
    const Token token{random()};
    if (partition.first() <= token && token <= partition.last()) continue;
    const WideRow* const row = list.FindAtOrAfter(token, "k");
    if (token > partition.last()) {
      EXPECT_EQ(row, nullptr);
    } else {
      ASSERT_NE(row, nullptr);
      EXPECT_EQ(row->token(), expected.begin()->first);
    }
  }
}

// How tokens are drawn: what the directory is made for, and what it is not.
struct Shape {
  const char* name;
  std::function<uint64_t(uint64_t random, uint64_t i)> token;
};
void PrintTo(const Shape& shape, std::ostream* out) { *out << shape.name; }

class WideRowListOrder : public ::testing::TestWithParam<Shape> {};

TEST_P(WideRowListOrder, AgreesWithAnOrderedSet) {
  for (uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    MemoryBudget budget(0);
    Arena arena(&budget);
    WideRowList list(PartitionId{}, &arena);
    std::set<Key> expected;
    for (uint64_t i = 0; i < 5'000; ++i) {
      const Key key{Token{GetParam().token(random(), i)},
                    std::to_string(random() % 3)};
      WideRow* const row = Put(key, &list);
      ASSERT_TRUE(row->Is(key.first, key.second));
      expected.insert(key);
    }
    ExpectHolds(expected, list);
    for (int i = 0; i < 2'000; ++i) {
      const Key key{Token{GetParam().token(random(), random() % 6'000)}, "1x"};
      const auto after = expected.lower_bound(key);
      const WideRow* const row = list.FindAtOrAfter(key.first, key.second);
      ASSERT_EQ(row == nullptr, after == expected.end());
      if (row != nullptr) {
        ASSERT_TRUE(row->Is(after->first, after->second));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Tokens, WideRowListOrder,
    ::testing::Values(
        Shape{"uniform", [](uint64_t r, uint64_t) { return r; }},
        Shape{"few", [](uint64_t r, uint64_t) { return (r % 500) << 55; }},
        Shape{"one_slot", [](uint64_t r, uint64_t) { return r >> 40; }},
        Shape{"rising", [](uint64_t, uint64_t i) { return i << 50; }},
        Shape{"falling", [](uint64_t, uint64_t i) { return ~(i << 50); }},
        Shape{"ends", [](uint64_t r, uint64_t) { return -(r % 2); }}));

TEST(WideRowList, ThreadsLoseNoInsertWhileTheDirectoryGrows) {
  constexpr int kThreads = 4;
  constexpr uint64_t kEach = 8'000;
  MemoryBudget budget(0);
  Arena arena(&budget);
  WideRowList list(PartitionId{}, &arena);
  std::atomic<int> running{kThreads};
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937_64 random(t / 2);  // two threads insert the same keys
      for (uint64_t i = 0; i < kEach; ++i) {
        const Key key{Token{random()}, "key"};
        ASSERT_TRUE(Put(key, &list)->Is(key.first, key.second));
        ASSERT_NE(list.FindAtOrAfter(key.first, key.second), nullptr);
      }
      --running;
    });
  }
  while (running > 0) {
    const WideRow* row = list.FindAtOrAfter(Token::Min(), {});
    for (; row != nullptr && row->next() != nullptr; row = row->next()) {
      ASSERT_LT(row->token(), row->next()->token());
    }
  }
  for (std::thread& thread : threads) thread.join();
  std::set<Key> expected;
  for (uint64_t seed = 0; seed < kThreads / 2; ++seed) {
    std::mt19937_64 random(seed);
    for (uint64_t i = 0; i < kEach; ++i) expected.insert({{random()}, "key"});
  }
  ExpectHolds(expected, list);
  EXPECT_GE(2 * list.directory().slot_count(), expected.size());
}

}  // namespace
}  // namespace rowan
