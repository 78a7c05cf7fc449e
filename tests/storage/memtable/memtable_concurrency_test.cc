// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "storage/memtable/memtable.h"
#include "tests/storage/memtable/test_mutations.h"

namespace rowan {
namespace {

using test::AddRange;
using test::AddRow;
using test::After;
using test::Before;
using test::Encode;
using test::MutationOf;
using test::OneCell;
using test::RowAt;

constexpr uint64_t kHotWideRows = 3;
// Rows 0..9 of a hot wide row get one number in every mutation; the rows from
// kOwnRows on belong to one mutation each.
constexpr uint16_t kSharedRows = 10;
constexpr uint16_t kOwnRows = 1'000;
constexpr int kWriters = 4;
constexpr int kHotEach = 1'500;
constexpr int kColdEach = 3'000;

// Every so many mutations delete a range; a hot wide row gets 250 of these.
constexpr uint64_t kPerRange = 8;
uint16_t FirstOf(uint64_t number) { return number % 500; }
uint16_t LastOf(uint64_t number) { return number % 700 + 500; }

Token HotToken(uint64_t i) { return Token{(i + 1) << 61}; }

// Inserts as the engine does, trying again when busy. Counts these.
void InsertFor(const std::string& bytes, Memtable* memtable,
               std::atomic<int>* busy) {
  MutationReader reader(bytes);
  ASSERT_TRUE(reader.ReadHeader().ok());
  while (true) {
    const uint32_t parts = reader.parts_left();
    const absl::Status status = memtable->Insert(&reader);
    if (status.ok()) break;
    ASSERT_TRUE(Memtable::IsBusy(status)) << status;
    ASSERT_EQ(reader.parts_left(), parts);
    ++*busy;
    std::this_thread::yield();
  }
  ASSERT_TRUE(reader.AtEnd());
}

// Mutation `number` (from 1) says its number in all shared rows, the static row
// and the wide-row tombstone.
std::string HotMutation(uint64_t number) {
  const int64_t timestamp = static_cast<int64_t>(number);
  const std::string value = std::to_string(number);
  Mutation mutation = MutationOf(HotToken(number % kHotWideRows), "hot");
  mutation.wide_row_deletion = {timestamp, 1};
  mutation.static_row = OneCell(1, timestamp, value);
  for (uint16_t row = 0; row < kSharedRows; ++row) {
    AddRow(&mutation, row, OneCell(1, timestamp, value));
  }
  AddRow(&mutation, kOwnRows + number, OneCell(1, timestamp, value));
  if (number % kPerRange == 0) {
    AddRange(&mutation, Before(FirstOf(number)), After(LastOf(number)),
             {timestamp, 1});
  }
  return Encode(mutation);
}

std::string ColdMutation(Token token) {
  Mutation mutation = MutationOf(token, "cold");
  AddRow(&mutation, 0, OneCell(1, 1, "value"));
  return Encode(mutation);
}

// The timestamp of the one cell.
int64_t NumberIn(std::string_view image) {
  Row row;
  EXPECT_TRUE(DecodeRowImage(image, &row).ok());
  EXPECT_EQ(row.cells.size(), 1u);
  if (row.cells.size() != 1) return 0;
  EXPECT_EQ(row.cells[0].value, std::to_string(row.cells[0].timestamp));
  return row.cells[0].timestamp;
}

// The bounds where the range deletion changes, with its timestamps below and
// above (kNoTimestamp: none).
using Changes = std::map<std::string, std::pair<int64_t, int64_t>>;

// Those that the mutations of these numbers make.
Changes ChangesOf(const std::set<int64_t>& numbers) {
  std::vector<int64_t> newest(2 * 1200 + 1, kNoTimestamp);  // two for each row
  for (const int64_t number : numbers) {
    if (number % kPerRange != 0) continue;
    std::fill(newest.begin() + 2 * FirstOf(number),
              newest.begin() + 2 * LastOf(number) + 1, number);
  }
  Changes changes;
  int64_t below = kNoTimestamp;
  for (size_t i = 0; i < newest.size(); below = newest[i++]) {
    if (newest[i] == below) continue;
    const auto row = static_cast<uint16_t>(i / 2);
    changes[i % 2 == 0 ? Before(row) : After(row)] = {below, newest[i]};
  }
  return changes;
}

// Reads a hot wide row whole; returns its own rows' numbers.
std::set<int64_t> CheckHotWideRow(RowIterator* iterator, Direction direction) {
  std::set<int64_t> own;
  const int64_t number = iterator->wide_row().deletion.timestamp;
  EXPECT_EQ(NumberIn(iterator->wide_row().static_row), number);
  const bool forward = direction == Direction::kForward;
  EXPECT_TRUE(
      iterator->SeekRow(forward ? kFirstBound : kLastBound, direction).ok());
  std::string last;
  int shared = 0;
  Changes changes;
  absl::Status moved;
  for (; moved.ok() && iterator->HasRow(); moved = iterator->NextRow()) {
    const RowFragment& fragment = iterator->row();
    if (!last.empty()) {
      EXPECT_EQ(last < fragment.position, forward);
    }
    last = fragment.position;
    if (fragment.kind != RowFragment::Kind::kRow) {
      changes[last] = {fragment.below.timestamp, fragment.above.timestamp};
      continue;
    }
    if (fragment.position < RowAt(kOwnRows)) {
      EXPECT_EQ(NumberIn(fragment.image), number);
      ++shared;
    } else {
      own.insert(NumberIn(fragment.image));
      EXPECT_LE(*own.rbegin(), number);
    }
  }
  EXPECT_TRUE(moved.ok()) << moved;
  EXPECT_EQ(shared, kSharedRows);
  EXPECT_EQ(changes, ChangesOf(own));
  return own;
}

// Walks the memtable once; returns how many wide rows there are.
uint64_t CheckAll(const Memtable& memtable, Direction direction) {
  uint64_t count = 0;
  auto iterator = memtable.NewIterator();
  EXPECT_TRUE(iterator->SeekWideRow(Token::Min(), {}).ok());
  Token last = Token::Min();
  absl::Status moved;
  for (; moved.ok() && iterator->HasWideRow();
       moved = iterator->NextWideRow()) {
    if (count++ > 0) {
      EXPECT_LT(last, iterator->wide_row().token);
    }
    last = iterator->wide_row().token;
    if (iterator->wide_row().partition_key == "hot") {
      CheckHotWideRow(iterator.get(), direction);
    }
  }
  EXPECT_TRUE(moved.ok()) << moved;
  return count;
}

TEST(MemtableConcurrency, ReaderSeesWholeMutationOrNothingAndNoInsertIsLost) {
  MemoryBudget budget(0);
  Memtable memtable(PartitionId{}, &budget);
  std::atomic<int> running{kWriters};
  std::atomic<int> busy{0};
  std::vector<std::thread> threads;
  for (uint64_t writer = 0; writer < kWriters; ++writer) {
    threads.emplace_back([&, writer] {
      std::mt19937_64 random(writer);
      for (uint64_t i = 0; i < kColdEach; ++i) {
        InsertFor(ColdMutation(Token{random()}), &memtable, &busy);
        if (i % (kColdEach / kHotEach) != 0) continue;
        const uint64_t number = i / (kColdEach / kHotEach) * kWriters + writer;
        InsertFor(HotMutation(number + 1), &memtable, &busy);
      }
      --running;
    });
  }
  for (int reader = 0; reader < 2; ++reader) {
    threads.emplace_back([&, reader] {
      uint64_t seen = 0;
      while (running > 0) {
        const uint64_t now = CheckAll(
            memtable, reader == 0 ? Direction::kForward : Direction::kReverse);
        EXPECT_GE(now, seen);
        seen = now;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();

  EXPECT_EQ(CheckAll(memtable, Direction::kForward),
            kHotWideRows + kWriters * kColdEach);
  EXPECT_EQ(memtable.row_count(),
            kHotWideRows * kSharedRows + kWriters * (kColdEach + kHotEach));
  for (uint64_t writer = 0; writer < kWriters; ++writer) {
    std::mt19937_64 random(writer);
    for (int i = 0; i < kColdEach; ++i) {
      ASSERT_TRUE(memtable.Contains(Token{random()}, "cold"));
    }
  }
  uint64_t own = 0;
  for (uint64_t i = 0; i < kHotWideRows; ++i) {
    auto iterator = memtable.NewIterator();
    ASSERT_TRUE(iterator->SeekWideRow(HotToken(i), "hot").ok());
    own += CheckHotWideRow(iterator.get(), Direction::kReverse).size();
  }
  EXPECT_EQ(own, uint64_t{kWriters * kHotEach});
  RecordProperty("busy", busy);
}

TEST(MemtableConcurrency, InsertsIntoOneWideRowSucceedWhenTriedAgain) {
  MemoryBudget budget(0);
  Memtable memtable(PartitionId{}, &budget);
  std::atomic<int> busy{0};
  constexpr int kEach = 300;
  const std::string value(4'000, 'v');
  std::vector<std::thread> threads;
  for (int writer = 0; writer < kWriters; ++writer) {
    threads.emplace_back([&, writer] {
      for (int i = 0; i < kEach; ++i) {
        Mutation mutation = MutationOf(Token{5}, "key");
        // Long under the lock, so that others find it held.
        for (uint16_t row = 0; row < 8; ++row) {
          AddRow(&mutation, (writer * kEach + i) * 8 + row,
                 OneCell(1, 1, value));
        }
        InsertFor(Encode(mutation), &memtable, &busy);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(memtable.wide_row_count(), 1u);
  EXPECT_EQ(memtable.row_count(), uint64_t{kWriters * kEach * 8});
  RecordProperty("busy", busy);
}

}  // namespace
}  // namespace rowan
