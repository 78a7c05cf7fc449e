// SPDX-License-Identifier: Apache-2.0
#include "storage/model/row.h"

#include <gtest/gtest.h>

#include "storage/base/coding.h"
#include "storage/model/row_reader.h"
#include "tests/lib/row_literals.h"
#include "tests/storage/model/random_row.h"

namespace rowan {
namespace {

std::string Image(const Row& row) {
  std::string image;
  AppendRowImage(row, &image);
  return image;
}

bool IsRefused(const std::string& image) {
  Row row;
  const absl::Status status = DecodeRowImage(image, &row);
  return status.code() == absl::StatusCode::kDataLoss;
}

std::string Bytes(std::initializer_list<int> bytes) {
  std::string out;
  for (int b : bytes) out.push_back(static_cast<char>(b));
  return out;
}

TEST(RowImage, EmptyRowIsOneByte) {
  EXPECT_EQ(Image(Row{}), Bytes({0}));
  Row row;
  row.cells.resize(3);
  ASSERT_TRUE(DecodeRowImage(Bytes({0}), &row).ok());
  EXPECT_TRUE(row.empty());
}

// The bytes that FORMAT.md shows: an inserted row whose cells share its time,
// and one cell deleted later.
TEST(RowImage, GoldenBytes) {
  Row row;
  row.liveness.timestamp = 0x0102030405060708;
  row.cells = {{.column = ColumnId{3},
                .timestamp = row.liveness.timestamp,
                .value = "ab"},
               {.column = ColumnId{5},
                .kind = CellKind::kTombstone,
                .timestamp = 9,
                .local_time_s = 0x11223344}};
  const std::string image = Image(row);
  EXPECT_EQ(image, Bytes({0x09, 8,    7,    6,    5,   4, 3, 2, 1,  //
                          2,                                        //
                          3,    0x04, 2,    'a',  'b',              //
                          2,    0x02, 9,    0,    0,   0, 0, 0, 0,
                          0,    0x44, 0x33, 0x22, 0x11}));
  EXPECT_EQ(image.size(), RowImageSize(row));
}

// The bytes that FORMAT.md shows: a set that was overwritten, and an element
// removed later.
TEST(RowImage, GoldenBytesOfElements) {
  const std::string one("\x80\0\0\1", 4), two("\x80\0\0\2", 4),
      three("\x80\0\0\3", 4);
  Row row;
  row.cells = {
      ColumnDeletion(6, 9, 0x11223344),
      Element(one, LiveCell(6, 10, "")),
      Element(two, ExpiringCell(6, 10, 60, 0x11223380, "")),
      Element(three, CellTombstone(6, 12, 0x11223344)),
  };
  const std::string expected =
      Bytes({0x08, 4,                                                      //
             6,    0x03, 9,  0, 0, 0, 0, 0, 0, 0, 0x44, 0x33, 0x22, 0x11,  //
             0,    0x80, 10, 0, 0, 0, 0, 0, 0, 0,                          //
             4,    0x80, 0,  0, 1, 0,                                      //
             0,    0x81, 10, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x33, 0x22, 0x11,
             0x3c,                     //
             4,    0x80, 0,  0, 2, 0,  //
             0,    0x82, 12, 0, 0, 0, 0, 0, 0, 0, 0x44, 0x33, 0x22, 0x11,
             4,    0x80, 0,  0, 3});
  EXPECT_EQ(Image(row), expected);
  EXPECT_EQ(expected.size(), RowImageSize(row));
  Row back;
  ASSERT_TRUE(DecodeRowImage(expected, &back).ok());
  EXPECT_EQ(Fields(back), Fields(row));
}

TEST(RowImage, RandomRowsComeBackAndSizesAreExact) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SimRandom random(seed);
    for (int i = 0; i < 500; ++i) {
      const Row row = RandomRow(random, 40);
      std::string image(RowImageSize(row), '\0');
      char* end = EncodeRowImage(row, image.data());
      ASSERT_EQ(end, image.data() + image.size()) << "seed " << seed;
      Row back;
      ASSERT_TRUE(DecodeRowImage(image, &back).ok()) << "seed " << seed;
      ASSERT_EQ(Fields(back), Fields(row)) << "seed " << seed;
    }
  }
}

