// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/sstable.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/model/key_codec.h"
#include "storage/model/row.h"
#include "tests/lib/row_iterator_conformance.h"
#include "tests/storage/sstable/table_maker.h"

namespace rowan {
namespace {

using ::testing::ElementsAre;

constexpr Compression kCompressions[] = {Compression::kNone, Compression::kLz4,
                                         Compression::kZstd};

void ExpectConforms(const std::shared_ptr<SSTableReader>& table) {
  ExpectRowIteratorConforms([&]() -> std::unique_ptr<RowIterator> {
    return table->NewIterator(Blocking::kMayWait, nullptr);
  });
}

void ExpectRoundTrip(const std::vector<VectorWideRow>& wide_rows,
                     Compression compression) {
  MemFileSystem fs;
  WriteTable(&fs, "/t.sst", wide_rows, MakerOptions(compression));
  const auto table = OpenTable(&fs, "/t.sst");
  ASSERT_NE(table, nullptr);
  EXPECT_EQ(ReadTable(*table), wide_rows);
  for (const VectorWideRow& wide_row : wide_rows) {
    EXPECT_TRUE(table->MayContain(wide_row.token));
  }
  ExpectConforms(table);
}

TEST(SSTable, FileWithoutWideRowsIsEmpty) {
  MemFileSystem fs;
  WriteTable(&fs, "/t.sst", {});
  const auto table = OpenTable(&fs, "/t.sst");
  EXPECT_TRUE(ReadTable(*table).empty());
  EXPECT_FALSE(table->MayContain(Token{0}));
  EXPECT_EQ(table->EstimateBytes(Token::Min(), Token::Max()), 0u);
  EXPECT_EQ(table->schema().table, "t");
}

TEST(SSTable, SmallWideRowsComeBackAsWritten) {
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(seed);
    SimRandom random(seed);
    const auto wide_rows =
        RandomWideRows(&random, {.rows_max = 6, .value_bytes_max = 300});
    ExpectRoundTrip(wide_rows, kCompressions[seed % 3]);
  }
}

TEST(SSTable, WideRowsOfManyBlocksComeBackAsWritten) {
  for (uint64_t seed = 1; seed <= 9; ++seed) {
    SCOPED_TRACE(seed);
    SimRandom random(seed);
    const auto wide_rows = RandomWideRows(
        &random, {.wide_rows = 8, .rows_max = 60, .value_bytes_max = 6000});
    ExpectRoundTrip(wide_rows, kCompressions[seed % 3]);
  }
}

TEST(SSTable, KeysOfOneTokenAreToldApart) {
  for (uint64_t seed = 1; seed <= 9; ++seed) {
    SCOPED_TRACE(seed);
    SimRandom random(seed);
    const auto wide_rows = RandomWideRows(
        &random,
        {.wide_rows = 60, .rows_max = 4, .value_bytes_max = 3000, .tokens = 3});
    ExpectRoundTrip(wide_rows, kCompressions[seed % 3]);
  }
}

TEST(SSTable, WideRowOf100000RowsIsFoundRowByRow) {
  const std::vector<VectorWideRow> wide_rows = {LargeWideRow(500, 100'000, 20)};
  MemFileSystem fs;
  WriteTable(&fs, "/t.sst", wide_rows);
  const auto table = OpenTable(&fs, "/t.sst");
  EXPECT_EQ(ReadTable(*table), wide_rows);
  ReadStats stats;
  auto rows = table->NewIterator(Blocking::kMayWait, &stats);
  for (int32_t ck = 0; ck < 100'000; ck += 997) {
    ASSERT_TRUE(rows->SeekWideRow(Token{500}, "large").ok());
    stats = {};
    for (const Direction direction :
         {Direction::kForward, Direction::kReverse}) {
      const bool forward = direction == Direction::kForward;
      const std::string bound =
          BoundPosition(ck, forward ? position::kBefore : position::kAfter);
      ASSERT_TRUE(rows->SeekRow(bound, direction).ok());
      ASSERT_TRUE(rows->HasRow());
      EXPECT_EQ(rows->row().position, RowPosition(ck));
    }
    EXPECT_LE(stats.blocks, 6u);  // an index node and a part, or two, each way
  }
}

TEST(SSTable, ReverseWalkOfALargeWideRowIsTheForwardWalkBackwards) {
  const VectorWideRow wide_row = LargeWideRow(1, 20'000, 10);
  MemFileSystem fs;
  WriteTable(&fs, "/t.sst", {wide_row}, MakerOptions(Compression::kLz4));
  const auto table = OpenTable(&fs, "/t.sst");
  auto rows = table->NewIterator(Blocking::kMayWait, nullptr);
  ASSERT_TRUE(rows->SeekWideRow(Token{0}, "").ok());
  ASSERT_TRUE(rows->SeekRow(kLastBound, Direction::kReverse).ok());
  for (size_t i = wide_row.fragments.size(); i-- > 0;) {
    ASSERT_TRUE(rows->HasRow());
    ASSERT_EQ(rows->row().position, wide_row.fragments[i].position);
    ASSERT_TRUE(rows->NextRow().ok());
  }
  EXPECT_FALSE(rows->HasRow());
}

// One range deletion opened before row 0 and closed behind the last, over
// hundreds of blocks: every seek in between must know of it.
TEST(SSTable, RangeDeletionIsKnownInEveryBlockItSpans) {
  VectorWideRow wide_row = LargeWideRow(1, 3000, 700);
  const DeletionTime deletion{77, 7};
  wide_row.fragments.insert(wide_row.fragments.begin(),
                            {RowFragment::Kind::kDeletionChange,
                             BoundPosition(-1, position::kBefore),
                             {},
                             {},
                             deletion});
  wide_row.fragments.push_back({RowFragment::Kind::kDeletionChange,
                                BoundPosition(4000, position::kAfter),
                                {},
                                deletion,
                                {}});
  MemFileSystem fs;
  WriteTable(&fs, "/t.sst", {wide_row});
  const auto table = OpenTable(&fs, "/t.sst");
  EXPECT_EQ(ReadTable(*table).front(), wide_row);
  auto rows = table->NewIterator(Blocking::kMayWait, nullptr);
  ASSERT_TRUE(rows->SeekWideRow(Token{1}, "").ok());
  for (int32_t ck = 0; ck < 3000; ck += 13) {
    for (const char side : {position::kBefore, position::kAfter}) {
      for (const Direction direction :
           {Direction::kForward, Direction::kReverse}) {
        ASSERT_TRUE(rows->SeekRow(BoundPosition(ck, side), direction).ok());
        EXPECT_EQ(rows->open_deletion(), deletion) << ck;
      }
    }
  }
  ASSERT_TRUE(rows->SeekRow(kFirstBound, Direction::kForward).ok());
  EXPECT_TRUE(rows->open_deletion().none());
  ASSERT_TRUE(rows->SeekRow(kLastBound, Direction::kReverse).ok());
  EXPECT_TRUE(rows->open_deletion().none());
}

TEST(SSTable, CellOf8MiBHasABlockOfItsOwn) {
  for (const Compression compression : kCompressions) {
    VectorWideRow wide_row = LargeWideRow(1, 40, 500);
    SimRandom random(5);
    std::string value(kCellBytesMax, '\0');
    for (char& c : value) c = static_cast<char>(random.Next());
    wide_row.fragments[20].image = RowImageOf(value);
    wide_row.fragments[21].image = RowImageOf(std::string(kCellBytesMax, 'z'));
    MemFileSystem fs;
    WriteTable(&fs, "/t.sst", {wide_row}, MakerOptions(compression));
    const auto table = OpenTable(&fs, "/t.sst");
    ReadStats stats;
    auto rows = table->NewIterator(Blocking::kMayWait, &stats);
    ASSERT_TRUE(rows->SeekWideRow(Token{1}, "").ok());
    ASSERT_TRUE(
        rows->SeekRow(BoundPosition(3, position::kBefore), Direction::kForward)
            .ok());
    EXPECT_EQ(rows->row().position, RowPosition(3));
    EXPECT_LT(stats.block_bytes, 64u << 10);
    EXPECT_EQ(ReadTable(*table).front(), wide_row);
  }
}

TEST(SSTable, PointLookupReadsOneBlock) {
  std::vector<VectorWideRow> wide_rows;
  for (uint64_t i = 0; i < 5000; ++i) {
    VectorWideRow wide_row = LargeWideRow(i << 40, 1, 100);
    wide_row.partition_key = "k" + std::to_string(i);
    wide_rows.push_back(wide_row);
  }
  MemFileSystem fs;
  WriteTable(&fs, "/t.sst", wide_rows);
  const auto table = OpenTable(&fs, "/t.sst");
  for (const VectorWideRow& wide_row : wide_rows) {
    ReadStats stats;
    auto rows = table->NewIterator(Blocking::kMayWait, &stats);
    ASSERT_TRUE(rows->SeekWideRow(wide_row.token, wide_row.partition_key).ok());
    ASSERT_EQ(rows->wide_row().partition_key, wide_row.partition_key);
    ASSERT_TRUE(rows->SeekRow(kFirstBound, Direction::kForward).ok());
    ASSERT_EQ(stats.blocks, 1u);
  }
}

TEST(SSTable, ReadThatMayNotWaitAnswersWouldBlock) {
  MemFileSystem fs;
  WriteTable(&fs, "/t.sst", {LargeWideRow(1, 1000, 100)});
  const auto table = OpenTable(&fs, "/t.sst");
  fs.SetCached(false);
  auto rows = table->NewIterator(Blocking::kNeverWait, nullptr);
  EXPECT_TRUE(IsWouldBlock(rows->SeekWideRow(Token{0}, "")));
  EXPECT_FALSE(rows->HasWideRow());
  auto waiting = table->NewIterator(Blocking::kMayWait, nullptr);
  EXPECT_TRUE(waiting->SeekWideRow(Token{0}, "").ok());
  fs.SetCached(true);
  auto cached = table->NewIterator(Blocking::kNeverWait, nullptr);
  ASSERT_TRUE(cached->SeekWideRow(Token{0}, "").ok());
  fs.SetCached(false);
  EXPECT_TRUE(IsWouldBlock(cached->SeekRow(kFirstBound, Direction::kForward)));
  EXPECT_FALSE(cached->HasRow());
}

TEST(SSTable, ReadGoesOnInItsWideRowOnceItMayWait) {
  MemFileSystem fs;
  // A row index of more than one level.
  const VectorWideRow wide_row = LargeWideRow(1, 20'000, 400);
  WriteTable(&fs, "/t.sst", {wide_row});
  const auto table = OpenTable(&fs, "/t.sst");
  for (const Direction direction : {Direction::kForward, Direction::kReverse}) {
    fs.SetCached(true);
    auto rows = table->NewIterator(Blocking::kNeverWait, nullptr);
    ASSERT_TRUE(rows->SeekWideRow(Token{0}, "").ok());
    fs.SetCached(false);
    const bool forward = direction == Direction::kForward;
    const std::string_view bound = forward ? kFirstBound : kLastBound;
    ASSERT_TRUE(IsWouldBlock(rows->SeekRow(bound, direction)));
    ASSERT_TRUE(rows->HasWideRow());
    EXPECT_EQ(rows->wide_row().partition_key, wide_row.partition_key);
    fs.SetCached(true);
    ASSERT_TRUE(rows->SeekRow(bound, direction).ok());
    const std::string first(rows->row().position);
    fs.SetCached(false);
    absl::Status moved;
    while (moved.ok()) {
      ASSERT_TRUE(rows->HasRow());
      moved = rows->NextRow();
    }
    ASSERT_TRUE(IsWouldBlock(moved));
    EXPECT_FALSE(rows->HasRow());
    ASSERT_TRUE(rows->HasWideRow());
    rows->MayWait();
    ASSERT_TRUE(rows->SeekRow(bound, direction).ok());
    EXPECT_EQ(rows->row().position, first);
    size_t fragments = 0;
    while (rows->HasRow()) {
      ++fragments;
      ASSERT_TRUE(rows->NextRow().ok());
    }
    EXPECT_EQ(fragments, wide_row.fragments.size());
  }
}

TEST(SSTable, SeekArgumentsMayBeViewsIntoTheIterator) {
  MemFileSystem fs;
  VectorWideRow wide_row = LargeWideRow(1, 200, 400);
  WriteTable(&fs, "/t.sst", {wide_row}, MakerOptions(Compression::kZstd));
  const auto table = OpenTable(&fs, "/t.sst");
  auto rows = table->NewIterator(Blocking::kMayWait, nullptr);
  ASSERT_TRUE(rows->SeekWideRow(Token{0}, "").ok());
  ASSERT_TRUE(
      rows->SeekWideRow(rows->wide_row().token, rows->wide_row().partition_key)
          .ok());
  EXPECT_EQ(rows->wide_row().partition_key, "large");
}

// The bytes read grow with the number of blocks and wide rows, so a file of 24
// MiB tells as much as one of 1 GiB.
TEST(SSTable, OpeningReadsLessThanAHundredthOfTheFile) {
  for (const size_t rows : {size_t{1}, size_t{4000}}) {
    MemFileSystem fs;
    std::vector<VectorWideRow> wide_rows;
    const size_t count = rows == 1 ? 24'000 : 24;
    for (uint64_t i = 0; i < count; ++i) {
      wide_rows.push_back(
          LargeWideRow(i * (UINT64_MAX / count), rows, rows == 1 ? 1000 : 240));
    }
    WriteTable(&fs, "/t.sst", wide_rows);
    const uint64_t file_bytes = fs.ReadFile("/t.sst")->size();
    ASSERT_GT(file_bytes, 22u << 20);
    fs.ResetCounters();
    const auto table = OpenTable(&fs, "/t.sst");
    EXPECT_LT(fs.Counters().bytes_read, file_bytes / 100);
    EXPECT_LT(table->memory_bytes(), file_bytes / 100);
    EXPECT_LE(fs.Counters().reads, 5u);
  }
}

TEST(SSTable, EstimateFollowsTheTokens) {
  MemFileSystem fs;
  std::vector<VectorWideRow> wide_rows;
  for (uint64_t i = 0; i < 1000; ++i) {
    wide_rows.push_back(LargeWideRow(i << 54, 1, 1000));
  }
  WriteTable(&fs, "/t.sst", wide_rows);
  const auto table = OpenTable(&fs, "/t.sst");
  const uint64_t all = table->EstimateBytes(Token::Min(), Token::Max());
  EXPECT_NEAR(all, 1'050'000, 50'000);
  EXPECT_NEAR(table->EstimateBytes(Token{100ull << 54}, Token{199ull << 54}),
              all / 10, 16'000);
  EXPECT_EQ(table->EstimateBytes(Token{5}, Token{4}), 0u);
}

TEST(SSTable, StatisticsTellWhatIsInside) {
  VectorWideRow first = LargeWideRow(10, 2, 5);
  first.deletion = {50, 1000};
  VectorWideRow second = LargeWideRow(20, 1, 5);
  second.partition_key = "zz";
  Row row;
  row.cells = {{ColumnId{4}, CellKind::kExpiring, 9, 60, 200'000, "v"},
               {ColumnId{5}, CellKind::kTombstone, 2000, 0, 90'000, {}}};
  second.fragments[0].image.clear();
  AppendRowImage(row, &second.fragments[0].image);
  MemFileSystem fs;
  const SSTableStatistics written = WriteTable(&fs, "/t.sst", {first, second});
  const auto table = OpenTable(&fs, "/t.sst");
  const SSTableStatistics& read = table->statistics();
  for (const SSTableStatistics* s : {&written, &read}) {
    EXPECT_EQ(s->file, FileId{42});
    EXPECT_EQ(s->table, TableId{7});
    EXPECT_EQ(s->wide_rows, 2u);
    EXPECT_EQ(s->rows, 3u);
    EXPECT_EQ(s->cells, 4u);
    EXPECT_EQ(s->tombstones, 2u);
    EXPECT_EQ(s->first_key, "large");
    EXPECT_EQ(s->last_key, "zz");
    EXPECT_EQ(s->last_token, Token{20});
    EXPECT_EQ(s->min_timestamp, 9);
    EXPECT_EQ(s->max_timestamp, 2000);
    EXPECT_EQ(s->min_local_deletion_s, 1000u);
    EXPECT_EQ(s->max_local_deletion_s, UINT32_MAX);
    EXPECT_EQ(s->min_ttl_s, 60u);
    EXPECT_EQ(s->max_ttl_s, 60u);
    EXPECT_EQ(s->min_position, RowPosition(0));
    EXPECT_EQ(s->max_position, RowPosition(1));
    EXPECT_THAT(s->drop_times.counts,
                ElementsAre(std::pair(0u, 1u), std::pair(86'400u, 1u),
                            std::pair(172'800u, 1u)));
    EXPECT_EQ(s->drop_times.span_s, 86'400u);
    EXPECT_EQ(s->wide_row_deletions, 1u);
    EXPECT_THAT(s->wide_row_cells->counts, ElementsAre(0, 0, 2));
    EXPECT_EQ(s->wide_row_cells->largest, 2u);
    EXPECT_EQ(s->log_from, LogPosition{100});
    EXPECT_EQ(s->log_to, LogPosition{200});
    EXPECT_EQ(s->written_at_us, 1'700'000'000'000'000);
  }
}

}  // namespace
}  // namespace rowan
