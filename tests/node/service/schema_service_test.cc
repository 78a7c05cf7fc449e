// SPDX-License-Identifier: Apache-2.0
#include "node/service/schema_service.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/node/service_node.h"

namespace rowan {
namespace {

using grpc::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using Stub = v1::Schema::Stub;

class SchemaServiceTest : public testing::Test {
 protected:
  template <typename Request, typename Response>
  grpc::Status Do(grpc::Status (Stub::*method)(grpc::ClientContext*,
                                               const Request&, Response*),
                  const Request& request, Response* response) {
    return Ask(node_.schema.get(), method, request, response);
  }
  grpc::Status CreateKeyspace(const std::string& name,
                              bool if_not_exists = false,
                              bool* created = nullptr) {
    v1::CreateKeyspaceRequest request;
    request.set_name(name);
    request.set_if_not_exists(if_not_exists);
    v1::CreateKeyspaceResponse response;
    const grpc::Status status = Do(&Stub::CreateKeyspace, request, &response);
    if (created != nullptr) *created = response.created();
    return status;
  }
  static v1::Table Sample(const std::string& name) {
    v1::Table table;
    table.set_keyspace("ks");
    table.set_name(name);
    *table.add_columns() =
        ColumnOf("p", v1::COLUMN_TYPE_UUID, v1::COLUMN_ROLE_PARTITION_KEY);
    *table.add_columns() = ColumnOf("c", v1::COLUMN_TYPE_TIMESTAMP,
                                    v1::COLUMN_ROLE_CLUSTERING, true);
    *table.add_columns() =
        ColumnOf("v", v1::COLUMN_TYPE_DECIMAL, v1::COLUMN_ROLE_REGULAR);
    return table;
  }
  CallError CreateError(const v1::Table& table) {
    return ErrorOf(node_.CreateTable(table));
  }

