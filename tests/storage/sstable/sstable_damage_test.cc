// SPDX-License-Identifier: Apache-2.0
// Damaged files: the answer is kDataLoss or what was written, never anything
// else and never a crash.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/base/coding.h"
#include "storage/base/status_macros.h"
#include "storage/model/key_codec.h"
#include "storage/sstable/format/footer.h"
#include "tests/storage/sstable/section_swap.h"
#include "tests/storage/sstable/table_maker.h"

namespace rowan {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

constexpr char kPath[] = "/t.sst";

// Reads everything, forward and in every wide row backwards.
absl::StatusOr<std::vector<VectorWideRow>> ReadEverything(
    const SSTableReader& table) {
  std::vector<VectorWideRow> found;
  auto rows = table.NewSSTableIterator(Blocking::kMayWait, nullptr);
  RETURN_IF_ERROR(rows->SeekWideRow(Token::Min(), ""));
  while (rows->HasWideRow()) {
    found.push_back(VectorWideRow::Of(rows->wide_row()));
    RETURN_IF_ERROR(rows->SeekRow(kLastBound, Direction::kReverse));
    while (rows->HasRow()) RETURN_IF_ERROR(rows->NextRow());
    RETURN_IF_ERROR(rows->SeekRow(kFirstBound, Direction::kForward));
    while (rows->HasRow()) {
      found.back().fragments.push_back(VectorFragment::Of(rows->row()));
      RETURN_IF_ERROR(rows->NextRow());
    }
    RETURN_IF_ERROR(rows->NextWideRow());
  }
  return found;
}

absl::StatusOr<std::vector<VectorWideRow>> OpenAndRead(MemFileSystem* fs) {
  auto table = SSTableReader::Open(fs, kPath);
  if (!table.ok()) return table.status();
  return ReadEverything(**table);
}

// A file with a shared block, and one large wide row with a row index.
std::vector<VectorWideRow> SmallTable(uint64_t seed) {
  SimRandom random(seed);
  auto wide_rows = RandomWideRows(
      &random, {.wide_rows = 3, .rows_max = 4, .value_bytes_max = 20});
  VectorWideRow large = LargeWideRow(UINT64_MAX, 3, 5000);
  large.fragments.insert(large.fragments.begin(),
                         {RowFragment::Kind::kDeletionChange,
                          BoundPosition(-9, position::kBefore),
                          {},
                          {},
                          {5, 5}});
  large.fragments.push_back({RowFragment::Kind::kDeletionChange,
                             BoundPosition(99, position::kAfter),
                             {},
                             {5, 5},
                             {}});
  wide_rows.push_back(large);
  return wide_rows;
}

std::string FileOf(const std::vector<VectorWideRow>& wide_rows,
                   SSTableWriterOptions options) {
  MemFileSystem fs;
  WriteTable(&fs, kPath, wide_rows, std::move(options));
  return *fs.ReadFile(kPath);
}

TEST(SSTableDamage, EveryFlippedByteIsFoundOut) {
  for (const Compression compression :
       {Compression::kNone, Compression::kLz4, Compression::kZstd}) {
    const auto wide_rows = SmallTable(3);
    const std::string good = FileOf(wide_rows, MakerOptions(compression));
    MemFileSystem fs;
    for (size_t at = 0; at < good.size(); ++at) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ (1 << at % 8));
      fs.WriteFile(kPath, bad);
      const auto read = OpenAndRead(&fs);
      ASSERT_EQ(read.status().code(), absl::StatusCode::kDataLoss) << at;
      ASSERT_THAT(std::string(read.status().message()), HasSubstr(kPath));
    }
  }
}

TEST(SSTableDamage, EveryTruncationIsFoundOut) {
  const std::string good = FileOf(SmallTable(4), MakerOptions());
  MemFileSystem fs;
  for (size_t size = 0; size < good.size(); ++size) {
    fs.WriteFile(kPath, std::string_view(good).substr(0, size));
    ASSERT_EQ(OpenAndRead(&fs).status().code(), absl::StatusCode::kDataLoss)
        << size;
  }
}

TEST(SSTableDamage, BlocksReadFromElsewhereAreFoundOut) {
  // Parts of equal rows have equal lengths: the second and the third change
  // places.
  const std::string good = FileOf({LargeWideRow(1, 30, 3000)}, MakerOptions());
  const size_t length =
      kBlockHeaderBytes + LoadLittle<uint32_t>(good.data() + 4);
  std::string bad = good;
  bad.replace(length, length, good, 2 * length, length);
  bad.replace(2 * length, length, good, length, length);
  MemFileSystem fs;
  fs.WriteFile(kPath, bad);
  EXPECT_THAT(std::string(OpenAndRead(&fs).status().message()),
              MatchesRegex("/t.sst: block at offset [0-9]+: checksum want "
                           "[0-9a-f]{8} got [0-9a-f]{8}"));

  // The same block of another file.
  SSTableWriterOptions other = MakerOptions();
  other.file = FileId{43};
  const std::string foreign = FileOf({LargeWideRow(1, 30, 3000)}, other);
  bad = good;
  bad.replace(0, length, foreign, 0, length);
  fs.WriteFile(kPath, bad);
  EXPECT_EQ(OpenAndRead(&fs).status().code(), absl::StatusCode::kDataLoss);
}

