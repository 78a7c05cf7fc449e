// SPDX-License-Identifier: Apache-2.0
// Columns with a cell per element, over a real channel.

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/node/service_node.h"

namespace rowan {
namespace {

using grpc::StatusCode;

v1::Value List(const std::vector<v1::Value>& elements) {
  v1::Value value;
  value.mutable_list_value();
  for (const v1::Value& element : elements) {
    *value.mutable_list_value()->add_values() = element;
  }
  return value;
}

v1::Value Set(const std::vector<v1::Value>& elements) {
  v1::Value value;
  *value.mutable_set_value() = List(elements).list_value();
  return value;
}

v1::Value Map(const std::vector<v1::Value>& keys,
              const std::vector<v1::Value>& values) {
  v1::Value value;
  *value.mutable_map_value()->mutable_keys() = List(keys).list_value().values();
  *value.mutable_map_value()->mutable_values() =
      List(values).list_value().values();
  return value;
}

class CollectionTest : public testing::Test {
 protected:
  // ks.t: pk int, ck int, static ss set<int>, s set<int>, m map<text, int>,
  // l list<int>, f frozen<set<int>>.
  void SetUp() override {
    node_.CreateKeyspace();
    CreateTable("t", 0);
  }

  void CreateTable(const std::string& name, int64_t default_ttl_s) {
    v1::Table table = TableOf(
        name, {CqlColumn("pk", "int", v1::COLUMN_ROLE_PARTITION_KEY),
               CqlColumn("ck", "int", v1::COLUMN_ROLE_CLUSTERING),
               CqlColumn("ss", "set<int>", v1::COLUMN_ROLE_STATIC),
               CqlColumn("s", "set<int>", v1::COLUMN_ROLE_REGULAR),
               CqlColumn("m", "map<text, int>", v1::COLUMN_ROLE_REGULAR),
               CqlColumn("l", "list<int>", v1::COLUMN_ROLE_REGULAR),
               CqlColumn("f", "frozen<set<int>>", v1::COLUMN_ROLE_REGULAR)});
    table.mutable_options()->set_default_ttl_s(default_ttl_s);
    node_.MustCreateTable(table);
    table_ = "ks." + name;
  }

  // Changes of row (1, 1) are collected in `request_`.
  v1::Upsert* NewUpsert() {
    v1::Upsert* upsert = request_.add_changes()->mutable_upsert();
    *upsert->mutable_clustering() = KeyOf({Int(1)});
    return upsert;
  }
  void Set(const std::string& column, const v1::Value& value) {
    v1::Upsert* upsert = NewUpsert();
    upsert->add_columns(column);
    *upsert->add_values() = value;
  }
  v1::UpdateElements* Update(const std::string& column) {
    v1::UpdateElements* update =
        request_.add_changes()->mutable_update_elements();
    *update->mutable_clustering() = KeyOf({Int(1)});
    update->set_column(column);
    return update;
  }
  void Add(const std::string& column, const v1::Value& value) {
    *Update(column)->mutable_add() = value;
  }
  CallError Write(int64_t timestamp_us = 0) {
    request_.mutable_table()->set_name(table_);
    *request_.mutable_partition_key() = KeyOf({Int(1)});
    request_.set_timestamp_us(timestamp_us);
    v1::WriteResponse response;
    const CallError error = ErrorOf(
        Ask(node_.data.get(), &v1::Data::Stub::Write, request_, &response));
    request_.Clear();
    return error;
  }
  void MustWrite(int64_t timestamp_us = 0) {
    const CallError error = Write(timestamp_us);
    EXPECT_EQ(error.code, StatusCode::OK) << error.message;
  }
  std::string Refused() {
    const CallError error = Write();
    EXPECT_EQ(error.code, StatusCode::INVALID_ARGUMENT);
    return error.reason + " " + error.field;
  }
  v1::Value Get(const std::string& column) {
    v1::ReadRequest request;
    request.mutable_table()->set_name(table_);
    *request.mutable_partition_key() = KeyOf({Int(1)});
    request.add_columns(column);
    v1::ReadResponse response;
    EXPECT_TRUE(
        Ask(node_.data.get(), &v1::Data::Stub::Read, request, &response).ok());
    if (response.rows_size() != 1) return Text("no row");
    return response.rows(0).values(2);
  }
  void Expect(const std::string& column, const v1::Value& value) {
    EXPECT_EQ(Get(column).ShortDebugString(), value.ShortDebugString());
  }

