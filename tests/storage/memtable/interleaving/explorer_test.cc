// SPDX-License-Identifier: Apache-2.0
#include "tests/storage/memtable/interleaving/explorer.h"

#include <atomic>
#include <set>
#include <string>

#include "gtest/gtest.h"

namespace rowan {
namespace {

constexpr int kNoBound = 1000;

// Each task takes two steps; an atomic operation comes before each.
std::set<std::string> OrdersOfTwoTimesTwo(int preemptions_max) {
  std::set<std::string> orders;
  std::string order;
  std::atomic<int> step{0};
  const auto task = [&](char name) {
    return [&, name] {
      step.fetch_add(1);
      order.push_back(name);
      step.fetch_add(1);
      order.push_back(name);
    };
  };
  Explorer::ForAll(
      preemptions_max,
      [&] {
        order.clear();
        return std::vector<Explorer::Task>{task('a'), task('b')};
      },
      [&] { orders.insert(order); });
  return orders;
}

TEST(Explorer, TakesEveryOrder) {
  EXPECT_EQ(
      OrdersOfTwoTimesTwo(kNoBound),
      (std::set<std::string>{"aabb", "abab", "abba", "baab", "baba", "bbaa"}));
}

TEST(Explorer, TakesNoOrderWithMorePreemptions) {
  EXPECT_EQ(OrdersOfTwoTimesTwo(0), (std::set<std::string>{"aabb", "bbaa"}));
  // a is taken out of hand once, and goes on when b has ended.
  EXPECT_EQ(OrdersOfTwoTimesTwo(1),
            (std::set<std::string>{"aabb", "abba", "baab", "bbaa"}));
}

TEST(Explorer, FindsTheLostUpdate) {
  std::atomic<int> number{0};
  std::set<int> sums;
  const auto add = [&] { number.store(number.load() + 1); };
  Explorer::ForAll(
      1,
      [&] {
        number.store(0);
        return std::vector<Explorer::Task>{add, add};
      },
      [&] { sums.insert(number.load()); });
  EXPECT_EQ(sums, (std::set<int>{1, 2}));
}

TEST(Explorer, WhoYieldsLetsOthersRunFirst) {
  std::atomic<bool> open{false};
  int turns = 0;
  Explorer::ForAll(
      0,
      [&] {
        open.store(false);
        return std::vector<Explorer::Task>{[&] {
                                             while (!open.load())
                                               Explorer::Yield();
                                             ++turns;
                                           },
                                           [&] { open.store(true); }};
      },
      [] {});
  EXPECT_EQ(turns, 2);  // who begins is a decision
}

}  // namespace
}  // namespace rowan