TEST(SSTableDamage, OtherBlocksStayReadable) {
  std::vector<VectorWideRow> wide_rows;
  for (uint64_t i = 0; i < 100; ++i) {
    wide_rows.push_back(LargeWideRow(i, 1, 1000));
  }
  MemFileSystem fs;
  WriteTable(&fs, kPath, wide_rows);
  fs.Corrupt(kPath, 50'000, "damage");
  const auto table = OpenTable(&fs, kPath);
  size_t lost = 0;
  for (const VectorWideRow& wide_row : wide_rows) {
    auto rows = table->NewIterator(Blocking::kMayWait, nullptr);
    const absl::Status status = rows->SeekWideRow(wide_row.token, "large");
    EXPECT_EQ(status.ok(), rows->HasWideRow());
    if (!status.ok()) ++lost;
  }
  EXPECT_GT(lost, 0u);
  EXPECT_LT(lost, 9u);
}

TEST(SSTableDamage, HostileSectionsNeverCrash) {
  const std::string good = FileOf(SmallTable(5), MakerOptions());
  const Footer footer = *ParseFooter(good, good.size());
  MemFileSystem fs;
  for (const Section& section : footer.sections) {
    const std::string bytes = good.substr(section.offset, section.length);
    ASSERT_EQ(WithSection(good, section.kind, bytes), good);
    const auto expect_no_crash = [&](std::string_view hostile) {
      fs.WriteFile(kPath, WithSection(good, section.kind, hostile));
      OpenAndRead(&fs).status().IgnoreError();
    };
    for (size_t at = 0; at < bytes.size(); ++at) {
      expect_no_crash(std::string_view(bytes).substr(0, at));
      for (const unsigned char flip : {0x01, 0x80, 0xff}) {
        std::string hostile = bytes;
        hostile[at] = static_cast<char>(hostile[at] ^ flip);
        expect_no_crash(hostile);
      }
    }
    expect_no_crash(std::string(64, '\xff'));
  }
}

TEST(SSTableDamage, CountsBeyondTheBytesAreDataLoss) {
  const std::string good = FileOf(SmallTable(5), MakerOptions());
  std::string huge;
  PutVarint(uint64_t{1} << 40, &huge);
  MemFileSystem fs;
  fs.WriteFile(kPath, WithSection(good, SectionKind::kBlockIndex, huge));
  EXPECT_EQ(OpenAndRead(&fs).status().code(), absl::StatusCode::kDataLoss);
  fs.WriteFile(kPath,
               WithSection(good, SectionKind::kFilter, "\xff\xff\xff\xff"));
  EXPECT_EQ(OpenAndRead(&fs).status().code(), absl::StatusCode::kDataLoss);
}

// A footer as a later Rowan might write it.
TEST(SSTableDamage, UnknownOptionalSectionIsSkippedAndRequiredOneRefused) {
  const auto wide_rows = SmallTable(6);
  const std::string good = FileOf(wide_rows, MakerOptions());
  const auto with_kind = [&](uint32_t kind) {
    Footer footer = *ParseFooter(good, good.size());
    std::string out = good.substr(
        0, footer.sections.back().offset + footer.sections.back().length);
    const auto unknown = static_cast<SectionKind>(kind);
    footer.sections.push_back(
        {unknown, out.size(), 3,
         SectionChecksum("new", footer.file, unknown, out.size())});
    out += "new";
    AppendFooter(footer, &out);
    return out;
  };
  MemFileSystem fs;
  fs.WriteFile(kPath, with_kind(kOptionalSection | 9));
  const auto read = OpenAndRead(&fs);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, wide_rows);
  fs.WriteFile(kPath, with_kind(9));
  EXPECT_EQ(OpenAndRead(&fs).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(SSTableDamage, FailingDiskIsReportedAsItIs) {
  MemFileSystem fs;
  WriteTable(&fs, kPath, SmallTable(7));
  const auto table = OpenTable(&fs, kPath);
  fs.FailNext(FileOp::kRead, kPath, 1, absl::DataLossError("EIO"));
  EXPECT_THAT(std::string(ReadEverything(*table).status().message()),
              HasSubstr("EIO"));
}

}  // namespace
}  // namespace rowan
