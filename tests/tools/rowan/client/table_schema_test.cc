// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/client/table_schema.h"

#include <gtest/gtest.h>

#include "tools/rowan/client/table_name.h"

namespace rowan::cli {
namespace {

TEST(ParseColumn, TakesNameTypeAndOrder) {
  const auto column =
      ParseColumn(v1::COLUMN_ROLE_CLUSTERING, " ts  timestamp desc");
  ASSERT_TRUE(column.ok()) << column.status();
  EXPECT_EQ(column->name(), "ts");
  EXPECT_EQ(column->cql_type(), "timestamp");
  EXPECT_TRUE(column->descending());
}

TEST(ParseColumn, TypesMayHoldBlanksInTheirBrackets) {
  for (const char* type :
       {"int", "map<int, text>", "frozen<map< int, list<text> >>", "address"}) {
    const auto column =
        ParseColumn(v1::COLUMN_ROLE_REGULAR, std::string("m\t") + type + " ");
    ASSERT_TRUE(column.ok()) << column.status();
    EXPECT_EQ(column->name(), "m");
    EXPECT_EQ(column->cql_type(), type);
  }
  const auto key =
      ParseColumn(v1::COLUMN_ROLE_CLUSTERING, "c tuple<int, text> asc");
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->cql_type(), "tuple<int, text>");
  EXPECT_FALSE(key->descending());
}

TEST(ParseColumn, RefusesWhatIsNoColumn) {
  for (const char* text : {"", "a", "a text desc", "a text asc x",
                           "a text sideways", "a map<int> text"}) {
    EXPECT_FALSE(ParseColumn(v1::COLUMN_ROLE_REGULAR, text).ok()) << text;
  }
}

TEST(ParseTableOption, SetsEachOption) {
  v1::TableOptions options;
  for (const char* text :
       {"partitions=64", "compaction-scaling=-4", "compression=zstd",
        "default_ttl_s=10", "tombstone_grace=0"}) {
    EXPECT_TRUE(ParseTableOption(text, &options).ok()) << text;
  }
  EXPECT_EQ(options.partitions(), 64u);
  EXPECT_EQ(options.compaction_scaling(), -4);
  EXPECT_EQ(options.compression(), v1::COMPRESSION_ZSTD);
  EXPECT_EQ(options.default_ttl_s(), 10);
  EXPECT_TRUE(options.has_tombstone_grace_s());
}

TEST(ParseTableOption, RefusesUnknownNamesAndBadValues) {
  v1::TableOptions options;
  for (const char* text :
       {"partitions", "partitions=x", "partitions=0", "compaction_scaling=33",
        "compression=gzip", "color=red"}) {
    EXPECT_FALSE(ParseTableOption(text, &options).ok()) << text;
  }
}

TEST(TableName, IsKeyspaceAndTable) {
  const auto name = ParseTableName("metrics.points");
  ASSERT_TRUE(name.ok());
  EXPECT_EQ(name->keyspace, "metrics");
  EXPECT_EQ(name->table, "points");
  for (const char* text : {"", "points", ".points", "metrics.", "a.b.c"}) {
    EXPECT_FALSE(ParseTableName(text).ok()) << text;
  }
}

TEST(FindColumn, NamesTheColumnsThereAre) {
  Schema schema;
  schema.columns.push_back(Column{ColumnId{1}, "id", {TypeKind::kInt}});
  EXPECT_TRUE(FindColumn(schema, "id").ok());
  const auto missing = FindColumn(schema, "ident");
  EXPECT_TRUE(absl::IsNotFound(missing.status()));
  EXPECT_NE(std::string(missing.status().message()).find("it has id"),
            std::string::npos);
}

}  // namespace
}  // namespace rowan::cli
