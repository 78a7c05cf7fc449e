// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/verify/sstable_verifier.h"

#include <map>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "partitioner/murmur3.h"
#include "storage/model/key_codec.h"
#include "storage/model/row.h"
#include "storage/sstable/format/block_index.h"
#include "storage/sstable/format/footer.h"
#include "storage/sstable/statistics_codec.h"
#include "storage/sstable/verify/verify_report.h"
#include "tests/storage/sstable/section_swap.h"
#include "tests/storage/sstable/table_maker.h"

namespace rowan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

constexpr char kPath[] = "/t.sst";

// What a verification says, a line a damage.
std::vector<std::string> Verify(FileSystem* fs, VerifyLevel level) {
  const auto table = SSTableReader::Open(fs, kPath);
  EXPECT_TRUE(table.ok()) << table.status();
  SSTableVerifier verifier(table->get(), level);
  for (;;) {
    const auto finished = verifier.Step(1);
    EXPECT_TRUE(finished.ok()) << finished.status();
    if (!finished.ok() || *finished) break;
  }
  std::vector<std::string> said;
  for (const SSTableDamage& damage : verifier.damages()) {
    said.push_back(damage.what);
    if (damage.lost.has_value()) {
      said.back() += "; " + LossText((*table)->schema(), *damage.lost);
    }
  }
  return said;
}

// Wide rows of all shapes whose tokens are those of their keys.
std::vector<VectorWideRow> TrueWideRows(uint64_t seed) {
  SimRandom random(seed);
  std::map<std::pair<uint64_t, std::string>, VectorWideRow> sorted;
  for (VectorWideRow& one :
       RandomWideRows(&random, {.wide_rows = 40, .value_bytes_max = 900})) {
    one.token = TokenOfKey(one.partition_key);
    sorted[{one.token.value, one.partition_key}] = std::move(one);
  }
  std::vector<VectorWideRow> wide_rows;
  for (auto& [place, one] : sorted) wide_rows.push_back(std::move(one));
  return wide_rows;
}

// Wide rows whose values are of their columns' types, too: small ones and a
// large one.
std::vector<VectorWideRow> TypedWideRows() {
  std::map<uint64_t, VectorWideRow> sorted;
  for (int i = 0; i < 30; ++i) {
    VectorWideRow one = LargeWideRow(0, i == 3 ? 400 : 4, 300);
    one.partition_key = "key" + std::to_string(i);
    one.token = TokenOfKey(one.partition_key);
    const auto change = [](int32_t ck, DeletionTime below, DeletionTime above) {
      return VectorFragment{RowFragment::Kind::kDeletionChange,
                            BoundPosition(ck, position::kBefore),
                            {},
                            below,
                            above};
    };
    one.fragments.insert(one.fragments.begin() + 1, change(1, {}, {7, 7}));
    one.fragments.insert(one.fragments.begin() + 4, change(3, {7, 7}, {}));
    sorted[one.token.value] = std::move(one);
  }
  std::vector<VectorWideRow> wide_rows;
  for (auto& [token, one] : sorted) wide_rows.push_back(std::move(one));
  return wide_rows;
}

TEST(SSTableVerifier, GoodFilesAreGoodAtEveryLevel) {
  for (const Compression compression :
       {Compression::kNone, Compression::kLz4, Compression::kZstd}) {
    MemFileSystem fs;
    WriteTable(&fs, kPath, TrueWideRows(1), MakerOptions(compression));
    EXPECT_THAT(Verify(&fs, VerifyLevel::kChecksum), IsEmpty());
    EXPECT_THAT(Verify(&fs, VerifyLevel::kOrder), IsEmpty());
    WriteTable(&fs, kPath, TypedWideRows(), MakerOptions(compression));
    EXPECT_THAT(Verify(&fs, VerifyLevel::kDeep), IsEmpty());
  }
}

