// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/import/row_mapper.h"

#include <gtest/gtest.h>

#include <string>

#include "tools/rowan/client/output.h"
#include "tools/rowan/client/proto_value.h"

namespace rowan::cli {
namespace {

Schema MakeSchema() {
  Schema schema;
  schema.keyspace = "metrics";
  schema.table = "points";
  uint32_t id = 0;
  const auto add = [&](const char* name, TypeKind kind, ColumnRole role) {
    schema.columns.push_back(
        Column{ColumnId{++id}, name, ColumnType{kind}, role});
  };
  add("series", TypeKind::kText, ColumnRole::kPartitionKey);
  add("ts", TypeKind::kTimestamp, ColumnRole::kClustering);
  add("unit", TypeKind::kText, ColumnRole::kStatic);
  add("value", TypeKind::kDouble, ColumnRole::kRegular);
  return schema;
}

std::string Text(const Schema& schema, const absl::StatusOr<MappedRow>& row) {
  if (!row.ok()) return "! " + std::string(row.status().message());
  std::string text = KeyText(row->partition_key) + " [" +
                     KeyText(row->change.upsert().clustering()) + "]";
  for (int i = 0; i < row->change.upsert().columns_size(); ++i) {
    text +=
        " " + row->change.upsert().columns(i) + "=" +
        TextFromProto(schema.FindColumn(row->change.upsert().columns(i))->type,
                      row->change.upsert().values(i));
  }
  return text;
}

CsvRecord Record(const std::vector<std::string>& fields) {
  CsvRecord record;
  for (const std::string& field : fields) {
    record.raw += (record.raw.empty() ? "" : ",") + field;
    record.fields.push_back({field, false});
  }
  return record;
}

class RowMapperTest : public testing::Test {
 protected:
  std::string MapCsv(const std::vector<std::string>& names,
                     const std::vector<std::string>& fields) {
    const auto mapper = RowMapper::ForCsv(schema_, options_, names);
    if (!mapper.ok()) return "!! " + std::string(mapper.status().message());
    return Text(schema_, mapper->Map(Record(fields)));
  }
  std::string MapJson(const std::string& line) {
    const auto mapper = RowMapper::ForJson(schema_, options_);
    if (!mapper.ok()) return "!! " + std::string(mapper.status().message());
    return Text(schema_, mapper->Map(ParseJsonLine(line).value()));
  }

  Schema schema_ = MakeSchema();
  MappingOptions options_;
};

TEST_F(RowMapperTest, EqualNamesMapAndOthersAreIgnored) {
  EXPECT_EQ(MapCsv({"value", "color", "ts", "series"},
                   {"1.5", "red", "2014-04-01 00:00:00", "a"}),
            "a [2014-04-01T00:00:00.000Z] value=1.5");
}

TEST_F(RowMapperTest, ConstantsAndRenamesFeedColumns) {
  options_.constants["series"] = "cpu";
  options_.renames["time"] = "ts";
  EXPECT_EQ(MapCsv({"time", "value"}, {"0", "2"}),
            "cpu [1970-01-01T00:00:00.000Z] value=2");
}

TEST_F(RowMapperTest, FieldsWithoutValueLeaveTheColumnOut) {
  options_.null_text = "NA";
  EXPECT_EQ(MapCsv({"series", "ts", "value"}, {"a", "0", ""}),
            "a [1970-01-01T00:00:00.000Z]");
  EXPECT_EQ(MapCsv({"series", "ts", "value"}, {"a", "0", "NA"}),
            "a [1970-01-01T00:00:00.000Z]");
}

TEST_F(RowMapperTest, QuotedEmptyFieldIsAnEmptyText) {
  const auto mapper =
      RowMapper::ForCsv(schema_, options_, {"series", "ts", "unit"});
  CsvRecord record = Record({"a", "0", ""});
  record.fields[2].quoted = true;
  EXPECT_EQ(Text(schema_, mapper->Map(record)),
            "a [1970-01-01T00:00:00.000Z] unit=");
}

TEST_F(RowMapperTest, BadLinesSayWhy) {
  const std::vector<std::string> names = {"series", "ts", "value"};
  EXPECT_EQ(MapCsv(names, {"a", "0"}), "! too few fields: expected 3, got 2");
  EXPECT_EQ(MapCsv(names, {"a", "0", "1", "2"}),
            "! too many fields: expected 3, got 4");
  EXPECT_EQ(MapCsv(names, {"a", "", "1"}), "! key column 'ts' has no value");
  EXPECT_EQ(MapCsv(names, {"", "0", "1"}),
            "! key column 'series' has no value");
  EXPECT_EQ(MapCsv(names, {"\xff", "0", "1"}), "! the line is not UTF-8");
  EXPECT_EQ(MapCsv(names, {"a", "0", "x1"}).find("! column 'value'"), 0u);
}

TEST_F(RowMapperTest, StaticColumnsNeedNoClusteringKey) {
  EXPECT_EQ(MapJson(R"({"series":"a","unit":"ms"})"), "a [] unit=ms");
  EXPECT_EQ(MapJson(R"({"series":"a","unit":"ms","value":1})"),
            "! key column 'ts' has no value");
  EXPECT_EQ(MapJson(R"({"series":"a"})"), "! key column 'ts' has no value");
}

TEST_F(RowMapperTest, JsonFeedsCompositeColumns) {
  schema_.columns[3].type = Frozen(
      MapOf({TypeKind::kText}, TupleOf({{TypeKind::kInt}, {TypeKind::kText}})));
  EXPECT_EQ(
      MapJson(R"({"series":"a","ts":0,"value":{"y":[1],"x":[null,"b"]}})"),
      "a [1970-01-01T00:00:00.000Z] value={'x': (null, 'b'), 'y': (1, null)}");
  EXPECT_EQ(MapJson(R"({"series":"a","ts":0,"value":"{'x': (1, 'b')}"})"),
            "a [1970-01-01T00:00:00.000Z] value={'x': (1, 'b')}");
  EXPECT_EQ(MapJson(R"({"series":"a","ts":0,"value":{"x":null}})")
                .find("! column 'value': expected no null"),
            0u);
  EXPECT_EQ(MapJson(R"({"series":"a","ts":0,"value":[1]})")
                .find("! column 'value': expected an object"),
            0u);
  EXPECT_EQ(MapJson(R"({"series":["a"]})")
                .find("! column 'series': expected a plain value"),
            0u);
}

TEST_F(RowMapperTest, MapsThatCannotWorkAreRefusedAtOnce) {
  EXPECT_EQ(MapCsv({"ts", "value"}, {}).find("!! no field feeds the key"), 0u);
  EXPECT_EQ(MapCsv({"series", "value"}, {}).find("!! no field feeds the key"),
            0u);
  EXPECT_EQ(MapCsv({"series", "ts", "ts"}, {}),
            "!! two fields feed the column 'ts'");
  options_.renames["when"] = "ts";
  EXPECT_EQ(MapCsv({"series", "value"}, {}).find("!! no field is called"), 0u);
  options_.renames["when"] = "time";
  EXPECT_NE(MapCsv({"series", "when"}, {}).find("has no column 'time'"),
            std::string::npos);
}

}  // namespace
}  // namespace rowan::cli
