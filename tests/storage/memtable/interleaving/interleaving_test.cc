// SPDX-License-Identifier: Apache-2.0
// Every interleaving, up to a bound of preemptions, of a few inserts and a
// reader, against a sorted map.
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "storage/memtable/memtable.h"
#include "storage/memtable/wide_row_list.h"
#include "tests/nightly/test_result.h"
#include "tests/storage/memtable/interleaving/explorer.h"
#include "tests/storage/memtable/test_mutations.h"

namespace rowan {
namespace {

using test::AddRow;
using test::Encode;
using test::MutationOf;
using test::OneCell;
using test::RowAt;

// More of them for the nightly run.
int PreemptionsMax(int usual) {
  const char* const more = std::getenv("ROWAN_MORE_PREEMPTIONS");
  return usual + (more == nullptr ? 0 : std::atoi(more));
}

// A mutation: says its number in these rows of a wide row, and in its static
// row and tombstone.
struct Change {
  int number;
  Token token;
  std::set<uint16_t> rows;
};

// (token, row position, "static" or "deleted") -> number.
using Content = std::map<std::pair<uint64_t, std::string>, int64_t>;

void AddTo(const Change& change, Content* content) {
  std::vector<std::string> places{"deleted", "static"};
  for (const uint16_t row : change.rows) places.push_back(RowAt(row));
  for (const std::string& place : places) {
    int64_t& number = (*content)[{change.token.value, place}];
    number = std::max<int64_t>(number, change.number);
  }
}

std::string EncodeChange(const Change& change) {
  Mutation mutation = MutationOf(change.token, "key");
  const std::string value = std::to_string(change.number);
  mutation.wide_row_deletion = {change.number, 1};
  mutation.static_row = OneCell(1, change.number, value);
  for (const uint16_t row : change.rows) {
    AddRow(&mutation, row, OneCell(1, change.number, value));
  }
  return Encode(mutation);
}

int64_t NumberIn(std::string_view image) {
  Row row;
  EXPECT_TRUE(DecodeRowImage(image, &row).ok());
  int64_t newest = 0;
  for (const Cell& cell : row.cells) newest = std::max(newest, cell.timestamp);
  return newest;
}

Content Read(const Memtable& memtable, Direction direction) {
  Content content;
  auto iterator = memtable.NewIterator();
  EXPECT_TRUE(iterator->SeekWideRow(Token::Min(), {}).ok());
  for (; iterator->HasWideRow(); (void)iterator->NextWideRow()) {
    const WideRowHead& head = iterator->wide_row();
    const uint64_t token = head.token.value;
    content[{token, "deleted"}] = head.deletion.timestamp;
    content[{token, "static"}] = NumberIn(head.static_row);
    EXPECT_TRUE(iterator
                    ->SeekRow(direction == Direction::kForward ? kFirstBound
                                                               : kLastBound,
                              direction)
                    .ok());
    for (; iterator->HasRow(); (void)iterator->NextRow()) {
      content[{token, std::string(iterator->row().position)}] =
          NumberIn(iterator->row().image);
    }
  }
  return content;
}

// A memtable, changes made before and at once, and what readers may see.
class World {
 public:
  World(const std::vector<Change>& before, const std::vector<Change>& at_once)
      : memtable_(PartitionId{}, &budget_, /*kept_ranges_min=*/1000),
        at_once_(at_once),
        answered_(at_once.size()) {
    for (const Change& change : before) {
      EXPECT_TRUE(test::Insert(EncodeChange(change), &memtable_).ok());
      AddTo(change, &before_);
    }
    for (const Change& change : at_once) bytes_.push_back(EncodeChange(change));
  }

  Explorer::Task Writer(size_t i) {
    return [this, i] {
      absl::Status status;
      do {
        status = test::Insert(bytes_[i], &memtable_);
        if (Memtable::IsBusy(status)) Explorer::Yield();
      } while (Memtable::IsBusy(status));
      EXPECT_TRUE(status.ok()) << status;
      answered_[i] = true;
    };
  }

  // A reader sees all that was answered before it began, and of the others
  // each wholly or not at all.
  Explorer::Task Reader(Direction direction) {
    return [this, direction] {
      const std::vector<bool> answered = answered_;
      const Content content = Read(memtable_, direction);
      EXPECT_TRUE(IsOneOf(content, answered));
    };
  }

  void CheckEnd() {
    const Content content = Read(memtable_, Direction::kForward);
    EXPECT_EQ(content, With(std::vector<bool>(at_once_.size(), true)));
    EXPECT_EQ(Read(memtable_, Direction::kReverse), content);
    uint64_t rows = 0, wide_rows = 0;
    for (const auto& [place, number] : content) {
      rows += place.second != "static" && place.second != "deleted";
      wide_rows += place.second == "static";
    }
    EXPECT_EQ(memtable_.row_count(), rows);
    EXPECT_EQ(memtable_.wide_row_count(), wide_rows);
    EXPECT_EQ(memtable_.min_timestamp(), 1);
  }

 private:
  Content With(const std::vector<bool>& made) const {
    Content content = before_;
    for (size_t i = 0; i < at_once_.size(); ++i) {
      if (made[i]) AddTo(at_once_[i], &content);
    }
    return content;
  }

