// SPDX-License-Identifier: Apache-2.0
// What a writer gathers and the statistics section keeps: sizes, drop times,
// and files from before some of it.
#include "storage/sstable/statistics.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/base/coding.h"
#include "storage/sstable/statistics_codec.h"
#include "tests/storage/sstable/table_maker.h"

namespace rowan {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::SizeIs;

TEST(SizeHistogram, BucketsEndBelowPowersOfTwo) {
  SizeHistogram histogram;
  for (const uint64_t size : {0u, 1u, 2u, 3u, 4u, 7u, 8u}) histogram.Add(size);
  EXPECT_THAT(histogram.counts, ElementsAre(1, 1, 2, 2, 1));
  EXPECT_EQ(histogram.largest, 8u);
  histogram.Add(UINT64_MAX);
  EXPECT_THAT(histogram.counts, SizeIs(SizeHistogram::kBucketsMax));
  for (size_t b = 0; b < SizeHistogram::kBucketsMax; ++b) {
    SizeHistogram edges;
    edges.Add(SizeHistogram::First(b));
    edges.Add(SizeHistogram::Last(b));
    ASSERT_THAT(edges.counts, SizeIs(b + 1));
    EXPECT_EQ(edges.counts[b], 2u) << b;
  }
}

TEST(DropTimes, SpansAreDaysUntilThereAreTooMany) {
  DropTimes times;
  times.Add(86'399);
  times.Add(86'400);
  times.Add(0);
  EXPECT_THAT(times.counts, ElementsAre(Pair(0, 2), Pair(86'400, 1)));
  EXPECT_EQ(times.CountBefore(86'399), 0u);
  EXPECT_EQ(times.CountBefore(86'400), 2u);
  EXPECT_EQ(times.CountBefore(2 * 86'400), 3u);
  for (uint32_t day = 2; day < 400; ++day) times.Add(day * 86'400);
  EXPECT_EQ(times.span_s, 86'400u);
  times.Add(400 * 86'400);
  EXPECT_EQ(times.span_s, 2 * 86'400u);
  EXPECT_THAT(times.counts, SizeIs(201));
  EXPECT_EQ(times.counts.at(0), 3u);
  // Every day there is.
  for (uint64_t s = 0; s <= UINT32_MAX; s += 86'400) {
    times.Add(static_cast<uint32_t>(s));
  }
  EXPECT_LE(times.counts.size(), DropTimes::kSpansMax);
}

TEST(Statistics, SizesOfWideRowsAreWhatTheBlocksHold) {
  // Small ones lie in one block: count, tokens and offsets are not theirs.
  VectorWideRow empty{.token = Token{1}, .partition_key = "e"};
  VectorWideRow small = LargeWideRow(2, 3, 10);
  MemFileSystem fs;
  SSTableStatistics s = WriteTable(&fs, "/small.sst", {empty, small});
  const uint64_t bodies = s.data_bytes_raw - 8 - 2 * 12;
  EXPECT_EQ(s.wide_row_bytes->largest, bodies - (1 + 1 + 1 + 1));
  EXPECT_THAT(s.wide_row_bytes->counts[3], 1u);  // 4 bytes
  EXPECT_THAT(s.wide_row_cells->counts, ElementsAre(1, 0, 1));
  EXPECT_EQ(s.wide_row_cells->largest, 3u);
  // A large one: its parts and its head, without its row index.
  s = WriteTable(&fs, "/large.sst", {LargeWideRow(3, 100, 1000)});
  EXPECT_GT(s.wide_row_bytes->largest, 100'000u);
  EXPECT_LT(s.wide_row_bytes->largest, s.data_bytes_raw);
  EXPECT_GT(s.wide_row_bytes->largest, s.data_bytes_raw * 98 / 100);
  EXPECT_EQ(s.wide_row_cells->largest, 100u);
  // Each by itself.
  const uint64_t alone = s.wide_row_bytes->largest;
  s = WriteTable(&fs, "/two.sst",
                 {LargeWideRow(3, 100, 1000), LargeWideRow(4, 100, 1000)});
  EXPECT_EQ(s.wide_row_bytes->largest, alone);
}

TEST(Statistics, AreTheSameReadBack) {
  SSTableStatistics s;
  s.wide_row_bytes.emplace().Add(UINT64_MAX);
  s.wide_row_cells.emplace();
  s.wide_row_deletions = 3;
  s.drop_times.span_s = 8 * 86'400;
  s.drop_times.counts[0] = 5;
  const auto read = DecodeStatistics(EncodeStatistics(s));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->wide_row_bytes, s.wide_row_bytes);
  EXPECT_EQ(read->wide_row_cells, s.wide_row_cells);
  EXPECT_EQ(read->wide_row_deletions, s.wide_row_deletions);
  EXPECT_EQ(read->drop_times, s.drop_times);
}

TEST(Statistics, OfOlderFilesLackWhatWasNotGathered) {
  SSTableStatistics s;
  s.rows = 7;
  const std::string now = EncodeStatistics(s);
  // Nothing that is not known is written.
  const auto read = DecodeStatistics(now);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->rows, 7u);
  EXPECT_FALSE(read->wide_row_bytes.has_value());
  EXPECT_FALSE(read->wide_row_cells.has_value());
  EXPECT_FALSE(read->wide_row_deletions.has_value());
  const auto none = DecodeStatistics("");
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_EQ(none->drop_times.span_s, 86'400u);
}

TEST(Statistics, MalformedHistogramsAreDataLoss) {
  const auto with = [](uint64_t field, const std::string& bytes) {
    std::string section;
    PutVarint(field, &section);
    PutBytes(bytes, &section);
    return DecodeStatistics(section).status().code();
  };
  EXPECT_EQ(with(29, ""), absl::StatusCode::kDataLoss);
  EXPECT_EQ(with(29, "\x80"), absl::StatusCode::kDataLoss);
  EXPECT_EQ(with(29, std::string(66, '\1')), absl::StatusCode::kOk);
  EXPECT_EQ(with(29, std::string(67, '\1')), absl::StatusCode::kDataLoss);
  EXPECT_EQ(with(31, "ab"), absl::StatusCode::kDataLoss);
  EXPECT_EQ(with(28, std::string(1, '\0')), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace rowan
