// SPDX-License-Identifier: Apache-2.0
#include "storage/model/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <tuple>

#include "tests/lib/sim_random.h"

namespace rowan {
namespace {

using ::testing::HasSubstr;

Schema Points() {
  Schema schema{.id = TableId{7},
                .version = SchemaVersion{3},
                .keyspace = "metrics",
                .table = "points"};
  const auto add = [&schema](std::string name, TypeKind type, ColumnRole role,
                             bool descending = false) {
    const auto id = static_cast<uint32_t>(schema.columns.size() + 1);
    schema.columns.push_back(
        {ColumnId{id}, std::move(name), {type}, role, descending});
  };
  add("series", TypeKind::kText, ColumnRole::kPartitionKey);
  add("day", TypeKind::kDate, ColumnRole::kPartitionKey);
  add("ts", TypeKind::kTimestamp, ColumnRole::kClustering, true);
  add("unit", TypeKind::kText, ColumnRole::kStatic);
  add("value", TypeKind::kDouble, ColumnRole::kRegular);
  return schema;
}

auto Fields(const Column& c) {
  return std::make_tuple(c.id.value, c.name, static_cast<int>(c.type.kind),
                         static_cast<int>(c.role), c.descending);
}

TEST(Schema, AGoodOneIsValid) { EXPECT_TRUE(Points().Validate().ok()); }

TEST(Schema, EveryMistakeIsNamed) {
  struct Case {
    std::function<void(Schema&)> spoil;
    std::string says;
  };
  const Case cases[] = {
      {[](Schema& s) { s.keyspace = ""; }, "keyspace: expected 1 to 48"},
      {[](Schema& s) { s.table = "9a"; }, "table: expected"},
      {[](Schema& s) { s.table = "_a"; }, "table: expected"},
      {[](Schema& s) { s.table = std::string(49, 'a'); }, "table: expected"},
      {[](Schema& s) { s.columns[4].name = "Value"; },
       "column 'Value' name: expected"},
      {[](Schema& s) { s.columns[4].name = "ts"; },
       "column 'ts' name: expected a name that no other"},
      {[](Schema& s) { s.columns[4].id = ColumnId{1}; },
       "column 'value' id: expected an id that no other"},
      {[](Schema& s) { s.columns[4].id = ColumnId{0}; },
       "column 'value' id: expected a number above 0"},
      {[](Schema& s) { s.columns[4].id = ColumnId{kColumnIdMax + 1}; },
       "column 'value' id: expected at most 65535"},
      {[](Schema& s) { s.dropped = {ColumnId{5}}; },
       "dropped column 5: expected ascending ids of no column"},
      {[](Schema& s) {
         s.dropped = {ColumnId{7}, ColumnId{7}};
       },
       "dropped column 7"},
      {[](Schema& s) { s.dropped = {ColumnId{0}}; }, "dropped column 0"},
      {[](Schema& s) { s.dropped = {ColumnId{kColumnIdMax + 1}}; },
       "dropped column 65536"},
      {[](Schema& s) { s.columns[4].type.kind = static_cast<TypeKind>(27); },
       "column 'value' type"},
      {[](Schema& s) { s.columns[4].role = static_cast<ColumnRole>(5); },
       "column 'value' role"},
      {[](Schema& s) { std::swap(s.columns[3], s.columns[4]); },
       "column 'unit' place: expected partition key, clustering"},
      {[](Schema& s) { s.columns[2].type.kind = TypeKind::kDuration; },
       "column 'ts' type"},
      {[](Schema& s) { s.columns[0].type.kind = TypeKind::kDuration; },
       "column 'series' type"},
      {[](Schema& s) { s.columns[4].descending = true; },
       "column 'value' order"},
      {[](Schema& s) { s.columns.erase(s.columns.begin() + 2); },
       "columns: expected a clustering column"},
      {[](Schema& s) { s.columns.clear(); },
       "columns: expected at least one partition key"},
      {[](Schema& s) { s.columns.resize(4097); }, "columns: expected at most"},
      {[](Schema& s) { s.options.partition_prefix_length = 17; },
       "option partition_prefix_length: expected 0 to 16"},
      {[](Schema& s) { s.options.compaction_scaling = 33; },
       "option compaction_scaling: expected -32 to 32"},
      {[](Schema& s) { s.options.compaction_scaling = -33; },
       "option compaction_scaling"},
      {[](Schema& s) { s.options.compression = static_cast<Compression>(3); },
       "option compression: expected none, lz4 or zstd"},
      {[](Schema& s) { s.options.default_ttl_s = kTtlMaxS + 1; },
       "option default_ttl_s: expected 0 to 630720000"},
  };
  for (const Case& c : cases) {
    Schema schema = Points();
    c.spoil(schema);
    const absl::Status status = schema.Validate();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.says;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.says));
  }
}