  bool IsOneOf(const Content& content, const std::vector<bool>& answered) {
    for (size_t subset = 0; subset < size_t{1} << at_once_.size(); ++subset) {
      std::vector<bool> made = answered;
      for (size_t i = 0; i < made.size(); ++i) {
        if (subset >> i & 1) made[i] = true;
      }
      if (content == With(made)) return true;
    }
    return false;
  }

  MemoryBudget budget_{0};
  Memtable memtable_;
  const std::vector<Change> at_once_;
  std::vector<bool> answered_;
  Content before_;
  std::vector<std::string> bytes_;
};

// Changes at once, with a reader among them. What was made before fills the
// arena's first chunk to where none of them needs a second one: that takes a
// lock (Explorer::ForAll).
void RunAll(const std::string& name, int preemptions_max,
            const std::vector<Change>& before,
            const std::vector<Change>& at_once,
            std::optional<Direction> reader) {
  std::unique_ptr<World> world;
  preemptions_max = PreemptionsMax(preemptions_max);
  const uint64_t count = Explorer::ForAll(
      preemptions_max,
      [&] {
        world = std::make_unique<World>(before, at_once);
        std::vector<Explorer::Task> tasks;
        for (size_t i = 0; i < at_once.size(); ++i) {
          tasks.push_back(world->Writer(i));
        }
        if (reader) tasks.push_back(world->Reader(*reader));
        return tasks;
      },
      [&] { world->CheckEnd(); });
  TellResult("interleavings, " + name, count,
             testing::Test::HasFailure() ? 1 : 0,
             std::to_string(preemptions_max) + " preemptions");
}

// Far from each other, so that none is the other's neighbour by chance.
constexpr Token kLow{0x1000}, kMiddle{0x2000}, kHigh{0x3000};

TEST(Interleaving, NewWideRowsSideBySide) {
  RunAll("new wide rows", 2, {{1, kLow, {1}}},
         {{2, kMiddle, {1, 2}}, {3, kHigh, {1}}}, Direction::kForward);
}

TEST(Interleaving, OneNewWideRowMadeTwice) {
  RunAll("one new wide row made twice", 2, {{1, kLow, {1}}},
         {{2, kMiddle, {1, 2}}, {3, kMiddle, {2, 3}}}, std::nullopt);
  RunAll("one new wide row made twice, and read", 2, {{1, kLow, {1}}},
         {{2, kMiddle, {1, 2}}, {3, kMiddle, {2, 3}}}, Direction::kReverse);
}

TEST(Interleaving, MutationsOfOneWideRow) {
  for (const Direction direction : {Direction::kForward, Direction::kReverse}) {
    RunAll("mutations of one wide row", 2, {{1, kLow, {1, 3}}},
           {{2, kLow, {1, 2, 4}}, {3, kLow, {2, 3}}}, direction);
  }
}

TEST(Interleaving, MutationUnderAReader) {
  RunAll("mutation under a reader", 3, {{1, kLow, {2}}, {2, kHigh, {1}}},
         {{3, kLow, {1, 2, 3}}}, Direction::kForward);
}

TEST(Interleaving, FoldUnderAReader) {
  std::vector<Change> before;
  for (int i = 1; i <= 4; ++i) before.push_back({i, kLow, {1, 2}});
  RunAll("fold under a reader", 3, before, {{5, kLow, {1, 2}}},
         Direction::kForward);
}

// Nodes with towers, which are linked level by level.
TEST(Interleaving, TallNodesSideBySide) {
  MemoryBudget budget{0};
  Arena scratch(&budget);
  WideRowList heights(PartitionId{}, &scratch);
  std::vector<Token> tall;
  for (uint64_t i = 1; tall.size() < 3; ++i) {
    if (heights.Create(Token{i}, "key")->height() > 1) tall.push_back(Token{i});
  }
  std::unique_ptr<Arena> arena;
  std::unique_ptr<WideRowList> list;
  const auto insert = [&](Token token) {
    return [&, token] {
      const WideRowList::Place place = list->FindPlace(token, "key");
      WideRow* const row = list->Create(token, "key");
      EXPECT_EQ(list->Link(row, place), row);
      EXPECT_EQ(list->FindAtOrAfter(token, "key"), row);
    };
  };
  const uint64_t count = Explorer::ForAll(
      PreemptionsMax(2),
      [&] {
        list.reset();
        arena = std::make_unique<Arena>(&budget);
        arena->Allocate(Arena::kSharedSizeMax);  // a new chunk takes a lock
        list = std::make_unique<WideRowList>(PartitionId{}, arena.get());
        return std::vector<Explorer::Task>{insert(tall[0]), insert(tall[2]),
                                           insert(tall[1])};
      },
      [&] {
        const WideRow* row = list->FindAtOrAfter(Token::Min(), {});
        for (const Token token : tall) {
          ASSERT_NE(row, nullptr);
          EXPECT_EQ(row->token(), token);
          row = row->next();
        }
        EXPECT_EQ(row, nullptr);
        EXPECT_EQ(list->count(), tall.size());
      });
  TellResult("interleavings, tall nodes", count, HasFailure() ? 1 : 0,
             std::to_string(PreemptionsMax(2)) + " preemptions");
}

}  // namespace
}  // namespace rowan
