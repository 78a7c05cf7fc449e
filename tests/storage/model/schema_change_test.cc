// SPDX-License-Identifier: Apache-2.0
#include "storage/model/schema_change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/lib/test_tables.h"

namespace rowan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// key, ck, s (static), v.
Schema Sample() { return *TestSchema(1); }

std::vector<std::string> Names(const Schema& schema) {
  std::vector<std::string> names;
  for (const Column& column : schema.columns) names.push_back(column.name);
  return names;
}

Column Regular(std::string name, TypeKind type = TypeKind::kInt) {
  return {.name = std::move(name), .type = {type}};
}

TEST(SchemaChange, AddedColumnsGetNewIdsAndTheirRolesPlace) {
  Schema schema = Sample();
  ASSERT_TRUE(AddColumn(Regular("w"), &schema).ok());
  Column fixed = Regular("t");
  fixed.role = ColumnRole::kStatic;
  ASSERT_TRUE(AddColumn(fixed, &schema).ok());
  EXPECT_THAT(Names(schema), ElementsAre("key", "ck", "s", "t", "v", "w"));
  EXPECT_EQ(schema.FindColumn("w")->id, ColumnId{5});
  EXPECT_EQ(schema.FindColumn("t")->id, ColumnId{6});
  EXPECT_TRUE(schema.Validate().ok()) << schema.Validate();
}

TEST(SchemaChange, DroppedColumnLeavesItsIdBehind) {
  Schema schema = Sample();
  ASSERT_TRUE(AddColumn(Regular("w"), &schema).ok());
  ASSERT_TRUE(DropColumn("w", &schema).ok());
  ASSERT_TRUE(DropColumn("s", &schema).ok());
  EXPECT_THAT(Names(schema), ElementsAre("key", "ck", "v"));
  EXPECT_THAT(schema.dropped, ElementsAre(ColumnId{3}, ColumnId{5}));
  // Back again, as another type.
  ASSERT_TRUE(AddColumn(Regular("w", TypeKind::kText), &schema).ok());
  EXPECT_EQ(schema.FindColumn("w")->id, ColumnId{6});
  EXPECT_TRUE(schema.Validate().ok()) << schema.Validate();
}

TEST(SchemaChange, ColumnsSwapNames) {
  Schema schema = Sample();
  ASSERT_TRUE(
      RenameColumns({{"v", "s"}, {"s", "v"}, {"ck", "n"}}, &schema).ok());
  EXPECT_THAT(Names(schema), ElementsAre("key", "n", "v", "s"));
  EXPECT_EQ(schema.FindColumn("s")->id, kValueColumn);
  EXPECT_TRUE(schema.Validate().ok());
}

TEST(SchemaChange, NameThatIsTakenMakesNoSchema) {
  Schema schema = Sample();
  ASSERT_TRUE(RenameColumns({{"v", "s"}}, &schema).ok());
  EXPECT_FALSE(schema.Validate().ok());
  schema = Sample();
  ASSERT_TRUE(AddColumn(Regular("v"), &schema).ok());
  EXPECT_FALSE(schema.Validate().ok());
}

TEST(SchemaChange, KeyColumnsAreNeitherAddedNorDropped) {
  Schema schema = Sample();
  for (const ColumnRole role :
       {ColumnRole::kPartitionKey, ColumnRole::kClustering}) {
    Column key = Regular("k2");
    key.role = role;
    EXPECT_TRUE(absl::IsInvalidArgument(AddColumn(key, &schema)));
  }
  for (const char* name : {"key", "ck"}) {
    const absl::Status status = DropColumn(name, &schema);
    EXPECT_TRUE(absl::IsInvalidArgument(status));
    EXPECT_THAT(std::string(status.message()), HasSubstr(name));
  }
  EXPECT_EQ(EncodeSchema(schema), EncodeSchema(Sample()));
}

TEST(SchemaChange, UnknownColumnsAreNotFound) {
  Schema schema = Sample();
  EXPECT_TRUE(absl::IsNotFound(DropColumn("w", &schema)));
  EXPECT_TRUE(
      absl::IsNotFound(RenameColumns({{"v", "x"}, {"w", "y"}}, &schema)));
  EXPECT_EQ(EncodeSchema(schema), EncodeSchema(Sample()));
}

TEST(SchemaChange, ColumnIdsEnd) {
  Schema schema = Sample();
  schema.dropped = {ColumnId{kColumnIdMax - 1}};
  ASSERT_TRUE(AddColumn(Regular("last"), &schema).ok());
  EXPECT_TRUE(schema.Validate().ok()) << schema.Validate();
  EXPECT_TRUE(absl::IsResourceExhausted(AddColumn(Regular("more"), &schema)));
}

TEST(SchemaChange, TableCountsFromItsCreationOnOrNever) {
  Schema counting = Sample();
  ASSERT_TRUE(DropColumn("s", &counting).ok());
  ASSERT_TRUE(DropColumn("v", &counting).ok());
  const Schema keys_only = counting;
  ASSERT_TRUE(AddColumn(Regular("n", TypeKind::kCounter), &counting).ok());
  Schema two = counting;
  ASSERT_TRUE(AddColumn(Regular("m", TypeKind::kCounter), &two).ok());
  Schema exchanged = keys_only;
  ASSERT_TRUE(AddColumn(Regular("x"), &exchanged).ok());
  EXPECT_TRUE(CheckAlteration(counting, two).ok());
  EXPECT_TRUE(CheckAlteration(two, counting).ok());
  EXPECT_TRUE(CheckAlteration(keys_only, exchanged).ok());
  EXPECT_THAT(CheckAlteration(counting, keys_only).message(),
              HasSubstr("keeps at least one"));
  EXPECT_FALSE(CheckAlteration(counting, exchanged).ok());
  EXPECT_THAT(CheckAlteration(keys_only, counting).message(),
              HasSubstr("made with counters"));
}

}  // namespace
}  // namespace rowan