ColumnType UserTypeWith(const ColumnType& field) {
  return {TypeKind::kUserType, false,
          std::make_shared<const TypeArguments>(
              TypeArguments{.types = {field},
                            .keyspace = "metrics",
                            .name = "u",
                            .field_names = {"f"}})};
}

TEST(Schema, KeysOfCompositeTypesAreFrozenAndOrdered) {
  const ColumnType text{TypeKind::kText}, duration{TypeKind::kDuration};
  Schema schema = Points();
  for (const ColumnType& type :
       {Frozen(ListOf(text)), Frozen(MapOf(text, text)), TupleOf({text}),
        Frozen(UserTypeWith(text)), VectorOf(3)}) {
    for (size_t i : {0, 2, 3, 4}) schema.columns[i].type = type;
    EXPECT_TRUE(schema.Validate().ok()) << schema.Validate();
  }
  for (const ColumnType& type :
       {Frozen(ListOf(duration)), ListOf(duration), MapOf(text, duration),
        SetOf(text), UserTypeWith(text)}) {
    for (size_t i : {3, 4}) schema.columns[i].type = type;
    EXPECT_TRUE(schema.Validate().ok()) << schema.Validate();
  }

  const auto complaint = [](size_t i, const ColumnType& type) {
    Schema spoilt = Points();
    spoilt.columns[i].type = type;
    const absl::Status status = spoilt.Validate();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return std::string(status.message());
  };
  EXPECT_EQ(complaint(2, ListOf(text)),
            "column 'ts' type: expected frozen<list<text>> for a key column");
  EXPECT_THAT(complaint(0, TupleOf({text, Frozen(ListOf(duration))})),
              HasSubstr("a duration has none"));
  EXPECT_THAT(complaint(4, ListOf(ListOf(text))),
              HasSubstr("column 'value' type: element: expected"));
}

TEST(Schema, BoundsOfOptionsAreAllowed) {
  Schema schema = Points();
  schema.table = std::string(48, 'a');
  schema.options = {.partition_prefix_length = 16,
                    .compaction_scaling = -32,
                    .compression = Compression::kZstd,
                    .default_ttl_s = kTtlMaxS,
                    .tombstone_grace_s = 0};
  EXPECT_TRUE(schema.Validate().ok());
  schema.options.compaction_scaling = 32;
  schema.options.partition_prefix_length = 0;
  EXPECT_TRUE(schema.Validate().ok());
}

TEST(Schema, ColumnsAreFoundByNameIdAndRole) {
  const Schema schema = Points();
  EXPECT_EQ(schema.FindColumn("ts")->id, ColumnId{3});
  EXPECT_EQ(schema.FindColumn(ColumnId{5})->name, "value");
  EXPECT_EQ(schema.FindColumn("none"), nullptr);
  EXPECT_EQ(schema.FindColumn(ColumnId{6}), nullptr);
  const auto keys = schema.ColumnsOf(ColumnRole::kPartitionKey);
  ASSERT_EQ(keys.size(), 2u);
  EXPECT_EQ(keys[0]->name, "series");
  EXPECT_EQ(keys[1]->name, "day");
}