TEST(RowImage, ExtremesComeBack) {
  Row row;
  row.liveness = {.timestamp = INT64_MAX, .ttl_s = UINT32_MAX, .expiry_s = 0};
  row.deletion = {INT64_MIN + 1, UINT32_MAX};
  const std::string large(1 << 20, 'x');
  const std::string path(kPathBytesMax, '\xff');
  row.cells = {{.column = ColumnId{1}, .timestamp = INT64_MIN + 1},
               ColumnDeletion(2, INT64_MIN + 1, UINT32_MAX),
               Element(path, LiveCell(2, INT64_MAX, large)),
               {.column = ColumnId{UINT32_MAX},
                .kind = CellKind::kExpiring,
                .timestamp = INT64_MAX,
                .ttl_s = UINT32_MAX,
                .local_time_s = UINT32_MAX,
                .value = large}};
  const std::string image = Image(row);
  Row back;
  ASSERT_TRUE(DecodeRowImage(image, &back).ok());
  EXPECT_EQ(Fields(back), Fields(row));
}

TEST(RowImage, MalformedBytesAreRefused) {
  EXPECT_TRUE(IsRefused(""));
  EXPECT_TRUE(IsRefused(Bytes({0x10})));        // unknown row flag
  EXPECT_TRUE(IsRefused(Bytes({0x02})));        // expiry without marker
  EXPECT_TRUE(IsRefused(Bytes({0x00, 0x00})));  // bytes after the end
  EXPECT_TRUE(IsRefused(Bytes({0x08, 0})));     // cells, but none
  // One live cell of column 1 at time 0 with an empty value, then variations.
  const std::string good = Bytes({0x08, 1, 1, 0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  EXPECT_FALSE(IsRefused(good));
  EXPECT_TRUE(IsRefused(good + '\0'));
  const auto with = [&good](size_t at, int byte) {
    std::string bytes = good;
    bytes[at] = static_cast<char>(byte);
    return bytes;
  };
  EXPECT_TRUE(IsRefused(with(1, 100)));    // more cells than bytes
  EXPECT_TRUE(IsRefused(with(2, 0)));      // column 0
  EXPECT_TRUE(IsRefused(with(3, 3)));      // a column deletion of 1 byte
  EXPECT_TRUE(IsRefused(with(3, 0x08)));   // unknown flag
  EXPECT_TRUE(IsRefused(with(3, 0x80)));   // an empty path
  EXPECT_TRUE(IsRefused(with(3, 0x04)));   // marker's time without a marker
  EXPECT_TRUE(IsRefused(with(11, 0x80)));  // the "no timestamp" timestamp
  EXPECT_TRUE(IsRefused(with(12, 1)));     // value beyond the bytes
}

TEST(RowImage, ARepeatedOrWrappingColumnIsRefused) {
  std::string image = Bytes({0x08, 2});
  const std::string cell = Bytes({0x00, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  image += Bytes({1}) + cell + Bytes({0}) + cell;
  EXPECT_TRUE(IsRefused(image));
  image = Bytes({0x08, 2, 1}) + cell;
  PutVarint(UINT32_MAX, &image);
  image += cell;
  EXPECT_TRUE(IsRefused(image));
}

// A live cell without a value, written by hand: column delta, path.
std::string LiveBytes(int delta, std::string_view path) {
  std::string cell = Bytes({delta, path.empty() ? 0x00 : 0x80});
  cell.append(8, '\0');
  if (!path.empty()) PutBytes(path, &cell);
  return cell + '\0';
}

// A column deletion: column delta.
std::string DeletionBytes(int delta) {
  return Bytes({delta, 0x03}) + std::string(12, '\0');
}

TEST(RowImage, CellsOutOfOrderAreRefused) {
  const auto refused = [](std::initializer_list<std::string> cells) {
    std::string image = Bytes({0x08, static_cast<int>(cells.size())});
    for (const std::string& cell : cells) image += cell;
    return IsRefused(image);
  };
  EXPECT_FALSE(refused({DeletionBytes(1), LiveBytes(0, ""), LiveBytes(0, "a"),
                        LiveBytes(0, "b"), LiveBytes(1, "a")}));
  EXPECT_FALSE(refused({DeletionBytes(1), DeletionBytes(1)}));
  EXPECT_TRUE(refused({LiveBytes(0, "a")}));  // column 0
  EXPECT_TRUE(refused({DeletionBytes(0)}));   // column 0
  EXPECT_TRUE(refused({LiveBytes(1, "b"), LiveBytes(0, "a")}));
  EXPECT_TRUE(refused({LiveBytes(1, "a"), LiveBytes(0, "a")}));
  EXPECT_TRUE(refused({LiveBytes(1, "a"), LiveBytes(0, "")}));
  EXPECT_TRUE(refused({LiveBytes(1, ""), LiveBytes(0, "")}));
  EXPECT_TRUE(refused({DeletionBytes(1), DeletionBytes(0)}));
  EXPECT_TRUE(refused({LiveBytes(1, ""), DeletionBytes(0)}));
  EXPECT_TRUE(refused({LiveBytes(1, "a"), DeletionBytes(0)}));
}

TEST(RowImage, PathsThatCannotBeAreRefused) {
  const auto image = [](const std::string& cell) {
    return Bytes({0x08, 1}) + cell;
  };
  const std::string longest(kPathBytesMax, 'p');
  EXPECT_FALSE(IsRefused(image(LiveBytes(1, longest))));
  EXPECT_TRUE(IsRefused(image(LiveBytes(1, longest + "p"))));
  // An empty one: the flag, then two empty byte strings.
  EXPECT_TRUE(IsRefused(image(Bytes({1, 0x80}) + std::string(10, '\0'))));
  // A column deletion with a path.
  EXPECT_TRUE(IsRefused(
      image(Bytes({1, 0x83}) + std::string(12, '\0') + Bytes({1, 'a'}))));
}

TEST(RowImageDeathTest, WhatAReaderWouldRefuseIsNotWritten) {
  const std::string too_long(kPathBytesMax + 1, 'p');
  const std::vector<Cell> bad[] = {
      {Element("b", LiveCell(1, 1, "")), Element("a", LiveCell(1, 1, ""))},
      {Element("a", LiveCell(1, 1, "")), Element("a", LiveCell(1, 1, ""))},
      {LiveCell(1, 1, ""), ColumnDeletion(1, 1, 1)},
      {LiveCell(0, 1, "")},
      {Element(too_long, LiveCell(1, 1, ""))},
      {Element("a", ColumnDeletion(1, 1, 1))},
  };
  for (const std::vector<Cell>& cells : bad) {
    Row row;
    row.cells = cells;
    EXPECT_DEATH(Image(row), "");
  }
}

TEST(RowImage, EveryTruncationIsRefused) {
  SimRandom random(3);
  for (int i = 0; i < 200; ++i) {
    const std::string image = Image(RandomRow(random, 8));
    for (size_t size = 0; size < image.size(); ++size) {
      ASSERT_TRUE(IsRefused(image.substr(0, size)));
    }
  }
}

TEST(RowImage, FlippedBytesGiveARowOrAnErrorAndStaySortedAndInside) {
  SimRandom random(4);
  for (int i = 0; i < 20'000; ++i) {
    std::string image = Image(RandomRow(random, 8));
    for (uint64_t flips = 1 + random.Below(3); flips > 0; --flips) {
      image[random.Below(image.size())] = static_cast<char>(random.Next());
    }
    Row row;
    if (!DecodeRowImage(image, &row).ok()) continue;
    for (size_t c = 1; c < row.cells.size(); ++c) {
      ASSERT_LT(ComparePlaces(row.cells[c - 1], row.cells[c]), 0);
    }
    Row again;  // what was accepted can be written again
    const std::string rewritten = Image(row);
    ASSERT_TRUE(DecodeRowImage(rewritten, &again).ok());
    ASSERT_EQ(Fields(again), Fields(row));
  }
}

TEST(RowReader, GivesTheHeadBeforeTheCells) {
  SimRandom random(5);
  for (int i = 0; i < 1000; ++i) {
    const Row row = RandomRow(random);
    const std::string image = Image(row);
    RowReader reader;
    ASSERT_TRUE(reader.Start(image).ok());
    EXPECT_EQ(reader.liveness(), row.liveness);
    EXPECT_EQ(reader.deletion(), row.deletion);
    ASSERT_EQ(reader.cells_left(), row.cells.size());
    for (const Cell& expected : row.cells) {
      Cell cell;
      ASSERT_TRUE(reader.HasCell());
      ASSERT_TRUE(reader.ReadCell(&cell).ok());
      ASSERT_EQ(Fields(cell), Fields(expected));
    }
    EXPECT_FALSE(reader.HasCell());
  }
}

}  // namespace
}  // namespace rowan
