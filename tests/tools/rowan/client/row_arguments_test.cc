// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/client/row_arguments.h"

#include <gtest/gtest.h>

#include <string>

#include "tools/rowan/client/proto_value.h"

namespace rowan::cli {
namespace {

Schema MakeSchema(bool descending) {
  Schema schema;
  schema.keyspace = "k";
  schema.table = "t";
  uint32_t id = 0;
  const auto add = [&](const char* name, TypeKind kind, ColumnRole role,
                       bool desc = false) {
    schema.columns.push_back(
        Column{ColumnId{++id}, name, ColumnType{kind}, role, desc});
  };
  add("p", TypeKind::kText, ColumnRole::kPartitionKey);
  add("q", TypeKind::kInt, ColumnRole::kPartitionKey);
  add("c", TypeKind::kInt, ColumnRole::kClustering, descending);
  add("d", TypeKind::kText, ColumnRole::kClustering);
  add("s", TypeKind::kText, ColumnRole::kStatic);
  add("v", TypeKind::kDouble, ColumnRole::kRegular);
  return schema;
}

// "[1,x" for a bound before, "1,x]" for one behind.
std::string Text(const v1::Bound& bound) {
  std::string text = bound.after() ? "after(" : "before(";
  for (const v1::Value& value : bound.values()) {
    text += TextFromProto(TypeOfProto(value), value) + " ";
  }
  return text + ")";
}

std::string SliceText(const Schema& schema, const v1::Key& prefix,
                      const char* text) {
  const auto slice = ParseSlice(schema, prefix, text);
  if (!slice.ok()) return std::string(slice.status().message());
  return Text(slice->start()) + ".." + Text(slice->end());
}

TEST(RowArguments, SortsWordsIntoKeysAndCells) {
  const Schema schema = MakeSchema(false);
  const auto row =
      ParseRowArguments(schema, {"v=1.5", "q=2", "c=3", "p=a=b", "s="});
  ASSERT_TRUE(row.ok()) << row.status();
  ASSERT_EQ(row->partition_key.values_size(), 2);
  EXPECT_EQ(row->partition_key.values(0).string_value(), "a=b");
  EXPECT_EQ(row->clustering.values_size(), 1);
  EXPECT_FALSE(row->clustering_complete);
  ASSERT_EQ(row->cells.size(), 2u);
  EXPECT_EQ(row->cells[0].first->name, "s");
  EXPECT_EQ(row->cells[1].first->name, "v");
}

TEST(RowArguments, RefusesWhatNamesNoRow) {
  const Schema schema = MakeSchema(false);
  const auto why = [&](const std::vector<std::string>& words) {
    return std::string(ParseRowArguments(schema, words).status().message());
  };
  EXPECT_NE(why({"p=a"}).find("'q' is missing"), std::string::npos);
  EXPECT_NE(why({"p=a", "q=1", "d=x"}).find("'c' before it isn't"),
            std::string::npos);
  EXPECT_NE(why({"p=a", "p=b"}).find("given twice"), std::string::npos);
  EXPECT_NE(why({"p"}).find("expected COLUMN=VALUE"), std::string::npos);
  EXPECT_NE(why({"p=a", "q=x"}).find("column 'q'"), std::string::npos);
  EXPECT_NE(why({"z=a"}).find("no column 'z'"), std::string::npos);
}

TEST(RowArguments, NullDeletesACellAndQuotedIsText) {
  const Schema schema = MakeSchema(false);
  const auto cell = [&](const std::string& word) {
    const auto row = ParseRowArguments(schema, {"p=a", "q=1", word});
    EXPECT_TRUE(row.ok()) << row.status();
    return row->cells.at(0).second;
  };
  EXPECT_TRUE(cell("s=null").has_null_value());
  EXPECT_TRUE(cell("v=null").has_null_value());
  EXPECT_EQ(cell("s='null'").string_value(), "null");
  EXPECT_EQ(cell("s=''null''").string_value(), "'null'");
  for (const std::string text :
       {"NULL", "nulls", "'null", "null'", "'", "''", "'a'", "'null''"}) {
    EXPECT_EQ(cell("s=" + text).string_value(), text);
  }
}

TEST(RowArguments, NullIsNoKey) {
  const Schema schema = MakeSchema(false);
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"p=null", "q=1"},
        {"p=a", "q=null"},
        {"p=a", "q=1", "c=null"}}) {
    const absl::Status status = ParseRowArguments(schema, words).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status));
    EXPECT_NE(std::string(status.message()).find("can't be null"),
              std::string::npos);
  }
  EXPECT_EQ(SliceText(schema, {}, "null..5"),
            "key column 'c' can't be null: expected a value");
  const auto row = ParseRowArguments(schema, {"p='null'", "q=1"});
  ASSERT_TRUE(row.ok()) << row.status();
  EXPECT_EQ(row->partition_key.values(0).string_value(), "null");
}