TEST(Schema, NextColumnIdIsAboveAllThatWereGivenOut) {
  Schema schema = Points();
  EXPECT_EQ(schema.NextColumnId(), ColumnId{6});
  schema.dropped = {ColumnId{6}, ColumnId{9}};
  EXPECT_TRUE(schema.Validate().ok());
  EXPECT_EQ(schema.NextColumnId(), ColumnId{10});
  schema.columns.push_back({ColumnId{12}, "late", {TypeKind::kInt}});
  EXPECT_EQ(schema.NextColumnId(), ColumnId{13});
}

// What FORMAT.md shows.
Schema Shown() {
  return {.id = TableId{7},
          .version = SchemaVersion{3},
          .keyspace = "k",
          .table = "t",
          .columns =
              {{ColumnId{1}, "p", {TypeKind::kInt}, ColumnRole::kPartitionKey}},
          .handle = TableHandle{7}};
}
const std::string kShownBytes(
    "\7\0\0\0\3\0\0\0\1k\1t"
    "\4\2\0\0\0\0\0\0\0\0\0\x2f\x0d\0"
    "\1\1\1p\7\1\0",
    33);

TEST(SchemaBytes, GoldenBytes) {
  EXPECT_EQ(EncodeSchema(Shown()), kShownBytes);
}

TEST(SchemaBytes, GoldenBytesOfAChangedTable) {
  Schema schema = Shown();
  schema.handle = TableHandle{2};
  schema.dropped = {ColumnId{2}, ColumnId{5}};
  EXPECT_EQ(EncodeSchema(schema),
            kShownBytes + std::string("\3\2\0\0\0\2\2\3", 8));
}

// As before edition 5, and of tables that were never truncated or altered.
TEST(SchemaBytes, HandleThatIsNotWrittenIsTheId) {
  EXPECT_EQ(DecodeSchema(kShownBytes)->handle, TableHandle{7});
  EXPECT_TRUE(DecodeSchema(kShownBytes)->dropped.empty());
}

TEST(SchemaBytes, HistoryHasOneForm) {
  for (const std::string& tail :
       {std::string("\0", 1), std::string("\1\7\0\0\0", 5),
        std::string("\1\0\0\0\0", 5), std::string("\2\0", 2),
        std::string("\2\1\0", 3), std::string("\2\1\1", 3),
        std::string("\4\1\2", 3)}) {
    EXPECT_EQ(DecodeSchema(kShownBytes + tail).status().code(),
              absl::StatusCode::kDataLoss)
        << testing::PrintToString(tail);
  }
}

TEST(SchemaBytes, ComeBack) {
  Schema schema = Points();
  schema.options = {.partition_prefix_length = 9,
                    .compaction_scaling = -7,
                    .compression = Compression::kLz4,
                    .default_ttl_s = 60,
                    .tombstone_grace_s = 5};
  schema.handle = TableHandle{1};
  schema.dropped = {ColumnId{6}, ColumnId{700}};
  const auto back = DecodeSchema(EncodeSchema(schema));
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->id, schema.id);
  EXPECT_EQ(back->version, schema.version);
  EXPECT_EQ(back->keyspace, schema.keyspace);
  EXPECT_EQ(back->table, schema.table);
  EXPECT_EQ(back->options, schema.options);
  EXPECT_EQ(back->handle, schema.handle);
  EXPECT_EQ(back->dropped, schema.dropped);
  ASSERT_EQ(back->columns.size(), schema.columns.size());
  for (size_t i = 0; i < schema.columns.size(); ++i) {
    EXPECT_EQ(Fields(back->columns[i]), Fields(schema.columns[i]));
  }
}

// Points with composite types in its keys and values.
Schema Shapes() {
  Schema schema = Points();
  const ColumnType text{TypeKind::kText};
  schema.columns[0].type = TupleOf({text, {TypeKind::kInt}});
  schema.columns[2].type = Frozen(UserTypeWith(Frozen(SetOf(text))));
  schema.columns[4].type = Frozen(MapOf(text, VectorOf(3)));
  schema.handle = TableHandle{4};
  schema.dropped = {ColumnId{6}, ColumnId{300}};
  return schema;
}

