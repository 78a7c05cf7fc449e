// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/client/read_arguments.h"

#include <gtest/gtest.h>

#include <string>

namespace rowan::cli {
namespace {

Schema MakeSchema() {
  Schema schema;
  uint32_t id = 0;
  const auto add = [&](const char* name, ColumnType type, ColumnRole role) {
    schema.columns.push_back(
        Column{ColumnId{++id}, name, std::move(type), role});
  };
  add("p", {TypeKind::kText}, ColumnRole::kPartitionKey);
  add("n", {TypeKind::kInt}, ColumnRole::kRegular);
  add("t", {TypeKind::kText}, ColumnRole::kRegular);
  add("l", Frozen(ListOf({TypeKind::kInt})), ColumnRole::kRegular);
  add("m", MapOf({TypeKind::kText}, {TypeKind::kInt}), ColumnRole::kRegular);
  return schema;
}

std::string Parsed(const char* text) {
  const auto predicate = ParsePredicate(MakeSchema(), text);
  return predicate.ok() ? predicate->ShortDebugString()
                        : std::string(predicate.status().message());
}

TEST(ParsePredicate, EveryOperator) {
  EXPECT_EQ(Parsed("n=5"),
            "column: \"n\" op: OPERATOR_EQUAL value { int_value: 5 }");
  EXPECT_EQ(Parsed("n != -5"),
            "column: \"n\" op: OPERATOR_NOT_EQUAL value { int_value: -5 }");
  EXPECT_EQ(Parsed("n<5"),
            "column: \"n\" op: OPERATOR_LESS value { int_value: 5 }");
  EXPECT_EQ(Parsed("n<= 5"),
            "column: \"n\" op: OPERATOR_LESS_OR_EQUAL value { int_value: 5 }");
  EXPECT_EQ(Parsed("n >5"),
            "column: \"n\" op: OPERATOR_GREATER value { int_value: 5 }");
  EXPECT_EQ(
      Parsed("n>=5"),
      "column: \"n\" op: OPERATOR_GREATER_OR_EQUAL value { int_value: 5 }");
  EXPECT_EQ(Parsed("n in 1,2"),
            "column: \"n\" op: OPERATOR_IN value { list_value { values { "
            "int_value: 1 } values { int_value: 2 } } }");
  EXPECT_EQ(Parsed("l contains 3"),
            "column: \"l\" op: OPERATOR_CONTAINS value { int_value: 3 }");
  EXPECT_EQ(Parsed("m contains 3"),
            "column: \"m\" op: OPERATOR_CONTAINS value { int_value: 3 }");
  EXPECT_EQ(
      Parsed("m contains-key k"),
      "column: \"m\" op: OPERATOR_CONTAINS_KEY value { string_value: \"k\" }");
  EXPECT_EQ(Parsed("n is null"), "column: \"n\" op: OPERATOR_IS_NULL");
  EXPECT_EQ(Parsed("n is not null"), "column: \"n\" op: OPERATOR_IS_NOT_NULL");
}

TEST(ParsePredicate, ValuesKeepWhatFollowsTheOperator) {
  EXPECT_EQ(
      Parsed("t=a = b"),
      "column: \"t\" op: OPERATOR_EQUAL value { string_value: \"a = b\" }");
  EXPECT_EQ(Parsed("t="),
            "column: \"t\" op: OPERATOR_EQUAL value { string_value: \"\" }");
  EXPECT_EQ(Parsed("t in a\\,b,c"),
            "column: \"t\" op: OPERATOR_IN value { list_value { values { "
            "string_value: \"a,b\" } values { string_value: \"c\" } } }");
}

TEST(ParsePredicate, NullIsNoValueAndQuotedIsText) {
  EXPECT_EQ(Parsed("n=null"), Parsed("n is null"));
  EXPECT_EQ(Parsed("t!=null"), Parsed("t is not null"));
  EXPECT_EQ(
      Parsed("t='null'"),
      "column: \"t\" op: OPERATOR_EQUAL value { string_value: \"null\" }");
  EXPECT_NE(Parsed("t<null").find("null goes with = and != only"),
            std::string::npos);
}

TEST(ParsePredicate, SaysWhatWasExpected) {
  EXPECT_NE(Parsed("z=1").find("no column 'z'"), std::string::npos);
  for (const char* text : {"n", "n ~ 5", "n is nothing", "n is null 5"}) {
    EXPECT_NE(Parsed(text).find("expected COLUMN OP VALUE"), std::string::npos)
        << text;
  }
  EXPECT_NE(Parsed("n=x").find("column 'n'"), std::string::npos);
  EXPECT_NE(Parsed("n contains 1").find("no such elements"), std::string::npos);
  EXPECT_NE(Parsed("l contains-key 1").find("no such elements"),
            std::string::npos);
}

TEST(ParseAggregate, FunctionsOfColumns) {
  const auto parsed = [](const char* text) {
    const auto aggregate = ParseAggregate(MakeSchema(), text);
    return aggregate.ok() ? aggregate->ShortDebugString()
                          : std::string(aggregate.status().message());
  };
  EXPECT_EQ(parsed("count"), "function: AGGREGATE_FUNCTION_COUNT");
  EXPECT_EQ(parsed("count(*)"), "function: AGGREGATE_FUNCTION_COUNT");
  EXPECT_EQ(parsed("count(t)"),
            "function: AGGREGATE_FUNCTION_COUNT column: \"t\"");
  EXPECT_EQ(parsed("sum(n)"), "function: AGGREGATE_FUNCTION_SUM column: \"n\"");
  EXPECT_EQ(parsed("avg(n)"), "function: AGGREGATE_FUNCTION_AVG column: \"n\"");
  EXPECT_NE(parsed("sum(z)").find("no column 'z'"), std::string::npos);
  for (const char* text : {"", "sum", "sum(*)", "sum(n", "median(n)"}) {
    EXPECT_NE(parsed(text).find("expected count"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace rowan::cli
