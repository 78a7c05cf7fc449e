// SPDX-License-Identifier: Apache-2.0
#include "node/service/user_type_service.h"

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/model/composite/column_type.h"
#include "tests/node/service_node.h"

namespace rowan {
namespace {

using grpc::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using Stub = v1::Schema::Stub;
using Fields = std::vector<std::pair<std::string, std::string>>;

class UserTypeServiceTest : public testing::Test {
 protected:
  void SetUp() override { node_.CreateKeyspace(); }

  template <typename Request, typename Response>
  CallError Do(grpc::Status (Stub::*method)(grpc::ClientContext*,
                                            const Request&, Response*),
               const Request& request, Response* response) {
    return ErrorOf(Ask(node_.schema.get(), method, request, response));
  }
  static v1::UserType TypeOf(const std::string& name, const Fields& fields) {
    v1::UserType type;
    type.set_keyspace("ks");
    type.set_name(name);
    for (const auto& [field, cql_type] : fields) {
      v1::UserType::Field* added = type.add_fields();
      added->set_name(field);
      added->set_cql_type(cql_type);
    }
    return type;
  }
  CallError Create(const v1::UserType& type, bool if_not_exists = false) {
    v1::CreateTypeRequest request;
    *request.mutable_type() = type;
    request.set_if_not_exists(if_not_exists);
    return Do(&Stub::CreateType, request, &created_);
  }
  CallError Create(const std::string& name, const Fields& fields) {
    return Create(TypeOf(name, fields));
  }
  CallError Drop(const std::string& name) {
    v1::DropTypeRequest request;
    request.set_keyspace("ks");
    request.set_name(name);
    v1::DropTypeResponse response;
    return Do(&Stub::DropType, request, &response);
  }
  CallError CreateTable(const std::string& cql_type) {
    return ErrorOf(node_.CreateTable(
        TableOf("t", {CqlColumn("k", "int", v1::COLUMN_ROLE_PARTITION_KEY),
                      CqlColumn("v", cql_type, v1::COLUMN_ROLE_REGULAR)})));
  }
  void DropTable() {
    v1::DropTableRequest request;
    request.set_keyspace("ks");
    request.set_name("t");
    request.set_no_snapshot(true);
    v1::DropTableResponse response;
    EXPECT_EQ(Do(&Stub::DropTable, request, &response).code, StatusCode::OK);
  }
  v1::Table GetTable() {
    v1::GetTableRequest request;
    request.set_keyspace("ks");
    request.set_name("t");
    v1::Table table;
    EXPECT_EQ(Do(&Stub::GetTable, request, &table).code, StatusCode::OK);
    return table;
  }
  uint64_t FingerprintNow() {
    v1::GetTypeRequest get;
    get.set_keyspace("ks");
    get.set_name("address");
    v1::UserType type;
    EXPECT_EQ(Do(&Stub::GetType, get, &type).code, StatusCode::OK);
    return type.fingerprint();
  }
  CallError Alter(const Fields& additions, const Fields& renames,
                  uint64_t fingerprint = 0) {
    v1::AlterTypeRequest request;
    request.set_fingerprint(fingerprint);
    request.set_keyspace("ks");
    request.set_name("address");
    *request.mutable_add_fields() = TypeOf("", additions).fields();
    for (const auto& [from, to] : renames) {
      request.add_rename_fields()->set_from(from);
      request.mutable_rename_fields()->rbegin()->set_to(to);
    }
    v1::AlterTypeResponse response;
    return Do(&Stub::AlterType, request, &response);
  }
  CallError Change(v1::Change change) {
    v1::WriteRequest request;
    request.mutable_table()->set_name("ks.t");
    *request.mutable_partition_key() = KeyOf({Int(1)});
    *request.add_changes() = std::move(change);
    v1::WriteResponse response;
    return ErrorOf(
        Ask(node_.data.get(), &v1::Data::Stub::Write, request, &response));
  }
  // v of the row, by field: "text" or "null".
  std::vector<std::string> Value() {
    v1::ReadRequest request;
    request.mutable_table()->set_name("ks.t");
    *request.mutable_partition_key() = KeyOf({Int(1)});
    v1::ReadResponse response;
    EXPECT_TRUE(
        Ask(node_.data.get(), &v1::Data::Stub::Read, request, &response).ok());
    std::vector<std::string> fields;
    if (response.rows_size() != 1) return {"no row"};
    for (const v1::Value& value :
         response.rows(0).values(1).udt_value().values()) {
      fields.push_back(value.has_null_value() ? "null" : value.string_value());
    }
    return fields;
  }
  static v1::UserValue Udt(const Fields& fields) {
    v1::UserValue udt;
    for (const auto& [name, text] : fields) {
      udt.add_fields(name);
      *udt.add_values() = text == "null" ? Null() : Text(text);
    }
    return udt;
  }