TEST(ParsePartitionKey, TakesAllOfItsColumns) {
  const Schema schema = MakeSchema(false);
  const auto key = ParsePartitionKey(schema, "a\\,b,7");
  ASSERT_TRUE(key.ok()) << key.status();
  ASSERT_EQ(key->values_size(), 2);
  EXPECT_EQ(key->values(0).string_value(), "a,b");
  EXPECT_EQ(key->values(1).int_value(), 7);
  for (const char* text : {"a", "a,7,8", "a,x", ""}) {
    EXPECT_TRUE(
        absl::IsInvalidArgument(ParsePartitionKey(schema, text).status()))
        << text;
  }
}

TEST(ParseSlice, IncludesFirstAndExcludesSecond) {
  const Schema schema = MakeSchema(false);
  EXPECT_EQ(SliceText(schema, {}, "1..5"), "before(1 )..before(5 )");
  EXPECT_EQ(SliceText(schema, {}, "1,x..5"), "before(1 x )..before(5 )");
  EXPECT_EQ(SliceText(schema, {}, "1.."), "before(1 )..after()");
  EXPECT_EQ(SliceText(schema, {}, "..5"), "before()..before(5 )");
  EXPECT_EQ(SliceText(schema, {}, ".."), "before()..after()");
}

TEST(ParseSlice, LiesBehindThePrefix) {
  const Schema schema = MakeSchema(false);
  v1::Key prefix;
  prefix.add_values()->set_int_value(7);
  EXPECT_EQ(SliceText(schema, prefix, "a..b"), "before(7 a )..before(7 b )");
  EXPECT_EQ(SliceText(schema, prefix, "a.."), "before(7 a )..after(7 )");
}

TEST(ParseSlice, MeansValuesWhereTheColumnDescends) {
  const Schema schema = MakeSchema(true);
  EXPECT_EQ(SliceText(schema, {}, "1..5"), "after(5 )..after(1 )");
  EXPECT_EQ(SliceText(schema, {}, "5..1"), "before(5 )..before(1 )");
  EXPECT_EQ(SliceText(schema, {}, "1.."), "before()..after(1 )");
  EXPECT_EQ(SliceText(schema, {}, "..5"), "after(5 )..after()");
}

TEST(ParseSlice, BackslashKeepsAComma) {
  const Schema schema = MakeSchema(false);
  EXPECT_EQ(SliceText(schema, {}, "1,a\\,b.."), "before(1 a,b )..after()");
}

TEST(ParseSlice, RefusesWhatIsNoSlice) {
  const Schema schema = MakeSchema(false);
  EXPECT_NE(SliceText(schema, {}, "1").find("expected A..B"),
            std::string::npos);
  EXPECT_NE(SliceText(schema, {}, "1,x,y..").find("more components"),
            std::string::npos);
  EXPECT_NE(SliceText(schema, {}, "x..").find("column 'c'"), std::string::npos);
}

}  // namespace
}  // namespace rowan::cli