TEST(SSTableVerifier, EveryBlockIsRead) {
  MemFileSystem fs;
  auto wide_rows = TrueWideRows(2);
  WriteTable(&fs, kPath, wide_rows);
  const auto table = OpenTable(&fs, kPath);
  const std::string good = *fs.ReadFile(kPath);
  for (uint64_t at = 0; at < table->data_end(); at += 97) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 4);
    fs.WriteFile(kPath, bad);
    const auto said = Verify(&fs, VerifyLevel::kChecksum);
    ASSERT_EQ(said.size(), 1u) << at;
    ASSERT_THAT(said[0], MatchesRegex("/t.sst: block at offset [0-9]+: .*; "
                                      "(wide )?rows .*"));
  }
}

TEST(SSTableVerifier, DamageInManyBlocksIsToldAndTheRestCounted) {
  MemFileSystem fs;
  std::vector<VectorWideRow> wide_rows = {LargeWideRow(5, 200, 1000)};
  for (uint64_t i = 10; i < 60; ++i) {
    wide_rows.push_back(LargeWideRow(i, 1, 1000));
  }
  WriteTable(&fs, kPath, wide_rows);
  fs.Corrupt(kPath, 20'000, "damage");
  fs.Corrupt(kPath, 30'000, "damage");
  const auto table = OpenTable(&fs, kPath);
  fs.Corrupt(kPath, table->data_end() - 3000, "damage");
  SSTableVerifier verifier(table.get(), VerifyLevel::kOrder);
  ASSERT_TRUE(*verifier.Step(UINT64_MAX / 2));
  EXPECT_EQ(verifier.damage_count(), 3u);
  EXPECT_LT(verifier.rows(), 250u);
  EXPECT_GT(verifier.rows(), 220u);
  ASSERT_EQ(verifier.damages().size(), 3u);
  EXPECT_EQ(verifier.damages()[0].lost->partition_key, "large");
  EXPECT_EQ(verifier.damages()[0].lost->first, Token{5});
  EXPECT_LT(verifier.damages()[0].lost->to, verifier.damages()[1].lost->from);
  EXPECT_EQ(verifier.damages()[2].lost->partition_key, "");
  EXPECT_EQ(verifier.damages()[2].lost->last, Token{58});
}

// The root's own block: the wide row is lost whole, its neighbours are not.
TEST(SSTableVerifier, DamagedRootLosesItsWideRowOnly) {
  MemFileSystem fs;
  WriteTable(&fs, kPath,
             {LargeWideRow(5, 20, 1000), LargeWideRow(6, 20, 1000)});
  const auto table = OpenTable(&fs, kPath);
  fs.Corrupt(kPath, table->data_end() - 8, "damage!");
  EXPECT_THAT(Verify(&fs, VerifyLevel::kOrder),
              ElementsAre(MatchesRegex(".*; wide rows with tokens "
                                       "-9223372036854775802 to "
                                       "-9223372036854775802")));
}

// Statistics under a checksum that is right, as only a bug writes them.
TEST(SSTableVerifier, FalseStatisticsAreFoundFromOrderOn) {
  MemFileSystem fs;
  WriteTable(&fs, kPath, TrueWideRows(3));
  const std::string good = *fs.ReadFile(kPath);
  const auto with = [&](auto change) {
    SSTableStatistics statistics = OpenTable(&fs, kPath)->statistics();
    change(&statistics);
    fs.WriteFile(kPath, WithSection(good, SectionKind::kStatistics,
                                    EncodeStatistics(statistics)));
    EXPECT_THAT(Verify(&fs, VerifyLevel::kChecksum), IsEmpty());
    auto said = Verify(&fs, VerifyLevel::kOrder);
    fs.WriteFile(kPath, good);
    return said;
  };
  EXPECT_THAT(with([](auto* s) { ++s->rows; }),
              ElementsAre("/t.sst: statistics: rows is not true"));
  EXPECT_THAT(with([](auto* s) { --s->max_timestamp; }),
              ElementsAre("/t.sst: statistics: largest timestamp is not true"));
  EXPECT_THAT(with([](auto* s) { s->max_position += 'x'; }),
              ElementsAre("/t.sst: statistics: largest position is not true"));
  EXPECT_THAT(with([](auto* s) { s->drop_times.counts[0] += 1; }),
              ElementsAre("/t.sst: statistics: drop times is not true"));
  EXPECT_THAT(with([](auto* s) {
                s->partition = PartitionId{1, 0};
              }),
              ::testing::Contains(HasSubstr("a token of another partition")));
}

// B43: a filter or an index that was built of other keys says "absent".
TEST(SSTableVerifier, FilterAndIndexThatMissAKeyAreFoundByDeep) {
  MemFileSystem fs;
  const auto wide_rows = TrueWideRows(4);
  WriteTable(&fs, kPath, wide_rows);
  const std::string good = *fs.ReadFile(kPath);
  FilterBuilder filter(1);
  filter.Add(Token{1});
  fs.WriteFile(kPath, WithSection(good, SectionKind::kFilter, filter.Finish()));
  EXPECT_THAT(Verify(&fs, VerifyLevel::kOrder), IsEmpty());
  const auto said = Verify(&fs, VerifyLevel::kDeep);
  EXPECT_GT(said.size(), wide_rows.size() / 2);
  EXPECT_THAT(said[0], HasSubstr("the filter does not know its key"));
}

TEST(SSTableVerifier, TokensAndValuesThatAreNotOfTheSchemaAreFoundByDeep) {
  MemFileSystem fs;
  VectorWideRow wide_row{.token = Token{1}, .partition_key = "k"};
  Row row;
  row.cells.push_back({.column = ColumnId{5},
                       .kind = CellKind::kLive,
                       .timestamp = 1,
                       .value = "short"});
  std::string image;
  AppendRowImage(row, &image);
  wide_row.fragments.push_back(
      {RowFragment::Kind::kRow, RowPosition(1), image, {}, {}});
  WriteTable(&fs, kPath, {wide_row});
  EXPECT_THAT(Verify(&fs, VerifyLevel::kOrder), IsEmpty());
  EXPECT_THAT(Verify(&fs, VerifyLevel::kDeep),
              ElementsAre("/t.sst: wide row (k): its token is not that of its "
                          "key",
                          HasSubstr("/t.sst: wide row (k): column d: ")));
}

TEST(SSTableVerifier, ReportIsTextOrJson) {
  MemFileSystem fs;
  WriteTable(&fs, kPath, {LargeWideRow(1, 200, 1000)});
  fs.Corrupt(kPath, 20'000, "damage");
  const auto table = OpenTable(&fs, kPath);
  using Form = VerifyReport::Form;
  std::map<Form, std::string> texts;
  for (const Form form : {Form::kText, Form::kJson, Form::kJsonLines}) {
    SSTableVerifier verifier(table.get(), VerifyLevel::kChecksum);
    ASSERT_TRUE(*verifier.Step(1 << 30));
    VerifyReport report(form);
    report.Add(*table, verifier);
    report.AddUnreadable("/none.sst", absl::NotFoundError("/none.sst: none"));
    report.Finish();
    EXPECT_EQ(report.damaged(), 2u);
    texts[form] = report.TakeText();
  }
  EXPECT_THAT(
      texts[Form::kText],
      MatchesRegex("DAMAGED /t.sst: 30 blocks, [0-9]+ bytes, 1 wide rows, 193 "
                   "rows\n"
                   "  /t.sst: block at offset [0-9]+: checksum .*\n"
                   "    lost: rows from 0x.* to below 0x.* of wide row "
                   "\\(large\\)\n"
                   "DAMAGED /none.sst: not readable\n  /none.sst: none\n"
                   "2 files, 2 damaged\n"));
  EXPECT_THAT(texts[Form::kJson], HasSubstr("\"damage_count\" : 1"));
  EXPECT_THAT(
      texts[Form::kJsonLines],
      HasSubstr("{\"file\":\"/none.sst\",\"ok\":false,"
                "\"damage_count\":1,\"damages\":[{\"what\":\"/none.sst: "
                "none\"}]}\n"));
}

}  // namespace
}  // namespace rowan
