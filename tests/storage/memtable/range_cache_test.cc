// SPDX-License-Identifier: Apache-2.0
#include "storage/memtable/range_cache.h"

#include <algorithm>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/memtable/range_cursor.h"
#include "tests/storage/memtable/test_mutations.h"

namespace rowan {
namespace {

using test::After;
using test::Before;

constexpr uint32_t kKeptMin = 64;

// A wide row that gets range tombstones, one a version.
class RangeCacheTest : public testing::Test {
 protected:
  void Delete(uint16_t first, uint16_t last, int64_t timestamp) {
    Mutation mutation = test::MutationOf(Token{1}, "key");
    test::AddRange(&mutation, Before(first), After(last), {timestamp, 0});
    const std::string bytes = test::Encode(mutation);
    MutationReader reader(bytes);
    ASSERT_TRUE(reader.ReadHeader().ok());
    wide_row_->Apply(reader, &arena_);
  }
  void DeleteMany(int count) {
    for (int i = 0; i < count; ++i) {
      const auto first = static_cast<uint16_t>(random_() % 1000);
      Delete(first, static_cast<uint16_t>(first + random_() % 20),
             static_cast<int64_t>(random_() % 50));
    }
  }

  static std::string Show(RangeCursor* cursor, std::string_view bound,
                          Direction direction) {
    std::string text;
    cursor->Seek(bound, direction);
    text += std::to_string(cursor->open().timestamp) + ": ";
    for (; cursor->HasChange(); cursor->Next()) {
      const RangeCursor::Change& change = cursor->change();
      text += std::to_string(change.below.timestamp) + "<" +
              std::string(change.position) + ">" +
              std::to_string(change.above.timestamp) + " ";
    }
    return text;
  }
  // What the cache shows, which must be what sorting all of them shows.
  std::string Shown(WideRowVersion version, std::string_view bound,
                    Direction direction) {
    RangeDeletions rest;
    const std::vector<RangeRun> runs = cache_.Read(*wide_row_, version, &rest);
    RangeCursor cursor;
    cursor.Add(rest);
    for (const RangeRun& run : runs) cursor.Add(*run.changes);
    std::vector<RangeTombstone> all;
    wide_row_->RangeTombstonesAt(version, 0, &all);
    EXPECT_EQ(all.size(), wide_row_->RangeTombstonesShown(version));
    RangeDeletions sorted;
    sorted.Assign(&all);
    RangeCursor plain;
    plain.Add(sorted);
    std::string shown = Show(&cursor, bound, direction);
    EXPECT_EQ(shown, Show(&plain, bound, direction));
    return shown;
  }

  std::mt19937 random_{1};
  MemoryBudget budget_{0};
  Arena arena_{&budget_};
  WideRow* const wide_row_ = WideRow::Create(Token{1}, "key", 1, &arena_);
  RangeCache cache_{&budget_, kKeptMin};
};

TEST_F(RangeCacheTest, ShowsWhatSortingAllOfThemShows) {
  for (int round = 0; round < 60; ++round) {
    DeleteMany(1 + static_cast<int>(random_() % 200));
    // Old versions as well: their reader began before the last deletions.
    for (const uint32_t back : {0u, 3u, 100u}) {
      const WideRowVersion version = wide_row_->version();
      const std::string bound = Before(static_cast<uint16_t>(random_() % 1000));
      for (const Direction direction :
           {Direction::kForward, Direction::kReverse}) {
        Shown(version > back ? version - back : 1, bound, direction);
      }
    }
  }
}

TEST_F(RangeCacheTest, PageSortsOnlyWhatIsNew) {
  DeleteMany(10'000);
  RangeDeletions rest;
  const auto first = cache_.Read(*wide_row_, wide_row_->version(), &rest);
  ASSERT_EQ(first.size(), 1u);
  DeleteMany(63);
  const auto second = cache_.Read(*wide_row_, wide_row_->version(), &rest);
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(second[0].changes, first[0].changes) << "sorted again";
  EXPECT_GT(rest.size(), 0u);
  DeleteMany(1);
  const auto third = cache_.Read(*wide_row_, wide_row_->version(), &rest);
  ASSERT_EQ(third.size(), 2u);
  EXPECT_EQ(third[0].changes, first[0].changes);
  EXPECT_EQ(third[1].tombstones, kKeptMin);
  EXPECT_EQ(rest.size(), 0u);
}

TEST_F(RangeCacheTest, RunsStayFewHoweverReadsAndWritesAlternate) {
  uint64_t tombstones_of_new_runs = 0;
  RangeDeletions rest;
  std::vector<RangeRun> before;
  for (int i = 0; i < 300; ++i) {
    DeleteMany(kKeptMin);
    auto runs = cache_.Read(*wide_row_, wide_row_->version(), &rest);
    EXPECT_LE(runs.size(), 10u);
    if (before.empty() || runs.back().changes != before.back().changes) {
      tombstones_of_new_runs += runs.back().tombstones;
    }
    before = std::move(runs);
  }
  // Each tombstone is in a dozen runs that were made, not in 300.
  EXPECT_LE(tombstones_of_new_runs, 12u * 300 * kKeptMin);
}

TEST_F(RangeCacheTest, FewTombstonesAreNotKept) {
  DeleteMany(kKeptMin - 1);
  RangeDeletions rest;
  EXPECT_THAT(cache_.Read(*wide_row_, wide_row_->version(), &rest),
              testing::IsEmpty());
  EXPECT_EQ(cache_.memory_bytes(), 0);
}

TEST_F(RangeCacheTest, WhatIsKeptIsChargedAndReleased) {
  {
    RangeCache cache(&budget_, kKeptMin);
    const int64_t before = budget_.used_bytes();
    DeleteMany(1000);
    const int64_t arena = budget_.used_bytes() - before;
    RangeDeletions rest;
    (void)cache.Read(*wide_row_, wide_row_->version(), &rest);
    EXPECT_GT(cache.memory_bytes(), 0);
    EXPECT_EQ(budget_.used_bytes(), before + arena + cache.memory_bytes());
  }
  EXPECT_EQ(budget_.used_bytes(), arena_.memory_bytes());
}

TEST_F(RangeCacheTest, ReadersOfAnyVersionShareItWithTheWriter) {
  constexpr WideRowVersion kLast = 5000;
  std::vector<std::thread> readers;
  for (uint32_t reader = 0; reader < 4; ++reader) {
    readers.emplace_back([this, reader] {
      WideRowVersion newest = 0;
      while (newest < kLast) {
        newest = wide_row_->version();
        const WideRowVersion version = newest - std::min(newest, 97 * reader);
        RangeDeletions rest;
        const auto runs = cache_.Read(*wide_row_, version, &rest);
        const uint32_t in_runs = runs.empty() ? 0 : runs.back().end;
        EXPECT_LE(in_runs, version);
        EXPECT_LT(version - in_runs, kKeptMin);
      }
    });
  }
  DeleteMany(kLast);
  for (std::thread& reader : readers) reader.join();
  for (const WideRowVersion version : {kLast, kLast - 1, kLast / 2}) {
    Shown(version, kFirstBound, Direction::kForward);
  }
}

}  // namespace
}  // namespace rowan
