// SPDX-License-Identifier: Apache-2.0
// What is read of a damaged file, and what is said to be lost: together, all of
// it.
#include <optional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/model/key_codec.h"
#include "storage/sstable/loss/loss_codec.h"
#include "storage/sstable/loss/lost_ranges.h"
#include "storage/sstable/order_check.h"
#include "storage/sstable/sstable_stats_text.h"
#include "tests/storage/sstable/table_maker.h"

namespace rowan {
namespace {

using ::testing::HasSubstr;

constexpr char kPath[] = "/t.sst";

VectorFragment Change(int ck, char side, DeletionTime below,
                      DeletionTime above) {
  return {RowFragment::Kind::kDeletionChange,
          BoundPosition(ck, side),
          {},
          below,
          above};
}

// Small wide rows around a large one of several parts, of whose rows some are
// within range deletions that begin and end in other parts.
std::vector<VectorWideRow> Original() {
  std::vector<VectorWideRow> wide_rows;
  for (uint64_t i = 0; i < 40; ++i) {
    wide_rows.push_back(LargeWideRow(10 * i, 1, 1000));
  }
  VectorWideRow large = LargeWideRow(155, 30, 2000);
  const auto rows = std::move(large.fragments);
  for (int ck = 0; ck < 30; ++ck) {
    if (ck == 3) {
      large.fragments.push_back(Change(ck, position::kBefore, {}, {5, 5}));
    }
    if (ck == 12) {
      large.fragments.push_back(Change(ck, position::kBefore, {5, 5}, {7, 7}));
    }
    if (ck == 13) {
      large.fragments.push_back(Change(ck, position::kBefore, {7, 7}, {}));
    }
    large.fragments.push_back(rows[static_cast<size_t>(ck)]);
    if (ck == 20) {
      large.fragments.push_back(Change(ck, position::kAfter, {}, {9, 9}));
    }
    if (ck == 29) {
      large.fragments.push_back(Change(ck, position::kAfter, {9, 9}, {}));
    }
  }
  wide_rows.insert(wide_rows.begin() + 16, std::move(large));
  return wide_rows;
}

struct Salvaged {
  std::vector<VectorWideRow> wide_rows;
  std::vector<SSTableLoss> lost;
};

Salvaged Salvage(SSTable* table) {
  Salvaged salvaged;
  const auto rows = table->NewSalvager(&salvaged.lost);
  salvaged.wide_rows = ReadAll(rows.get());
  return salvaged;
}

bool IsLost(const std::vector<SSTableLoss>& lost, Token token) {
  return std::any_of(lost.begin(), lost.end(), [&](const SSTableLoss& loss) {
    return loss.partition_key.empty() && loss.first <= token &&
           token <= loss.last;
  });
}

bool IsLost(const std::vector<SSTableLoss>& lost, const VectorWideRow& wide_row,
            const std::string& position) {
  return std::any_of(lost.begin(), lost.end(), [&](const SSTableLoss& loss) {
    return loss.first == wide_row.token &&
           loss.partition_key == wide_row.partition_key &&
           loss.from <= position && (loss.to.empty() || position < loss.to);
  });
}

// The rows with the range deletion that each is under.
std::vector<std::pair<VectorFragment, DeletionTime>> RowsOf(
    const VectorWideRow& wide_row) {
  std::vector<std::pair<VectorFragment, DeletionTime>> rows;
  DeletionTime open;
  for (const VectorFragment& fragment : wide_row.fragments) {
    if (fragment.kind == RowFragment::Kind::kRow) {
      rows.emplace_back(fragment, open);
    } else {
      open = fragment.above;
    }
  }
  return rows;
}

// Every row of the original is there, under the same deletion, or told lost;
// and nothing else is there.
void ExpectNothingMissing(const std::vector<VectorWideRow>& original,
                          const Salvaged& salvaged) {
  auto found = salvaged.wide_rows.begin();
  for (const VectorWideRow& wide_row : original) {
    if (IsLost(salvaged.lost, wide_row.token)) continue;
    ASSERT_NE(found, salvaged.wide_rows.end());
    ASSERT_EQ(found->partition_key, wide_row.partition_key);
    auto wanted = RowsOf(wide_row);
    std::erase_if(wanted, [&](const auto& row) {
      return IsLost(salvaged.lost, wide_row, row.first.position);
    });
    EXPECT_EQ(RowsOf(*found), wanted);
    OrderCheck order(MakerOptions().partition);
    const VectorWideRow& kept = *found;
    EXPECT_EQ(order.BeginWideRow({kept.token, kept.partition_key, {}, {}}),
              nullptr);
    for (const VectorFragment& f : kept.fragments) {
      EXPECT_EQ(order.Add({f.kind, f.position, f.image, f.below, f.above}),
                nullptr);
    }
    EXPECT_EQ(order.EndWideRow(), nullptr);
    ++found;
  }
  EXPECT_EQ(found, salvaged.wide_rows.end());
}

TEST(Salvage, OfAGoodFileIsAllOfIt) {
  MemFileSystem fs;
  WriteTable(&fs, kPath, Original());
  const Salvaged salvaged = Salvage(OpenTable(&fs, kPath).get());
  EXPECT_EQ(salvaged.wide_rows, Original());
  EXPECT_TRUE(salvaged.lost.empty());
}

TEST(Salvage, WhatIsReadAndWhatIsLostAreAllOfIt) {
  for (const Compression compression :
       {Compression::kNone, Compression::kLz4}) {
    MemFileSystem fs;
    WriteTable(&fs, kPath, Original(), MakerOptions(compression));
    const std::string good = *fs.ReadFile(kPath);
    const auto table = OpenTable(&fs, kPath);
    size_t of_rows = 0, of_wide_rows = 0;
    for (size_t at = 0; at < table->data_end(); at += 1000) {
      SCOPED_TRACE(at);
      // One place, then two that may be neighbours.
      for (const size_t second : {at, at + 9000}) {
        std::string bad = good;
        for (const size_t place : {at, second}) {
          if (place < table->data_end()) bad[place] = ~good[place];
        }
        fs.WriteFile(kPath, bad);
        const Salvaged salvaged = Salvage(OpenTable(&fs, kPath).get());
        ASSERT_FALSE(salvaged.lost.empty());
        ExpectNothingMissing(Original(), salvaged);
        of_rows += !salvaged.lost[0].partition_key.empty();
        of_wide_rows += salvaged.lost[0].partition_key.empty();
      }
    }
    EXPECT_GT(of_rows, 0u);
    EXPECT_GT(of_wide_rows, 0u);
  }
}

TEST(Salvage, LossesInsideAWideRowEndAtReadableNeighbours) {
  MemFileSystem fs;
  WriteTable(&fs, kPath, {LargeWideRow(7, 30, 2000)});
  const auto table = OpenTable(&fs, kPath);
  // The second part of four rows.
  fs.Corrupt(kPath, 9000, "damage");
  const Salvaged salvaged = Salvage(table.get());
  ASSERT_EQ(salvaged.lost.size(), 1u);
  EXPECT_EQ(salvaged.lost[0].from, BoundPosition(3, position::kAfter));
  EXPECT_EQ(salvaged.lost[0].to, BoundPosition(8, position::kBefore));
  EXPECT_EQ(LossText(table->schema(), salvaged.lost[0]),
            "rows from (3) to below (8) of wide row (large)");
  // The last ones: up to the largest position that the file knows of.
  MemFileSystem last;
  WriteTable(&last, kPath, {LargeWideRow(7, 6, 2000)});
  const auto short_table = OpenTable(&last, kPath);
  last.Corrupt(kPath, 9000, "damage");
  EXPECT_EQ(Salvage(short_table.get()).lost[0].to,
            BoundPosition(5, position::kAfter));
}

TEST(Salvage, ANewFileKeepsTheLosses) {
  MemFileSystem fs;
  WriteTable(&fs, kPath, Original());
  const auto table = OpenTable(&fs, kPath);
  fs.Corrupt(kPath, 20'000, "damage");
  const Salvaged first = Salvage(table.get());
  SSTableWriterOptions options = MakerOptions();
  options.losses = &first.lost;
  WriteTable(&fs, "/new.sst", first.wide_rows, options);
  const auto renewed = OpenTable(&fs, "/new.sst");
  ASSERT_EQ(renewed->losses().size(), first.lost.size());
  EXPECT_THAT(renewed->losses()[0].what, HasSubstr("/t.sst: block at offset"));
  EXPECT_EQ(ReadTable(*renewed), first.wide_rows);
  EXPECT_THAT(SSTableStatsText(*renewed, {}),
              HasSubstr("Lost: 1 ranges\n  " +
                        LossText(renewed->schema(), first.lost[0])));
  // Salvaged once more, they are still there.
  EXPECT_EQ(Salvage(renewed.get()).lost.size(), first.lost.size());
}

TEST(Losses, NeighboursAreJoinedAndFewAreKept) {
  const auto whole = [](uint64_t first, uint64_t last) {
    return SSTableLoss{.what = "w", .first = Token{first}, .last = Token{last}};
  };
  auto joined = JoinLosses({whole(5, 6), whole(1, 4), whole(8, 9)});
  ASSERT_EQ(joined.size(), 2u);
  EXPECT_EQ(joined[0].last, Token{6});
  std::vector<SSTableLoss> many;
  for (uint64_t i = 0; i < 2 * kLossesMax; ++i) {
    many.push_back(whole(10 * i, 10 * i + 1));
  }
  const Token last = many.back().last;
  joined = JoinLosses(std::move(many));
  EXPECT_EQ(joined.size(), kLossesMax);
  EXPECT_EQ(joined.back().last, last);
}

TEST(Losses, OfWideRowsAndOfRowsInsideThemStayApart) {
  const auto rows = [](uint64_t token, const char* from, const char* to) {
    return SSTableLoss{.what = "r",
                       .first = Token{token},
                       .last = Token{token},
                       .partition_key = "k",
                       .from = from,
                       .to = to};
  };
  const auto joined =
      JoinLosses({rows(7, "b", "c"),
                  rows(7, "c", "e"),
                  rows(7, "g", ""),
                  rows(9, "a", ""),
                  {.what = "w", .first = Token{8}, .last = Token{9}}});
  ASSERT_EQ(joined.size(), 3u);
  EXPECT_EQ(joined[0].to, "e");
  EXPECT_EQ(joined[1].from, "g");
  EXPECT_EQ(joined[2].partition_key, "");
  const auto decoded = DecodeLosses(EncodeLosses(joined));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ((*decoded)[0].from, "b");
  EXPECT_EQ((*decoded)[2].first, Token{8});
  const std::string bytes = EncodeLosses(joined);
  for (size_t at = 0; at < bytes.size(); ++at) {
    EXPECT_FALSE(DecodeLosses(bytes.substr(0, at)).ok());
  }
}

}  // namespace
}  // namespace rowan
