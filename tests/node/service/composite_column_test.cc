// SPDX-License-Identifier: Apache-2.0
// Columns of types with parameters, over a real channel: schema, values, keys.

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "tests/node/service_node.h"

namespace rowan {
namespace {

using google::protobuf::util::MessageDifferencer;
using grpc::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;

v1::Value Set(const std::vector<v1::Value>& elements) {
  v1::Value value;
  value.mutable_set_value();
  for (const v1::Value& element : elements) {
    *value.mutable_set_value()->add_values() = element;
  }
  return value;
}

v1::Value Tuple(const std::vector<v1::Value>& fields) {
  v1::Value value;
  *value.mutable_tuple_value() = Set(fields).set_value();
  return value;
}

v1::Value Place(const std::vector<v1::Value>& fields) {
  v1::Value value;
  *value.mutable_udt_value()->mutable_values() =
      Set(fields).set_value().values();
  return value;
}

v1::Value Double(double number) {
  v1::Value value;
  value.set_double_value(number);
  return value;
}

class CompositeColumnTest : public testing::Test {
 protected:
  void SetUp() override { node_.CreateKeyspace(); }
  // Makes ks.t of `pk` and `ck` as they are given, and `v` of `type`.
  CallError Create(std::string_view pk, std::string_view ck,
                   std::string_view type) {
    const v1::Table table =
        TableOf("t", {CqlColumn("pk", pk, v1::COLUMN_ROLE_PARTITION_KEY),
                      CqlColumn("ck", ck, v1::COLUMN_ROLE_CLUSTERING),
                      CqlColumn("v", type, v1::COLUMN_ROLE_REGULAR)});
    return ErrorOf(node_.CreateTable(table, &table_));
  }
  CallError Put(const v1::Value& pk, const v1::Value& ck,
                const v1::Value& value) {
    v1::WriteRequest request;
    request.mutable_table()->set_name("ks.t");
    *request.mutable_partition_key() = KeyOf({pk});
    v1::Upsert* upsert = request.add_changes()->mutable_upsert();
    *upsert->mutable_clustering() = KeyOf({ck});
    upsert->add_columns("v");
    *upsert->add_values() = value;
    v1::WriteResponse response;
    return ErrorOf(
        Ask(node_.data.get(), &v1::Data::Stub::Write, request, &response));
  }
  v1::ReadResponse Get(const v1::Value& pk) {
    v1::ReadRequest request;
    request.mutable_table()->set_name("ks.t");
    *request.mutable_partition_key() = KeyOf({pk});
    v1::ReadResponse response;
    const grpc::Status status =
        Ask(node_.data.get(), &v1::Data::Stub::Read, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  ServiceNode node_;
  v1::Table table_;
};

TEST_F(CompositeColumnTest, TypesAreToldInEveryForm) {
  ASSERT_EQ(Create("tuple<int, text>", "frozen<set<int>>",
                   "frozen<map<text, list<int>>>")
                .code,
            StatusCode::OK);
  const v1::Column& map = table_.columns(2);
  EXPECT_EQ(map.type(), v1::COLUMN_TYPE_MAP);
  EXPECT_EQ(map.cql_type(), "frozen<map<text, frozen<list<int>>>>");
  EXPECT_TRUE(map.data_type().frozen());
  EXPECT_EQ(map.data_type().parameters(1).parameters(0).kind(),
            v1::COLUMN_TYPE_INT);
  EXPECT_EQ(table_.columns(0).cql_type(), "tuple<int, text>");

  v1::Table copy;
  copy.set_keyspace("ks");
  copy.set_name("copy");
  for (v1::Column column : table_.columns()) {
    column.clear_type();
    column.clear_cql_type();
    *copy.add_columns() = column;
  }
  v1::Table made;
  ASSERT_TRUE(node_.CreateTable(copy, &made).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(made.columns(2), map));
}

TEST_F(CompositeColumnTest, FormsOfATypeMustSayTheSame) {
  v1::Table table =
      TableOf("t", {CqlColumn("pk", "int", v1::COLUMN_ROLE_PARTITION_KEY),
                    CqlColumn("v", "", v1::COLUMN_ROLE_REGULAR)});
  const auto field = [&] { return ErrorOf(node_.CreateTable(table)).field; };
  EXPECT_EQ(field(), "table.columns[1].type");
  v1::Column* column = table.mutable_columns(1);
  column->set_cql_type("map<int>");
  EXPECT_EQ(field(), "table.columns[1].cql_type");
  column->set_cql_type("text");
  column->set_type(v1::COLUMN_TYPE_INT);
  EXPECT_EQ(field(), "table.columns[1].type");
  column->mutable_data_type()->set_kind(v1::COLUMN_TYPE_INT);
  EXPECT_EQ(field(), "table.columns[1].type");
  column->clear_cql_type();
  column->clear_data_type();
  for (const v1::ColumnType type :
       {v1::COLUMN_TYPE_LIST, v1::COLUMN_TYPE_USER}) {
    column->set_type(type);
    EXPECT_EQ(field(), "table.columns[1].type") << type;
  }
  column->clear_type();
  column->mutable_data_type()->set_kind(v1::COLUMN_TYPE_LIST);
  EXPECT_EQ(field(), "table.columns[1].data_type");
  column->mutable_data_type()->set_kind(v1::COLUMN_TYPE_TEXT);
  column->set_cql_type("text");
  column->set_type(v1::COLUMN_TYPE_TEXT);
  EXPECT_EQ(field(), "");
  const CallError error = Create("int", "int", "adress");
  EXPECT_EQ(error.reason, "BAD_TYPE");
  EXPECT_THAT(error.message, HasSubstr("unknown 'adress'"));
}

TEST_F(CompositeColumnTest, KeysAreFrozenAndHaveAnOrder) {
  EXPECT_EQ(Create("set<int>", "int", "int").reason, "BAD_SCHEMA");
  EXPECT_EQ(Create("int", "list<int>", "int").reason, "BAD_SCHEMA");
  EXPECT_EQ(Create("int", "tuple<duration>", "int").reason, "BAD_SCHEMA");
}

TEST_F(CompositeColumnTest, ValuesComeBackWithTheirTypes) {
  ASSERT_EQ(Create("tuple<int, text>", "int", "frozen<set<text>>").code,
            StatusCode::OK);
  const v1::Value key = Tuple({Int(1), Text("")});
  EXPECT_EQ(Put(key, Int(1), Set({Text("b"), Text(""), Text("b")})).code,
            StatusCode::OK);
  EXPECT_EQ(Put(key, Int(2), Null()).code, StatusCode::OK);
  const v1::ReadResponse page = Get(key);
  ASSERT_EQ(page.rows_size(), 2);
  EXPECT_TRUE(MessageDifferencer::Equals(page.rows(0).values(0), key));
  EXPECT_TRUE(MessageDifferencer::Equals(page.rows(0).values(2),
                                         Set({Text(""), Text("b")})))
      << page.rows(0).DebugString();
  EXPECT_TRUE(page.rows(1).values(2).has_null_value());
  EXPECT_EQ(page.columns(0).type().kind(), v1::COLUMN_TYPE_TUPLE);
  EXPECT_EQ(page.columns(2).type().parameters(0).kind(), v1::COLUMN_TYPE_TEXT);
  const CallError error = Put(key, Int(1), Set({Text("a"), Int(1)}));
  EXPECT_EQ(error.reason, "WRONG_TYPE");
  EXPECT_EQ(error.field, "changes[0].upsert.values[0].set_value.values[1]");
}

TEST_F(CompositeColumnTest, EqualSetsAreOneKeyAndKeysHaveTheirTypesOrder) {
  ASSERT_EQ(Create("frozen<set<int>>", "frozen<set<double>>", "int").code,
            StatusCode::OK);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const v1::Value key = Set({Int(2), Int(1)});
  int64_t i = 0;
  for (const v1::Value& ck :
       {Set({Double(nan)}), Set({}), Set({Double(0.0)}), Set({Double(-0.0)}),
        Set({Double(1), Double(0.0)}), Set({Double(-nan), Double(nan)}),
        Set({Double(0.0), Double(1)})}) {
    EXPECT_EQ(Put(key, ck, Int(i++)).code, StatusCode::OK);
  }
  std::vector<int64_t> values;
  const v1::ReadResponse page = Get(Set({Int(1), Int(2), Int(1)}));
  for (const v1::Row& row : page.rows()) {
    values.push_back(row.values(2).int_value());
  }
  // {}, {-0}, {0}, {0, 1}, {NaN}
  EXPECT_THAT(values, ElementsAre(1, 3, 2, 6, 5));
}

TEST_F(CompositeColumnTest, NullFieldsAtTheEndMakeNoOtherWideRow) {
  node_.CreateType("place", {{"street", "text"}, {"no", "int"}});
  ASSERT_EQ(Create("frozen<list<frozen<place>>>", "frozen<place>", "int").code,
            StatusCode::OK);
  const auto keys = [](const v1::Value& place) {
    v1::Value list;
    *list.mutable_list_value()->add_values() = place;
    return list;
  };
  const v1::Value with = Place({Text("x"), Null()});
  const v1::Value without = Place({Text("x")});
  EXPECT_EQ(Put(keys(with), with, Int(1)).code, StatusCode::OK);
  EXPECT_EQ(Put(keys(without), without, Int(2)).code, StatusCode::OK);
  for (const v1::Value& key : {keys(with), keys(without)}) {
    const v1::ReadResponse page = Get(key);
    ASSERT_EQ(page.rows_size(), 1);
    EXPECT_EQ(page.rows(0).values(2).int_value(), 2);
    EXPECT_TRUE(MessageDifferencer::Equals(page.rows(0).values(0), keys(with)));
    EXPECT_TRUE(MessageDifferencer::Equals(page.rows(0).values(1), with));
  }
}

// In values, in what is computed of them and in what conditions show, at every
// depth (keys: above).
TEST_F(CompositeColumnTest, MissingFieldsAreShownAsNull) {
  node_.CreateType("place", {{"street", "text"}, {"no", "int"}});
  ASSERT_EQ(Create("tuple<int>", "int", "tuple<frozen<place>, int>").code,
            StatusCode::OK);
  const v1::Value key = Tuple({Int(1)});
  const v1::Value shown = Tuple({Place({Text("x"), Null()}), Null()});
  ASSERT_EQ(Put(key, Int(1), Tuple({Place({Text("x")})})).code, StatusCode::OK);
  EXPECT_TRUE(MessageDifferencer::Equals(Get(key).rows(0).values(2), shown));
  v1::ReadRequest maximum;
  maximum.mutable_table()->set_name("ks.t");
  v1::Aggregate* aggregate = maximum.add_aggregates();
  aggregate->set_function(v1::AGGREGATE_FUNCTION_MAX);
  aggregate->set_column("v");
  v1::ReadResponse page;
  ASSERT_TRUE(
      Ask(node_.data.get(), &v1::Data::Stub::Read, maximum, &page).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(page.rows(0).values(0), shown));
  v1::CheckAndWriteRequest check;
  check.mutable_table()->set_name("ks.t");
  *check.mutable_partition_key() = KeyOf({key});
  v1::RowCondition* row = check.add_conditions()->mutable_row();
  *row->mutable_clustering() = KeyOf({Int(1)});
  row->set_exists(true);
  v1::CheckAndWriteResponse response;
  ASSERT_TRUE(
      Ask(node_.data.get(), &v1::Data::Stub::CheckAndWrite, check, &response)
          .ok());
  ASSERT_EQ(response.current_size(), 1);
  EXPECT_TRUE(MessageDifferencer::Equals(response.current(0).values(2), shown));
}

TEST_F(CompositeColumnTest, EmptyTuplesAreNoPartitionKey) {
  ASSERT_EQ(Create("tuple<int>", "tuple<int>", "int").code, StatusCode::OK);
  EXPECT_EQ(Put(Tuple({}), Tuple({Int(1)}), Int(1)).reason, "EMPTY_KEY");
  EXPECT_EQ(Put(Tuple({Null()}), Tuple({Int(1)}), Int(1)).reason, "EMPTY_KEY");
  EXPECT_EQ(Put(Tuple({Int(1)}), Tuple({}), Int(1)).code, StatusCode::OK);
  EXPECT_EQ(Get(Tuple({Int(1)})).rows_size(), 1);
}

TEST_F(CompositeColumnTest, MessagesNestedBeyondEveryTypeAreRefused) {
  ASSERT_EQ(Create("int", "int", "frozen<list<int>>").code, StatusCode::OK);
  v1::Value value = Int(1);
  for (int depth = 0; depth < 40; ++depth) {
    v1::Value outer;
    *outer.mutable_list_value()->add_values() = value;
    value = outer;
  }
  const CallError error = Put(Int(1), Int(1), value);
  EXPECT_EQ(error.code, StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(error.reason, "WRONG_TYPE");
  EXPECT_EQ(Put(Int(1), Int(1), Null()).code, StatusCode::OK);
}

}  // namespace
}  // namespace rowan