  ServiceNode node_;
};

TEST_F(SchemaServiceTest, KeyspacesComeAndGo) {
  bool created = false;
  ASSERT_TRUE(CreateKeyspace("ks", false, &created).ok());
  EXPECT_TRUE(created);
  CallError error = ErrorOf(CreateKeyspace("ks"));
  EXPECT_EQ(error.code, StatusCode::ALREADY_EXISTS);
  EXPECT_EQ(error.field, "name");
  ASSERT_TRUE(CreateKeyspace("ks", true, &created).ok());
  EXPECT_FALSE(created);

  v1::DropKeyspaceRequest drop;
  drop.set_name("ks");
  v1::DropKeyspaceResponse dropped;
  ASSERT_TRUE(Do(&Stub::DropKeyspace, drop, &dropped).ok());
  EXPECT_TRUE(dropped.dropped());
  EXPECT_EQ(ErrorOf(Do(&Stub::DropKeyspace, drop, &dropped)).code,
            StatusCode::NOT_FOUND);
  drop.set_if_exists(true);
  ASSERT_TRUE(Do(&Stub::DropKeyspace, drop, &dropped).ok());
  EXPECT_FALSE(dropped.dropped());
  v1::GetKeyspaceRequest get;
  get.set_name("ks");
  v1::Keyspace keyspace;
  EXPECT_EQ(ErrorOf(Do(&Stub::GetKeyspace, get, &keyspace)).reason,
            "UNKNOWN_KEYSPACE");
}

TEST_F(SchemaServiceTest, TablesComeBackWholeAndGo) {
  ASSERT_TRUE(CreateKeyspace("ks").ok());
  v1::Table table = Sample("t");
  table.mutable_options()->set_partitions(64);
  table.mutable_options()->set_compaction_scaling(-4);
  table.mutable_options()->set_compression(v1::COMPRESSION_LZ4);
  table.mutable_options()->set_default_ttl_s(60);
  table.mutable_options()->set_tombstone_grace_s(0);
  v1::Table created;
  const grpc::Status status = node_.CreateTable(table, &created);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_GT(created.handle(), 0u);
  EXPECT_EQ(created.schema_version(), 1u);
  EXPECT_EQ(created.columns(1).id(), 2u);
  EXPECT_TRUE(created.columns(1).descending());
  EXPECT_EQ(created.options().partitions(), 64u);
  EXPECT_EQ(created.options().compaction_scaling(), -4);
  EXPECT_EQ(created.options().tombstone_grace_s(), 0);

  v1::GetTableRequest get;
  get.set_keyspace("ks");
  get.set_name("t");
  v1::Table got;
  ASSERT_TRUE(Do(&Stub::GetTable, get, &got).ok());
  EXPECT_EQ(got.SerializeAsString(), created.SerializeAsString());

  EXPECT_EQ(CreateError(table).code, StatusCode::ALREADY_EXISTS);
  v1::DropKeyspaceRequest drop_keyspace;
  drop_keyspace.set_name("ks");
  v1::DropKeyspaceResponse unused;
  EXPECT_EQ(ErrorOf(Do(&Stub::DropKeyspace, drop_keyspace, &unused)).reason,
            "KEYSPACE_NOT_EMPTY");

  v1::DropTableRequest drop;
  drop.set_keyspace("ks");
  drop.set_name("t");
  v1::DropTableResponse dropped;
  ASSERT_TRUE(Do(&Stub::DropTable, drop, &dropped).ok());
  EXPECT_EQ(ErrorOf(Do(&Stub::DropTable, drop, &dropped)).code,
            StatusCode::NOT_FOUND);
  EXPECT_EQ(ErrorOf(Do(&Stub::GetTable, get, &got)).reason, "UNKNOWN_TABLE");
  v1::Table again;
  ASSERT_TRUE(node_.CreateTable(table, &again).ok());
  EXPECT_GT(again.handle(), created.handle());
}

TEST_F(SchemaServiceTest, DefaultsAreFilledIn) {
  ASSERT_TRUE(CreateKeyspace("ks").ok());
  v1::Table created;
  ASSERT_TRUE(node_.CreateTable(Sample("t"), &created).ok());
  EXPECT_EQ(created.options().partitions(), 16u);
  EXPECT_EQ(created.options().compaction_scaling(), 2);
  EXPECT_EQ(created.options().compression(), v1::COMPRESSION_NONE);
  EXPECT_EQ(created.options().default_ttl_s(), 0);
  EXPECT_EQ(created.options().tombstone_grace_s(), 864000);
}

TEST_F(SchemaServiceTest, BadTablesNameTheField) {
  EXPECT_EQ(CreateError(Sample("t")).code, StatusCode::NOT_FOUND);
  ASSERT_TRUE(CreateKeyspace("ks").ok());
  v1::Table table = Sample("t");
  table.mutable_options()->set_partitions(3);
  EXPECT_EQ(CreateError(table).field, "table.options.partitions");
  table.mutable_options()->set_partitions(0);
  EXPECT_EQ(CreateError(table).field, "table.options.partitions");
  table = Sample("t");
  table.mutable_options()->set_compaction_scaling(33);
  EXPECT_EQ(CreateError(table).field, "table.options.compaction_scaling");
  table = Sample("t");
  table.mutable_options()->set_default_ttl_s(-1);
  EXPECT_EQ(CreateError(table).field, "table.options.default_ttl_s");
  table = Sample("t");
  table.mutable_columns(2)->clear_type();
  EXPECT_EQ(CreateError(table).field, "table.columns[2].type");
  table = Sample("t");
  table.mutable_columns(2)->set_descending(true);
  EXPECT_EQ(CreateError(table).field, "table.columns[2].descending");
  table = Sample("t");
  table.mutable_columns(0)->set_role(v1::COLUMN_ROLE_CLUSTERING);
  EXPECT_EQ(CreateError(table).reason, "BAD_SCHEMA");
  table = Sample("t");
  table.mutable_columns(2)->set_name("c");
  EXPECT_EQ(CreateError(table).code, StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(CreateError(Sample("Bad-Name")).code, StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(ErrorOf(CreateKeyspace("Bad.Name")).field, "name");
}

TEST_F(SchemaServiceTest, ListsComeInPages) {
  for (const char* name : {"a", "b", "c"}) {
    ASSERT_TRUE(CreateKeyspace(name).ok());
  }
  v1::ListKeyspacesRequest request;
  request.set_page_size(2);
  v1::ListKeyspacesResponse page;
  ASSERT_TRUE(Do(&Stub::ListKeyspaces, request, &page).ok());
  ASSERT_EQ(page.keyspaces_size(), 2);
  request.set_page_token(page.next_page_token());
  v1::ListKeyspacesResponse second;
  ASSERT_TRUE(Do(&Stub::ListKeyspaces, request, &second).ok());
  ASSERT_EQ(second.keyspaces_size(), 1);
  EXPECT_EQ(second.keyspaces(0).name(), "c");
  EXPECT_EQ(second.next_page_token(), "");

  ASSERT_TRUE(CreateKeyspace("ks").ok());
  for (const char* name : {"z", "x", "y"}) {
    ASSERT_TRUE(node_.CreateTable(Sample(name)).ok());
  }
  v1::ListTablesRequest tables;
  tables.set_keyspace("ks");
  tables.set_page_size(1);
  std::vector<std::string> names;
  for (;;) {
    v1::ListTablesResponse answer;
    ASSERT_TRUE(Do(&Stub::ListTables, tables, &answer).ok());
    for (const v1::Table& table : answer.tables())
      names.push_back(table.name());
    if (answer.next_page_token().empty()) break;
    tables.set_page_token(answer.next_page_token());
  }
  EXPECT_THAT(names, ElementsAre("x", "y", "z"));
  tables.set_keyspace("none");
  v1::ListTablesResponse answer;
  EXPECT_EQ(ErrorOf(Do(&Stub::ListTables, tables, &answer)).reason,
            "UNKNOWN_KEYSPACE");
}

}  // namespace
}  // namespace rowan