  ServiceNode node_;
  v1::CreateTypeResponse created_;
};

TEST_F(UserTypeServiceTest, TypesComeAndGo) {
  ASSERT_EQ(Create("address", {{"street", "text"}, {"no", "int"}}).code,
            StatusCode::OK);
  EXPECT_TRUE(created_.created());
  EXPECT_EQ(created_.type().fields(1).type().kind(), v1::COLUMN_TYPE_INT);
  EXPECT_EQ(Create("address", {{"x", "int"}}).code, StatusCode::ALREADY_EXISTS);
  ASSERT_EQ(Create(TypeOf("address", {{"x", "int"}}), true).code,
            StatusCode::OK);
  EXPECT_FALSE(created_.created());
  EXPECT_EQ(created_.type().fields(0).name(), "street");
  v1::GetTypeRequest get;
  get.set_keyspace("ks");
  get.set_name("address");
  v1::UserType type;
  ASSERT_EQ(Do(&Stub::GetType, get, &type).code, StatusCode::OK);
  EXPECT_EQ(type.fields(0).cql_type(), "text");
  EXPECT_EQ(Drop("address").code, StatusCode::OK);
  EXPECT_EQ(Drop("address").code, StatusCode::NOT_FOUND);
  EXPECT_EQ(Do(&Stub::GetType, get, &type).code, StatusCode::NOT_FOUND);
}

TEST_F(UserTypeServiceTest, WhatIsNoTypeIsRefusedWithItsField) {
  EXPECT_EQ(Create("Bad", {{"a", "int"}}).field, "type");
  EXPECT_EQ(Create("t", {}).reason, "BAD_TYPE");
  EXPECT_EQ(Create("t", {{"a", "int"}, {"a", "int"}}).reason, "BAD_TYPE");
  EXPECT_EQ(Create("t", {{"a", "nothing"}}).field, "type.fields[0].cql_type");
  EXPECT_EQ(Create("t", {{"a", "list<int>"}}).reason, "BAD_TYPE");
  EXPECT_EQ(Create("t", {{"a", ""}}).field, "type.fields[0].type");
  EXPECT_EQ(Create("t", {{"a", "t"}}).field, "type.fields[0].cql_type");
  // A column of it would read back as another type.
  for (const char* word : {"int", "varchar", "list", "frozen", "tuple"}) {
    const CallError error = Create(word, {{"a", "int"}});
    EXPECT_EQ(error.code, StatusCode::INVALID_ARGUMENT) << word;
    EXPECT_THAT(error.message, testing::HasSubstr("a word of CQL"));
  }
  v1::UserType elsewhere = TypeOf("t", {{"a", "int"}});
  elsewhere.set_keyspace("none");
  EXPECT_EQ(Create(elsewhere).code, StatusCode::NOT_FOUND);
  Fields fields;
  for (size_t i = 0; i < kTypeFieldsMax; ++i) {
    fields.emplace_back("f" + std::to_string(i), "int");
  }
  EXPECT_EQ(Create("most", fields).code, StatusCode::OK);
  fields.emplace_back("one_more", "int");
  EXPECT_EQ(Create("t", fields).reason, "OVER_LIMIT");
}

TEST_F(UserTypeServiceTest, WhatIsUsedStays) {
  ASSERT_EQ(Create("inner", {{"a", "text"}}).code, StatusCode::OK);
  ASSERT_EQ(Create("outer", {{"b", "frozen<inner>"}}).code, StatusCode::OK);
  EXPECT_EQ(Drop("inner").reason, "TYPE_IN_USE");
  ASSERT_EQ(CreateTable("frozen<map<text, outer>>").code, StatusCode::OK);
  EXPECT_EQ(Drop("outer").reason, "TYPE_IN_USE");
  v1::DropKeyspaceRequest drop;
  drop.set_name("ks");
  v1::DropKeyspaceResponse dropped;
  EXPECT_EQ(Do(&Stub::DropKeyspace, drop, &dropped).reason,
            "KEYSPACE_NOT_EMPTY");
  v1::DropTableRequest table;
  table.set_keyspace("ks");
  table.set_name("t");
  v1::DropTableResponse unused;
  ASSERT_EQ(Do(&Stub::DropTable, table, &unused).code, StatusCode::OK);
  EXPECT_EQ(Do(&Stub::DropKeyspace, drop, &dropped).reason,
            "KEYSPACE_NOT_EMPTY");
  EXPECT_EQ(Drop("outer").code, StatusCode::OK);
  EXPECT_EQ(Drop("inner").code, StatusCode::OK);
  EXPECT_EQ(Do(&Stub::DropKeyspace, drop, &dropped).code, StatusCode::OK);
}

TEST_F(UserTypeServiceTest, ListsComeInPages) {
  for (const char* name : {"b", "a", "c"}) {
    ASSERT_EQ(Create(name, {{"x", "int"}}).code, StatusCode::OK);
  }
  v1::ListTypesRequest request;
  request.set_keyspace("ks");
  request.set_page_size(2);
  std::vector<std::string> names;
  do {
    v1::ListTypesResponse page;
    ASSERT_EQ(Do(&Stub::ListTypes, request, &page).code, StatusCode::OK);
    for (const v1::UserType& type : page.types()) names.push_back(type.name());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(names, ElementsAre("a", "b", "c"));
  request.set_keyspace("none");
  v1::ListTypesResponse page;
  EXPECT_EQ(Do(&Stub::ListTypes, request, &page).reason, "UNKNOWN_KEYSPACE");
}

TEST_F(UserTypeServiceTest, FieldsAreWrittenEachForItself) {
  ASSERT_EQ(Create("address", {{"street", "text"}, {"city", "text"}}).code,
            StatusCode::OK);
  ASSERT_EQ(CreateTable("address").code, StatusCode::OK);
  EXPECT_EQ(GetTable().columns(1).cql_type(), "address");
  v1::Change change;
  v1::Upsert* upsert = change.mutable_upsert();
  upsert->add_columns("v");
  *upsert->add_values()->mutable_udt_value() =
      Udt({{"street", "a"}, {"city", "b"}});
  ASSERT_EQ(Change(change).code, StatusCode::OK);
  EXPECT_THAT(Value(), ElementsAre("a", "b"));
  v1::UpdateElements* update = change.mutable_update_elements();
  update->set_column("v");
  *update->mutable_add()->mutable_udt_value() = Udt({{"street", "null"}});
  ASSERT_EQ(Change(change).code, StatusCode::OK);
  EXPECT_THAT(Value(), ElementsAre("null", "b"));
}

TEST_F(UserTypeServiceTest, AnAlteredTypeChangesEveryTableThatUsesIt) {
  ASSERT_EQ(Create("address", {{"street", "text"}, {"city", "text"}}).code,
            StatusCode::OK);
  ASSERT_EQ(Create("person", {{"home", "frozen<address>"}}).code,
            StatusCode::OK);
  ASSERT_EQ(CreateTable("address").code, StatusCode::OK);
  v1::Change change;
  change.mutable_upsert()->add_columns("v");
  *change.mutable_upsert()->add_values()->mutable_udt_value() =
      Udt({{"street", "a"}, {"city", "b"}});
  ASSERT_EQ(Change(change).code, StatusCode::OK);
  const CallError error =
      Alter({{"zip", "text"}}, {{"street", "city"}, {"city", "street"}});
  ASSERT_EQ(error.code, StatusCode::OK) << error.message;
  const v1::Table table = GetTable();
  EXPECT_EQ(table.schema_version(), 2u);
  EXPECT_THAT(table.columns(1).data_type().field_names(),
              ElementsAre("city", "street", "zip"));
  EXPECT_THAT(Value(), ElementsAre("a", "b", "null"));
  v1::UpdateElements* update = change.mutable_update_elements();
  update->set_column("v");
  *update->mutable_add()->mutable_udt_value() =
      Udt({{"zip", "z"}, {"city", "c"}});
  ASSERT_EQ(Change(change).code, StatusCode::OK);
  EXPECT_THAT(Value(), ElementsAre("c", "b", "z"));
  v1::GetTypeRequest get;
  get.set_keyspace("ks");
  get.set_name("person");
  v1::UserType person;
  ASSERT_EQ(Do(&Stub::GetType, get, &person).code, StatusCode::OK);
  EXPECT_EQ(person.fields(0).type().field_names_size(), 3);
}

TEST_F(UserTypeServiceTest, AnAlterationThatMakesNoTypeIsRefused) {
  ASSERT_EQ(Create("address", {{"street", "text"}}).code, StatusCode::OK);
  ASSERT_EQ(CreateTable("frozen<address>").code, StatusCode::OK);
  EXPECT_EQ(Alter({}, {}).reason, "EMPTY_CHANGE");
  EXPECT_EQ(Alter({{"street", "int"}}, {}).reason, "BAD_TYPE");
  EXPECT_EQ(Alter({{"self", "frozen<address>"}}, {}).reason, "BAD_TYPE");
  EXPECT_EQ(Alter({{"x", "nothing"}}, {}).field, "add_fields[0].cql_type");
  EXPECT_EQ(Alter({}, {{"none", "x"}}).field, "rename_fields[0]");
  const CallError twice = Alter({}, {{"street", "x"}, {"street", "y"}});
  EXPECT_EQ(twice.reason, "FIELD_TWICE");
  EXPECT_EQ(twice.field, "rename_fields[1]");
  EXPECT_EQ(GetTable().schema_version(), 1u);
  // To the same name: nothing changes, nothing is told of a change.
  EXPECT_EQ(Alter({}, {{"street", "street"}}).code, StatusCode::OK);
  EXPECT_EQ(GetTable().schema_version(), 1u);
}

TEST_F(UserTypeServiceTest, TypeOfAPartitionKeyTakesNoField) {
  ASSERT_EQ(Create("address", {{"street", "text"}}).code, StatusCode::OK);
  node_.MustCreateTable(
      TableOf("t", {CqlColumn("k", "frozen<list<frozen<address>>>",
                              v1::COLUMN_ROLE_PARTITION_KEY),
                    CqlColumn("v", "int", v1::COLUMN_ROLE_REGULAR)}));
  EXPECT_EQ(Alter({{"no", "int"}}, {}).reason, "TYPE_IN_PARTITION_KEY");
  EXPECT_EQ(GetTable().schema_version(), 1u);
  EXPECT_EQ(Alter({}, {{"street", "road"}}).code, StatusCode::OK);
}

// Of a clustering key, inside a list, by a field of a type inside; or of the
// elements of a set.
TEST_F(UserTypeServiceTest, TypeOfAKeyTakesNoFieldWithoutAnOrder) {
  ASSERT_EQ(Create("address", {{"street", "text"}}).code, StatusCode::OK);
  ASSERT_EQ(Create("person", {{"home", "frozen<address>"}}).code,
            StatusCode::OK);
  const std::vector<std::pair<std::string, v1::ColumnRole>> columns = {
      {"frozen<address>", v1::COLUMN_ROLE_CLUSTERING},
      {"frozen<list<frozen<address>>>", v1::COLUMN_ROLE_CLUSTERING},
      {"frozen<person>", v1::COLUMN_ROLE_CLUSTERING},
      {"set<frozen<address>>", v1::COLUMN_ROLE_REGULAR}};
  for (const auto& [cql_type, role] : columns) {
    v1::Table table;
    table.set_keyspace("ks");
    table.set_name("t");
    *table.add_columns() =
        ColumnOf("k", v1::COLUMN_TYPE_INT, v1::COLUMN_ROLE_PARTITION_KEY);
    *table.add_columns() = ColumnOf("c", v1::COLUMN_TYPE_UNSPECIFIED, role);
    table.mutable_columns(1)->set_cql_type(cql_type);
    ASSERT_EQ(ErrorOf(node_.CreateTable(table)).code, StatusCode::OK);
    const uint64_t before = FingerprintNow();
    for (const char* field : {"duration", "frozen<list<duration>>",
                              "frozen<map<text, duration>>"}) {
      const CallError error = Alter({{"stay", field}}, {});
      EXPECT_EQ(error.code, StatusCode::INVALID_ARGUMENT)
          << cql_type << " with " << field << ": " << error.message;
      EXPECT_THAT(error.message, HasSubstr("duration"));
    }
    EXPECT_EQ(FingerprintNow(), before);
    EXPECT_EQ(GetTable().schema_version(), 1u);
    DropTable();
  }
  // It is nobody's key any more.
  EXPECT_EQ(Alter({{"stay", "duration"}}, {}).code, StatusCode::OK);
  EXPECT_EQ(CreateTable("frozen<address>").code, StatusCode::OK);
}

TEST_F(UserTypeServiceTest, FingerprintsDifferWhenFieldsDo) {
  ASSERT_EQ(Create("inner", {{"a", "text"}}).code, StatusCode::OK);
  ASSERT_EQ(Create("address", {{"a", "int"}, {"i", "frozen<inner>"}}).code,
            StatusCode::OK);
  const uint64_t first = FingerprintNow();
  EXPECT_NE(first, 0u);
  EXPECT_EQ(created_.type().fingerprint(), first);
  ASSERT_EQ(Alter({}, {{"a", "b"}}, first).code, StatusCode::OK);
  const uint64_t second = FingerprintNow();
  EXPECT_NE(second, first);
  const CallError late = Alter({{"c", "int"}}, {}, first);
  EXPECT_EQ(late.code, StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(late.reason, "TYPE_CHANGED");
  EXPECT_EQ(late.field, "fingerprint");
  EXPECT_EQ(FingerprintNow(), second);
  v1::AlterTypeRequest request;  // of the type inside
  request.set_keyspace("ks");
  request.set_name("inner");
  *request.mutable_add_fields() = TypeOf("", {{"b", "int"}}).fields();
  v1::AlterTypeResponse response;
  ASSERT_EQ(Do(&Stub::AlterType, request, &response).code, StatusCode::OK);
  EXPECT_NE(FingerprintNow(), second);
}

TEST_F(UserTypeServiceTest, OfTwoWhoRaceOneWins) {
  ASSERT_EQ(Create("address", {{"a", "int"}}).code, StatusCode::OK);
  for (int round = 0; round < 20; ++round) {
    const uint64_t present = FingerprintNow();
    std::atomic<int> won{0}, refused{0};
    const auto race = [&](const std::string& field) {
      const CallError error =
          Alter({{field + std::to_string(round), "int"}}, {}, present);
      won += error.code == StatusCode::OK;
      refused += error.reason == "TYPE_CHANGED";
    };
    std::thread one(race, "one"), two(race, "two");
    one.join();
    two.join();
    ASSERT_EQ(won, 1);
    ASSERT_EQ(refused, 1);
  }
}

}  // namespace
}  // namespace rowan
