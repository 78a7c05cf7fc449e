// SPDX-License-Identifier: Apache-2.0
#include "tests/node/service_node.h"

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "node/metadata/local_metadata_store.h"

namespace rowan {

CallError ErrorOf(const grpc::Status& status) {
  CallError error{.code = status.error_code(),
                  .message = status.error_message()};
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return error;
  for (const google::protobuf::Any& any : details.details()) {
    google::rpc::ErrorInfo info;
    google::rpc::BadRequest bad;
    if (any.UnpackTo(&info)) {
      EXPECT_EQ(info.domain(), "rowan");
      error.reason = info.reason();
    }
    if (any.UnpackTo(&bad)) error.field = bad.field_violations(0).field();
    error.retry_info |= any.Is<google::rpc::RetryInfo>();
  }
  return error;
}

ServiceNode::ServiceNode(Engine* served, int64_t requests_in_flight_max,
                         bool reflection, int64_t stop_patience_ms) {
  store_ = *LocalMetadataStore::Open(&files, "node/metadata");
  schemas_ = *SchemaRegistry::Open(store_.get());
  schemas_->set_engine(served);
  snapshots_ = *SnapshotStore::Open(&files, "node/snapshots");
  timestamps_ = *HybridClock::Open(&files, "node", &clock, &blocking_);
  coordinator_ = std::make_unique<Coordinator>(
      schemas_.get(), snapshots_.get(), timestamps_.get(), &clock, served,
      &blocking_, CoordinatorOptions{.node_id = std::string(16, '\1')});
  facts.name = "n1";
  facts.node_id = coordinator_->node_id();
  load_.Start();
  auto server =
      ClientServer::Start({.address = "127.0.0.1:0",
                           .reflection = reflection,
                           .requests_in_flight_max = requests_in_flight_max,
                           .stop_patience_ms = stop_patience_ms},
                          {.coordinator = coordinator_.get(),
                           .metrics = &metrics,
                           .facts = &facts,
                           .load = &load_,
                           .disk_free_bytes = [] { return kDiskFreeBytes; },
                           .clock = &clock,
                           .changes = &changes,
                           .pollers = &pollers_,
                           .poller_threads = 2});
  EXPECT_TRUE(server.ok()) << server.status();
  server_ = *std::move(server);
  channel = NewChannel();
  data = v1::Data::NewStub(channel);
  schema = v1::Schema::NewStub(channel);
  admin = v1::Admin::NewStub(channel);
}

void ServiceNode::StopServer() {
  if (server_ == nullptr) return;
  coordinator_->queue().Stop();
  server_->Stop();
  server_.reset();
}

ServiceNode::~ServiceNode() {
  StopServer();
  load_.Stop();
  EXPECT_TRUE(timestamps_->Stop().ok());
  change_thread_.Stop();
  blocking_.Stop();
}

std::shared_ptr<grpc::Channel> ServiceNode::NewChannel(
    int receive_bytes_max) const {
  grpc::ChannelArguments arguments;
  arguments.SetInt("grpc.use_local_subchannel_pool", 1);
  // As the server's: messages of many MiB may stand still with probing.
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  if (receive_bytes_max > 0) {
    arguments.SetMaxReceiveMessageSize(receive_bytes_max);
  }
  return grpc::CreateCustomChannel(
      facts.client_address, grpc::InsecureChannelCredentials(), arguments);
}

void ServiceNode::CreateKeyspace(std::string_view name) {
  v1::CreateKeyspaceRequest request;
  request.set_name(name.data(), name.size());
  v1::CreateKeyspaceResponse response;
  const grpc::Status status =
      Ask(schema.get(), &v1::Schema::Stub::CreateKeyspace, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
}

void ServiceNode::CreateType(
    std::string_view name,
    const std::vector<std::pair<std::string, std::string>>& fields) {
  v1::CreateTypeRequest request;
  request.mutable_type()->set_keyspace("ks");
  request.mutable_type()->set_name(name.data(), name.size());
  for (const auto& [field, cql_type] : fields) {
    v1::UserType::Field* added = request.mutable_type()->add_fields();
    added->set_name(field);
    added->set_cql_type(cql_type);
  }
  v1::CreateTypeResponse response;
  const grpc::Status status =
      Ask(schema.get(), &v1::Schema::Stub::CreateType, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
}

void ServiceNode::CreateStandardTable() {
  CreateKeyspace();
  MustCreateTable(TableOf(
      "t", {ColumnOf("pk", v1::COLUMN_TYPE_TEXT, v1::COLUMN_ROLE_PARTITION_KEY),
            ColumnOf("ck", v1::COLUMN_TYPE_BIGINT, v1::COLUMN_ROLE_CLUSTERING),
            ColumnOf("s", v1::COLUMN_TYPE_TEXT, v1::COLUMN_ROLE_STATIC),
            ColumnOf("a", v1::COLUMN_TYPE_INT, v1::COLUMN_ROLE_REGULAR),
            ColumnOf("b", v1::COLUMN_TYPE_TEXT, v1::COLUMN_ROLE_REGULAR)}));
}

void ServiceNode::MustCreateTable(const v1::Table& table) {
  const grpc::Status status = CreateTable(table);
  ASSERT_TRUE(status.ok()) << status.error_message();
}

grpc::Status ServiceNode::CreateTable(const v1::Table& table,
                                      v1::Table* created) {
  v1::CreateTableRequest request;
  *request.mutable_table() = table;
  v1::CreateTableResponse response;
  const grpc::Status status =
      Ask(schema.get(), &v1::Schema::Stub::CreateTable, request, &response);
  if (created != nullptr) *created = response.table();
  return status;
}

v1::Value Text(std::string_view text) {
  v1::Value value;
  value.set_string_value(text.data(), text.size());
  return value;
}

v1::Value Int(int64_t number) {
  v1::Value value;
  value.set_int_value(number);
  return value;
}

v1::Value Null() {
  v1::Value value;
  value.set_null_value(v1::NULL_VALUE);
  return value;
}

v1::Key KeyOf(std::vector<v1::Value> values) {
  v1::Key key;
  for (v1::Value& value : values) *key.add_values() = std::move(value);
  return key;
}

v1::Column ColumnOf(std::string_view name, v1::ColumnType type,
                    v1::ColumnRole role, bool descending) {
  v1::Column column;
  column.set_name(name.data(), name.size());
  column.set_type(type);
  column.set_role(role);
  column.set_descending(descending);
  return column;
}

v1::Column CqlColumn(std::string_view name, std::string_view cql_type,
                     v1::ColumnRole role) {
  v1::Column column = ColumnOf(name, v1::COLUMN_TYPE_UNSPECIFIED, role);
  column.set_cql_type(cql_type.data(), cql_type.size());
  return column;
}

v1::Table TableOf(std::string_view name,
                  const std::vector<v1::Column>& columns) {
  v1::Table table;
  table.set_keyspace("ks");
  table.set_name(name.data(), name.size());
  for (const v1::Column& column : columns) *table.add_columns() = column;
  return table;
}

v1::WriteRequest PutA(std::string_view pk, int64_t ck, int64_t a,
                      int64_t timestamp_us) {
  v1::WriteRequest request;
  request.mutable_table()->set_name("ks.t");
  *request.mutable_partition_key() = KeyOf({Text(pk)});
  v1::Upsert* upsert = request.add_changes()->mutable_upsert();
  *upsert->mutable_clustering() = KeyOf({Int(ck)});
  upsert->add_columns("a");
  *upsert->add_values() = Int(a);
  request.set_timestamp_us(timestamp_us);
  return request;
}

v1::ReadRequest ReadWideRow(std::string_view pk) {
  v1::ReadRequest request;
  request.mutable_table()->set_name("ks.t");
  *request.mutable_partition_key() = KeyOf({Text(pk)});
  return request;
}

}  // namespace rowan