  ServiceNode node_;
  std::string table_;
  v1::WriteRequest request_;
};

TEST_F(CollectionTest, ValuesAreReplacedAsAWhole) {
  Set("s", rowan::Set({Int(3), Int(1)}));
  Set("m", Map({Text("b"), Text("a")}, {Int(1), Int(2)}));
  Set("l", List({Int(5), Int(5), Int(4)}));
  MustWrite();
  Expect("s", rowan::Set({Int(1), Int(3)}));
  Expect("m", Map({Text("a"), Text("b")}, {Int(2), Int(1)}));
  Expect("l", List({Int(5), Int(5), Int(4)}));
  Set("s", rowan::Set({Int(2)}));
  Set("m", Map({}, {}));
  Set("l", Null());
  MustWrite();
  Expect("s", rowan::Set({Int(2)}));
  Expect("m", Null());
  Expect("l", Null());
}

TEST_F(CollectionTest, ElementsComeAndGoBesideTheOthers) {
  Set("s", rowan::Set({Int(1), Int(2)}));
  Set("m", Map({Text("a")}, {Int(1)}));
  Set("l", List({Int(1)}));
  MustWrite();
  Add("s", rowan::Set({Int(3)}));
  Add("m", Map({Text("b"), Text("a")}, {Int(2), Int(7)}));
  Add("l", List({Int(2), Int(3)}));
  *Update("l")->mutable_prepend() = List({Int(8), Int(9)});
  MustWrite();
  Expect("s", rowan::Set({Int(1), Int(2), Int(3)}));
  Expect("m", Map({Text("a"), Text("b")}, {Int(7), Int(2)}));
  Expect("l", List({Int(8), Int(9), Int(1), Int(2), Int(3)}));
  *Update("s")->mutable_remove() = rowan::Set({Int(2), Int(9)});
  *Update("m")->mutable_remove() = rowan::Set({Text("a")});
  MustWrite();
  Expect("s", rowan::Set({Int(1), Int(3)}));
  Expect("m", Map({Text("b")}, {Int(2)}));
}

TEST_F(CollectionTest, ElementsLeaveNoRowMarker) {
  Add("s", rowan::Set({Int(1)}));
  MustWrite();
  Expect("s", rowan::Set({Int(1)}));
  *Update("s")->mutable_remove() = rowan::Set({Int(1)});
  MustWrite();
  Expect("s", Text("no row"));
}

TEST_F(CollectionTest, DeletionsTakeTheWholeColumn) {
  Set("s", rowan::Set({Int(1)}));
  MustWrite(100);
  Add("s", rowan::Set({Int(2)}));
  MustWrite(101);
  v1::DeleteCells* deletion = request_.add_changes()->mutable_delete_cells();
  *deletion->mutable_clustering() = KeyOf({Int(1)});
  deletion->add_columns("s");
  MustWrite(100);
  Expect("s", rowan::Set({Int(2)}));
}

TEST_F(CollectionTest, ARepeatedAppendIsTheSameWrite) {
  for (int i = 0; i < 2; ++i) {
    Add("l", List({Int(1), Int(1)}));
    MustWrite(100);
  }
  Expect("l", List({Int(1), Int(1)}));
  Add("l", List({Int(2)}));
  MustWrite(100);
  Add("l", List({Int(3)}));
  MustWrite(99);
  EXPECT_EQ(Get("l").list_value().values_size(), 4);
  EXPECT_EQ(Get("l").list_value().values(0).int_value(), 3);
}

TEST_F(CollectionTest, AnOverwriteKeepsWhatWasAddedWithIt) {
  Add("s", rowan::Set({Int(2)}));
  Set("s", rowan::Set({Int(1)}));
  MustWrite(100);
  Expect("s", rowan::Set({Int(1), Int(2)}));
}

TEST_F(CollectionTest, ElementsExpireEachForItself) {
  Add("s", rowan::Set({Int(1)}));
  Update("s")->set_ttl_s(60);
  *request_.mutable_changes(1)->mutable_update_elements()->mutable_add() =
      rowan::Set({Int(2)});
  MustWrite();
  Expect("s", rowan::Set({Int(1), Int(2)}));
  node_.clock.AdvanceSeconds(60);
  Expect("s", rowan::Set({Int(1)}));
}

TEST_F(CollectionTest, TheTablesDefaultTtlHoldsForElements) {
  CreateTable("expiring", 60);
  Add("s", rowan::Set({Int(1)}));
  Update("s")->set_ttl_s(0);
  *request_.mutable_changes(1)->mutable_update_elements()->mutable_add() =
      rowan::Set({Int(2)});
  MustWrite();
  node_.clock.AdvanceSeconds(60);
  Expect("s", rowan::Set({Int(2)}));
}

TEST_F(CollectionTest, StaticColumnsHaveElementsToo) {
  v1::UpdateElements* update =
      request_.add_changes()->mutable_update_elements();
  update->set_column("ss");
  *update->mutable_add() = rowan::Set({Int(1)});
  MustWrite();
  Add("ss", rowan::Set({Int(2)}));
  MustWrite();
  Expect("ss", rowan::Set({Int(1), Int(2)}));
}

TEST_F(CollectionTest, WhatIsNoElementUpdateIsRefusedWithItsField) {
  const std::string at = "changes[0].update_elements";
  Update("s");
  EXPECT_EQ(Refused(), "EMPTY_CHANGE " + at + ".operation");
  Add("s", rowan::Set({}));
  EXPECT_EQ(Refused(), "EMPTY_CHANGE " + at);
  Add("s", List({Int(1)}));
  EXPECT_EQ(Refused(), "WRONG_TYPE " + at + ".add");
  Add("s", rowan::Set({Int(1), Text("x")}));
  EXPECT_EQ(Refused(), "WRONG_TYPE " + at + ".add.set_value.values[1]");
  Add("f", rowan::Set({Int(1)}));
  EXPECT_EQ(Refused(), "NO_ELEMENTS " + at + ".column");
  Add("pk", rowan::Set({Int(1)}));
  EXPECT_EQ(Refused(), "KEY_COLUMN " + at + ".column");
  Add("zzz", rowan::Set({Int(1)}));
  EXPECT_EQ(Refused(), "UNKNOWN_COLUMN " + at + ".column");
  Add("s", rowan::Set({Int(1)}));
  request_.mutable_changes(0)->mutable_update_elements()->set_column_id(4);
  EXPECT_EQ(Refused(), "BAD_COLUMNS " + at + ".column");
  Add("", rowan::Set({Int(1)}));
  EXPECT_EQ(Refused(), "BAD_COLUMNS " + at + ".column");
  *Update("m")->mutable_prepend() = List({Int(1)});
  EXPECT_EQ(Refused(), "WRONG_TYPE " + at + ".prepend");
  Update("s")->set_ttl_s(-1);
  EXPECT_EQ(Refused(), "BAD_TTL " + at + ".ttl_s");
  Update("m")->set_delete_at(0);
  EXPECT_EQ(Refused(), "WRONG_TYPE " + at + ".delete_at");
  v1::Upsert* upsert = NewUpsert();
  for (int i = 0; i < 2; ++i) {
    upsert->add_columns("s");
    *upsert->add_values() = rowan::Set({Int(1)});
  }
  EXPECT_EQ(Refused(), "COLUMN_TWICE changes[0].upsert.columns");
}

TEST_F(CollectionTest, CollectionsMayOutgrowWhatOneRequestBrings) {
  for (int part = 0; part < 2; ++part) {
    v1::Value list = List({});
    for (int i = 0; i < 40'000; ++i) {
      *list.mutable_list_value()->add_values() = Int(i % 100);
    }
    Add("l", list);
    MustWrite();
  }
  EXPECT_EQ(Get("l").list_value().values_size(), 80'000);
}

}  // namespace
}  // namespace rowan
