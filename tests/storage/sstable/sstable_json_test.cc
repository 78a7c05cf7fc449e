// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/sstable_json.h"

#include <bit>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/base/coding.h"
#include "storage/model/composite/element_path.h"
#include "storage/model/key_codec.h"
#include "storage/model/value.h"
#include "storage/sstable/sstable_stats_text.h"
#include "tests/lib/row_literals.h"
#include "tests/storage/sstable/table_maker.h"

namespace rowan {
namespace {

using ::testing::HasSubstr;

constexpr int64_t kMicros = 1'424'986'973'000'000;  // 2015-02-26T21:42:53Z
constexpr uint32_t kSeconds = 1'424'986'973;

std::string Image(const Row& row) {
  std::string image;
  AppendRowImage(row, &image);
  return image;
}

std::string Double(double value) {
  std::string bytes;
  PutBig(std::bit_cast<uint64_t>(value), &bytes);
  return bytes;
}

VectorFragment Change(std::string position, DeletionTime below,
                      DeletionTime above) {
  return {RowFragment::Kind::kDeletionChange,
          std::move(position),
          {},
          below,
          above};
}

VectorFragment RowOf(int32_t ck, const Row& row) {
  return {RowFragment::Kind::kRow, RowPosition(ck), Image(row), {}, {}};
}

// One of everything that can be printed.
std::vector<VectorWideRow> OneOfEverything() {
  const std::string value = Double(1.5);
  VectorWideRow wide_row{.token = Token{16}, .partition_key = "k\"1"};
  wide_row.deletion = {kMicros - 1, kSeconds};
  Row row;
  row.cells = {LiveCell(3, kMicros, "static")};
  wide_row.static_row = Image(row);
  const DeletionTime first{kMicros + 1, kSeconds};
  const DeletionTime second{kMicros + 1000, kSeconds};
  wide_row.fragments.push_back(
      Change(BoundPosition(-5, position::kBefore), {}, first));
  row = {};
  row.liveness.timestamp = kMicros;
  row.cells = {LiveCell(4, kMicros, std::string_view("\x00\xff", 2)),
               LiveCell(5, kMicros + 10, value)};
  wide_row.fragments.push_back(RowOf(-4, row));
  wide_row.fragments.push_back(
      Change(BoundPosition(-3, position::kAfter), first, second));
  wide_row.fragments.push_back(
      Change(BoundPosition(0, position::kBefore), second, {}));
  row = {};
  row.liveness = {kMicros, 60, kSeconds + 60};
  row.deletion = {kMicros - 7, kSeconds};
  row.cells = {ExpiringCell(4, kMicros, 60, kSeconds + 60, "a"),
               ExpiringCell(5, kMicros, 100, kSeconds + 100, value),
               CellTombstone(6, kMicros + 1, kSeconds)};
  wide_row.fragments.push_back(RowOf(2, row));
  row = {};
  row.liveness.timestamp = kMicros;
  row.cells = {
      ColumnDeletion(4, kMicros - 1, kSeconds),
      Element("a", LiveCell(4, kMicros, "b")),
      Element("c", ExpiringCell(4, kMicros, 60, kSeconds + 60, "")),
      ColumnDeletion(5, kMicros + 1, kSeconds),
      Element("\x01", CellTombstone(6, kMicros + 1, kSeconds)),
  };
  wide_row.fragments.push_back(RowOf(3, row));
  VectorWideRow empty{.token = Token{20}, .partition_key = "k2"};
  return {wide_row, empty};
}

struct Printed {
  std::string text;
  std::vector<std::string> lost;
  absl::Status status;
};

Printed Print(const SSTableReader& table, SSTableJsonOptions options) {
  Printed printed;
  SSTableJson json(
      options,
      [&](std::string_view text) {
        printed.text += text;
        return absl::OkStatus();
      },
      [&](const Schema& schema, const SSTableLoss& loss) {
        printed.lost.push_back(loss.what + "; " + LossText(schema, loss));
      });
  printed.status = json.Print(table);
  if (printed.status.ok()) printed.status = json.Finish();
  return printed;
}

// The file with `wide_rows` printed with `options`.
Printed PrintOf(const std::vector<VectorWideRow>& wide_rows,
                SSTableJsonOptions options) {
  MemFileSystem fs;
  WriteTable(&fs, "/t.sst", wide_rows);
  return Print(*OpenTable(&fs, "/t.sst"), options);
}

TEST(SSTableJson, PrintsWhatSstabledumpPrints) {
  const Printed printed = PrintOf(OneOfEverything(), {.now_s = kSeconds + 60});
  ASSERT_TRUE(printed.status.ok()) << printed.status;
  const char* const path =
      ROWAN_SOURCE_DIR "/tests/storage/sstable/everything.json";
  if (std::getenv("ROWAN_REWRITE") != nullptr) {
    std::ofstream(path) << printed.text;
  }
  std::stringstream expected;
  expected << std::ifstream(path).rdbuf();
  EXPECT_EQ(printed.text, expected.str())
      << "if it is meant: ROWAN_REWRITE=1 storage_sstable_test";
}

TEST(SSTableJson, CompositeValuesAreArraysAndObjectsAndKeysTheirLiterals) {
  const ColumnType text{TypeKind::kText}, number{TypeKind::kInt};
  auto schema = std::make_shared<Schema>(*MakerSchema());
  schema->columns[0].type = TupleOf({number, text});
  schema->columns[1].type = Frozen(SetOf(number));
  schema->columns[3].type = Frozen(MapOf(text, VectorOf(2)));
  ASSERT_TRUE(schema->Validate().ok());
  const auto value_of = [&](size_t column, const char* literal) {
    return ParseValue(schema->columns[column].type, literal).value();
  };
  const std::string key[] = {value_of(0, "(1, 'it''s')")};
  const std::string clustering[] = {value_of(1, "{3, -2}")};
  const std::string_view keys[] = {key[0]}, clusterings[] = {clustering[0]};
  Row row;
  row.liveness.timestamp = kMicros;
  const std::string map = value_of(3, "{'a': [1, 0.5]}");
  row.cells = {LiveCell(4, kMicros, map)};
  VectorWideRow wide_row{
      .token = Token{16},
      .partition_key = EncodePartitionKey(*schema, keys).value()};
  wide_row.fragments.push_back({RowFragment::Kind::kRow,
                                EncodeClustering(*schema, clusterings).value(),
                                Image(row),
                                {},
                                {}});
  MemFileSystem fs;
  SSTableWriterOptions options = MakerOptions();
  options.schema = schema;
  WriteTable(&fs, "/t.sst", {wide_row}, options);
  const Printed printed = Print(*OpenTable(&fs, "/t.sst"), {.lines = true});
  ASSERT_TRUE(printed.status.ok()) << printed.status;
  const auto json = nlohmann::json::parse(printed.text);
  EXPECT_EQ(json["partition"]["key"][0], "(1, 'it''s')");
  EXPECT_EQ(json["rows"][0]["clustering"].dump(), "[[-2,3]]");
  EXPECT_EQ(json["rows"][0]["cells"][0]["value"].dump(), R"({"a":[1,0.5]})");
}

TEST(SSTableJson, PathsOfElementsArePrintedByTheirType) {
  const ColumnType text{TypeKind::kText}, number{TypeKind::kInt};
  auto schema = std::make_shared<Schema>(*MakerSchema());
  const std::vector<std::string> names = {"street", "no"};
  schema->columns[3].type = SetOf(text);
  schema->columns[4].type = MapOf(TupleOf({number, text}), number);
  schema->columns[5].type = {TypeKind::kUserType, false,
                             std::make_shared<const TypeArguments>(
                                 TypeArguments{.types = {text, number},
                                               .keyspace = "ks",
                                               .name = "address",
                                               .field_names = names})};
  schema->columns.push_back(
      {ColumnId{7}, "l", ListOf(number), ColumnRole::kRegular, false});
  ASSERT_TRUE(schema->Validate().ok()) << schema->Validate();
  std::string paths[5];
  AppendPath(schema->columns[3].type, "it's", &paths[0]);
  const std::string key =
      ParseValue(TupleOf({number, text}), "(1, 'a')").value();
  AppendPath(schema->columns[4].type, key, &paths[1]);
  AppendFieldPath(1, &paths[2]);
  const char* const uuid = "13814000-1dd2-11b2-8080-808080808080";
  AppendPath(schema->columns[6].type,
             ParseValue({TypeKind::kTimeuuid}, uuid).value(), &paths[3]);
  AppendFieldPath(2, &paths[4]);
  const std::string one("\0\0\0\1", 4);
  Row row;
  row.liveness.timestamp = kMicros;
  row.cells = {ColumnDeletion(4, kMicros - 1, kSeconds),
               Element(paths[0], LiveCell(4, kMicros, "")),
               Element(paths[1], LiveCell(5, kMicros, one)),
               Element(paths[2], LiveCell(6, kMicros, one)),
               Element(paths[4], LiveCell(6, kMicros, one)),
               Element(paths[3], LiveCell(7, kMicros, one))};
  VectorWideRow wide_row{.token = Token{16}, .partition_key = "k"};
  wide_row.fragments.push_back(RowOf(1, row));
  MemFileSystem fs;
  SSTableWriterOptions options = MakerOptions();
  options.schema = schema;
  WriteTable(&fs, "/t.sst", {wide_row}, options);
  const Printed printed = Print(*OpenTable(&fs, "/t.sst"), {.lines = true});
  ASSERT_TRUE(printed.status.ok()) << printed.status;
  const auto json = nlohmann::json::parse(printed.text);
  const auto& cells = json["rows"][0]["cells"];
  EXPECT_TRUE(cells[0].contains("deletion_info"));
  EXPECT_EQ(cells[1].dump(), R"({"name":"v","path":["it's"],"value":""})");
  EXPECT_EQ(cells[2]["path"][0], "(1, 'a')");
  EXPECT_EQ(cells[2]["value"], 1);
  EXPECT_EQ(cells[3].dump(), R"({"name":"t","path":["no"],"value":1})");
  // A field that the type doesn't have.
  EXPECT_EQ(cells[4].dump(),
            R"({"name":"t","path":["0x0002"],"value":"0x00000001"})");
  EXPECT_EQ(cells[5]["path"][0], uuid);
  EXPECT_EQ(cells[5]["value"], 1);
}

TEST(SSTableJson, EveryFormIsJson) {
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE(seed);
    SimRandom random(seed);
    // The maker's random rows use columns of the schema by id only, and any
    // bytes as values: what is not a value of its type must print all the same.
    const auto wide_rows = RandomWideRows(
        &random, {.wide_rows = 20, .rows_max = 30, .value_bytes_max = 900});
    const Printed array = PrintOf(wide_rows, {});
    ASSERT_TRUE(array.status.ok()) << array.status;
    const auto all = nlohmann::json::parse(array.text);
    ASSERT_EQ(all.size(), wide_rows.size());
    const Printed lines = PrintOf(wide_rows, {.lines = true});
    std::istringstream in(lines.text);
    std::string line;
    size_t count = 0;
    while (std::getline(in, line)) {
      EXPECT_EQ(nlohmann::json::parse(line), all[count++]);
    }
    EXPECT_EQ(count, wide_rows.size());
  }
}

TEST(SSTableJson, EveryRowIsThereOnceInManyBlocks) {
  const Printed printed = PrintOf({LargeWideRow(1, 5000, 50)}, {.lines = true});
  const auto json = nlohmann::json::parse(printed.text);
  ASSERT_EQ(json["rows"].size(), 5000u);
  int64_t before = -1;
  for (int i = 0; i < 5000; ++i) {
    ASSERT_EQ(json["rows"][i]["clustering"][0], i);
    const int64_t position = json["rows"][i]["position"];
    ASSERT_GT(position, before);
    before = position;
  }
}

TEST(SSTableJson, RawTimestampsAreDecimalStrings) {
  const Printed printed =
      PrintOf(OneOfEverything(), {.lines = true, .raw_timestamps = true});
  EXPECT_THAT(
      printed.text,
      HasSubstr(R"("deletion_info":{"marked_deleted":"1424986972999999",)"
                R"("local_delete_time":"1424986973"})"));
  EXPECT_THAT(printed.text, HasSubstr(R"("tstamp":"1424986973000010")"));
}

TEST(SSTableJson, KeysAloneAreAnArrayOfKeys) {
  EXPECT_EQ(PrintOf(OneOfEverything(), {.keys_only = true}).text,
            "[\n  [ \"k\\\"1\" ],\n  [ \"k2\" ]\n]\n");
  EXPECT_EQ(PrintOf(OneOfEverything(), {.lines = true, .keys_only = true}).text,
            "[\"k\\\"1\"]\n[\"k2\"]\n");
}

TEST(SSTableJson, FileWithoutWideRowsIsAnEmptyArray) {
  EXPECT_EQ(PrintOf({}, {}).text, "[ ]\n");
  EXPECT_EQ(PrintOf({}, {.lines = true}).text, "");
}

TEST(SSTableJson, PrintingGoesOnBehindDamageAndNamesWhatIsLost) {
  MemFileSystem fs;
  WriteTable(&fs, "/t.sst", {LargeWideRow(1, 500, 500), LargeWideRow(2, 1, 5)});
  fs.Corrupt("/t.sst", 100'000, "damage");
  const auto table = OpenTable(&fs, "/t.sst");
  const Printed printed = Print(*table, {});
  EXPECT_TRUE(printed.status.ok()) << printed.status;
  ASSERT_EQ(printed.lost.size(), 1u);
  EXPECT_THAT(printed.lost[0],
              ::testing::MatchesRegex(
                  "/t.sst: block at offset [0-9]+: checksum want .* got .*; "
                  "rows from 0x.* to below 0x.* of wide row \\(large\\)"));
  EXPECT_THAT(printed.text, HasSubstr("\"clustering\" : [ 150 ]"));
  EXPECT_THAT(printed.text, HasSubstr("\"clustering\" : [ 499 ]"));
  const auto json = nlohmann::json::parse(printed.text);
  ASSERT_EQ(json.size(), 2u);
  EXPECT_LT(json[0]["rows"].size(), 500u);
  EXPECT_GT(json[0]["rows"].size(), 470u);
}

TEST(SSTableJson, BlockOfWholeWideRowsIsLeftOut) {
  MemFileSystem fs;
  std::vector<VectorWideRow> wide_rows;
  for (uint64_t i = 0; i < 100; ++i) {
    wide_rows.push_back(LargeWideRow(i, 1, 1000));
  }
  WriteTable(&fs, "/t.sst", wide_rows);
  fs.Corrupt("/t.sst", 50'000, "damage");
  const Printed printed = Print(*OpenTable(&fs, "/t.sst"), {});
  EXPECT_TRUE(printed.status.ok()) << printed.status;
  ASSERT_EQ(printed.lost.size(), 1u);
  EXPECT_THAT(printed.lost[0], HasSubstr("; wide rows with tokens "));
  const size_t left = nlohmann::json::parse(printed.text).size();
  EXPECT_GE(left, 91u);
  EXPECT_LT(left, 100u);
}

TEST(SSTableStatsText, TellsWhatTheFileHolds) {
  MemFileSystem fs;
  WriteTable(&fs, "/t.sst", OneOfEverything());
  const std::string text = SSTableStatsText(*OpenTable(&fs, "/t.sst"), {});
  for (const char* line :
       {"SSTable: /t.sst\n",
        "Table: ks.t\n",
        "Partitions: 2\n",
        "Rows: 3\n",
        "Cells: 9\n",
        "Tombstones: 8\n",
        "Minimum timestamp: 2015-02-26T21:42:52.999993Z\n",
        "First token: -9223372036854775792 (k\"1)\n",
        "Covered clusterings: [-5]..[3]\n",
        "TTL min: 60\n",
        "EncodingStats minTTL: 60\n",
        "EncodingStats minLocalDeletionTime: 2015-02-26T21:42:53Z\n",
        "EncodingStats minTimestamp: 2015-02-26T21:42:52.999993Z\n",
        "KeyType: key text\n",
        "ClusteringTypes: ck int\n",
        "Estimated tombstone drop times: by 1 d\n",
        "  2015-02-26T00:00:00Z: 12\n",
        "Partition deletions: 1\n",
        "Estimated cardinality: 2 (exact)\n",
        "Duration: 0.001007 s\n",
        "Bloom Filter FP chance: 0.00",
        "Column Count: largest "}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(SSTableStatsText, TombstonesAreDroppableAfterTheirDayAndTheGrace) {
  VectorWideRow wide_row{.token = Token{16}, .partition_key = "k"};
  const std::string one = Double(1);
  Row row;
  row.cells = {{ColumnId{4}, CellKind::kTombstone, 5, 0, 86'400, {}},
               {ColumnId{5}, CellKind::kTombstone, 5, 0, 3 * 86'400, {}},
               {ColumnId{6}, CellKind::kLive, 5, 0, 0, one}};
  wide_row.fragments = {RowOf(1, row)};
  MemFileSystem fs;
  WriteTable(&fs, "/t.sst", {wide_row});
  const auto table = OpenTable(&fs, "/t.sst");
  const int64_t grace_s = table->schema().options.tombstone_grace_s;
  const auto droppable = [&](int64_t now_s) {
    const std::string text = SSTableStatsText(*table, {.now_s = now_s});
    const std::string name = "Estimated droppable tombstones: ";
    const size_t at = text.find(name) + name.size();
    return text.substr(at, text.find('\n', at) - at);
  };
  EXPECT_EQ(droppable(0), "0.000 (0)");
  EXPECT_EQ(droppable(grace_s + 2 * 86'400 - 1), "0.000 (0)");
  EXPECT_EQ(droppable(grace_s + 2 * 86'400), "0.333 (1)");
  EXPECT_EQ(droppable(grace_s + 4 * 86'400), "0.667 (2)");
}

}  // namespace
}  // namespace rowan