TEST(SchemaBytes, CompositeTypesComeBack) {
  const Schema schema = Shapes();
  const auto back = DecodeSchema(EncodeSchema(schema));
  ASSERT_TRUE(back.ok()) << back.status();
  for (size_t i = 0; i < schema.columns.size(); ++i) {
    EXPECT_EQ(back->columns[i].type, schema.columns[i].type);
    EXPECT_EQ(Fields(back->columns[i]), Fields(schema.columns[i]));
  }
}

// Where Validate refuses what could be decoded.
TEST(SchemaBytes, TypesThatAreNotValidAreDataLoss) {
  Schema schema = Points();
  schema.columns[2].type = ListOf({TypeKind::kInt});
  const absl::Status status = DecodeSchema(EncodeSchema(schema)).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("frozen<list<int>>"));
}

TEST(SchemaBytes, EveryTruncationAndExtensionIsRefused) {
  const std::string bytes = EncodeSchema(Shapes());
  Schema unchanged = Shapes();
  unchanged.handle = {};
  unchanged.dropped.clear();
  const size_t without_history = EncodeSchema(unchanged).size();
  for (size_t size = 0; size < bytes.size(); ++size) {
    if (size == without_history) continue;  // a schema of its own
    EXPECT_EQ(DecodeSchema(bytes.substr(0, size)).status().code(),
              absl::StatusCode::kDataLoss);
  }
  EXPECT_EQ(DecodeSchema(bytes + '\0').status().code(),
            absl::StatusCode::kDataLoss);
}

TEST(SchemaBytes, FlippedBytesGiveAValidSchemaOrAnError) {
  SimRandom random(1);
  const std::string bytes = EncodeSchema(Shapes());
  for (int i = 0; i < 20'000; ++i) {
    std::string spoilt = bytes;
    spoilt[random.Below(bytes.size())] = static_cast<char>(random.Next());
    const auto schema = DecodeSchema(spoilt);
    if (schema.ok()) {
      ASSERT_TRUE(schema->Validate().ok());
    } else {
      ASSERT_EQ(schema.status().code(), absl::StatusCode::kDataLoss);
    }
  }
}

Schema Hits() {
  Schema schema = Points();
  schema.columns[3].type = {TypeKind::kCounter};
  schema.columns[4].type = {TypeKind::kCounter};
  return schema;
}

TEST(Schema, CountersStandInTablesOfTheirOwn) {
  EXPECT_TRUE(Hits().Validate().ok());
  EXPECT_TRUE(Hits().counts());
  EXPECT_FALSE(Points().counts());
  const auto complaint = [](const std::function<void(Schema&)>& spoil) {
    Schema schema = Hits();
    spoil(schema);
    return std::string(schema.Validate().message());
  };
  EXPECT_THAT(
      complaint([](Schema& s) { s.columns[3].type = {TypeKind::kText}; }),
      HasSubstr("column 'unit' type: expected all columns beyond"));
  EXPECT_THAT(
      complaint([](Schema& s) { s.columns[4].type = {TypeKind::kText}; }),
      HasSubstr("column 'unit' type: expected all columns beyond"));
  EXPECT_THAT(
      complaint([](Schema& s) { s.columns[2].type = {TypeKind::kCounter}; }),
      HasSubstr("no counter for a key column"));
  EXPECT_THAT(complaint([](Schema& s) {
                s.columns[4].type = Frozen(ListOf({TypeKind::kCounter}));
              }),
              HasSubstr("a counter to be a column of its own"));
  EXPECT_THAT(complaint([](Schema& s) { s.options.default_ttl_s = 1; }),
              HasSubstr("default_ttl_s: expected 0 in a table of counters"));
  EXPECT_EQ(DecodeSchema(EncodeSchema(Hits()))->columns[4].type.kind,
            TypeKind::kCounter);
}

}  // namespace
}  // namespace rowan
