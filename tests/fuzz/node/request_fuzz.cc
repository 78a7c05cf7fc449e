// SPDX-License-Identifier: Apache-2.0
// A request to a node over a real channel and an engine in memory: a byte that
// picks the method, then the bytes of its message.

#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "grpcpp/generic/generic_stub.h"
#include "storage/base/check.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/fuzz/targets.h"
#include "tests/node/service_node.h"

namespace rowan {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;

// What a node may hold of earlier inputs.
constexpr int kCallsPerNode = 500;
constexpr std::chrono::seconds kHangs{20};

// All but those that clients stream to, in the order of the contract.
std::vector<const MethodDescriptor*> Methods() {
  std::vector<const MethodDescriptor*> methods;
  for (const char* name : {"Data", "Schema", "Admin"}) {
    const auto* service = DescriptorPool::generated_pool()->FindServiceByName(
        std::string("rowan.v1.") + name);
    for (int i = 0; i < service->method_count(); ++i) {
      if (service->method(i)->client_streaming()) continue;
      methods.push_back(service->method(i));
    }
  }
  return methods;
}

std::unique_ptr<ServiceNode> NewNode() {
  auto node = std::make_unique<ServiceNode>();
  node->CreateStandardTable();
  node->CreateType("u", {{"a", "int"}, {"b", "text"}});
  node->MustCreateTable(
      TableOf("c", {CqlColumn("pk", "text", v1::COLUMN_ROLE_PARTITION_KEY),
                    CqlColumn("n", "counter", v1::COLUMN_ROLE_REGULAR)}));
  node->MustCreateTable(TableOf(
      "x", {CqlColumn("pk", "text", v1::COLUMN_ROLE_PARTITION_KEY),
            CqlColumn("ck", "frozen<u>", v1::COLUMN_ROLE_CLUSTERING),
            CqlColumn("l", "list<frozen<u>>", v1::COLUMN_ROLE_REGULAR),
            CqlColumn("m", "map<text, int>", v1::COLUMN_ROLE_REGULAR),
            CqlColumn("t", "tuple<int, duration>", v1::COLUMN_ROLE_REGULAR)}));
  return node;
}

grpc::Status Ask(const ServiceNode& node, const MethodDescriptor& method,
                 const std::string& message) {
  grpc::GenericStub stub(node.channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kHangs);
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareCall(
      &context, "/" + method.service()->full_name() + "/" + method.name(),
      &queue);
  const auto wait = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    ROWAN_CHECK(queue.Next(&tag, &ok));
    return ok;
  };
  call->StartCall(nullptr);
  wait();
  const grpc::Slice slice(message);
  call->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), nullptr);
  wait();
  grpc::ByteBuffer answer;
  do {
    call->Read(&answer, nullptr);
  } while (wait());
  grpc::Status status;
  call->Finish(&status, nullptr);
  wait();
  queue.Shutdown();
  return status;
}

void Run(std::string_view input) {
  static const std::vector<const MethodDescriptor*> methods = Methods();
  static std::unique_ptr<ServiceNode> node;
  static int calls = 0;
  FuzzInput in(input);
  const MethodDescriptor& method = *methods[in.Below(methods.size())];
  const std::string message(in.Rest());
  const std::unique_ptr<google::protobuf::Message> parsed(
      MessageFactory::generated_factory()
          ->GetPrototype(method.input_type())
          ->New());
  if (!parsed->ParseFromString(message)) return;
  if (node == nullptr || calls++ == kCallsPerNode) {
    node.reset();
    node = NewNode();
    calls = 0;
  }
  const grpc::Status status = Ask(*node, method, message);
  ROWAN_CHECK(status.error_code() != grpc::StatusCode::DEADLINE_EXCEEDED);
  ROWAN_CHECK(status.error_code() != grpc::StatusCode::INTERNAL);
  ROWAN_CHECK(status.error_code() != grpc::StatusCode::UNKNOWN);
  // The next input finds the tables that this one may have changed.
  if (status.ok() && method.service()->name() == "Schema") node.reset();
}

std::string Seed(const char* method, const google::protobuf::Message& message) {
  const auto methods = Methods();
  for (size_t i = 0; i < methods.size(); ++i) {
    if (methods[i]->name() != method) continue;
    return static_cast<char>(i) + message.SerializeAsString();
  }
  ROWAN_CHECK(false);
  return "";
}

v1::ReadRequest ReadAll() {
  v1::ReadRequest read = ReadWideRow("a");
  *read.add_slices()->mutable_prefix() = KeyOf({Int(1)});
  read.add_columns("a");
  read.set_page_rows(2);
  v1::Predicate* predicate = read.add_predicates();
  predicate->set_column("a");
  predicate->set_op(v1::OPERATOR_GREATER);
  *predicate->mutable_value() = Int(0);
  return read;
}

v1::CheckAndWriteRequest Check() {
  v1::CheckAndWriteRequest check;
  check.mutable_table()->set_name("ks.t");
  *check.mutable_partition_key() = KeyOf({Text("a")});
  v1::RowCondition* row = check.add_conditions()->mutable_row();
  *row->mutable_clustering() = KeyOf({Int(1)});
  row->set_exists(true);
  *check.add_success() = PutA("a", 1, 2).changes(0);
  return check;
}

v1::WriteRequest Elements() {
  v1::WriteRequest write;
  write.mutable_table()->set_name("ks.x");
  *write.mutable_partition_key() = KeyOf({Text("a")});
  v1::UpdateElements* update = write.add_changes()->mutable_update_elements();
  v1::Value user;
  *user.mutable_udt_value()->add_values() = Int(1);
  *update->mutable_clustering() = KeyOf({user});
  update->set_column("l");
  *update->mutable_add()->mutable_list_value()->add_values() = user;
  return write;
}

std::vector<std::string> Seeds() {
  v1::BatchWriteRequest batch;
  *batch.add_writes() = PutA("a", 1, 1);
  v1::BatchReadRequest reads;
  *reads.add_reads() = ReadAll();
  v1::IncrementRequest increment;
  increment.mutable_table()->set_name("ks.c");
  *increment.mutable_partition_key() = KeyOf({Text("a")});
  increment.add_changes()->set_column("n");
  increment.mutable_changes(0)->set_delta(3);
  v1::AlterTableRequest alter;
  alter.set_keyspace("ks");
  alter.set_name("t");
  alter.add_drop_columns("b");
  v1::CreateTableRequest create;
  *create.mutable_table() =
      TableOf("new", {CqlColumn("pk", "text", v1::COLUMN_ROLE_PARTITION_KEY)});
  v1::ReadRequest scan;
  scan.mutable_table()->set_name("ks.x");
  return {Seed("Write", PutA("a", 1, 1)),
          Seed("Write", Elements()),
          Seed("Read", ReadAll()),
          Seed("ReadStream", scan),
          Seed("BatchWrite", batch),
          Seed("BatchRead", reads),
          Seed("CheckAndWrite", Check()),
          Seed("Increment", increment),
          Seed("AlterTable", alter),
          Seed("CreateTable", create),
          Seed("GetNodeStatus", v1::GetNodeStatusRequest()),
          Seed("ListSnapshots", v1::ListSnapshotsRequest())};
}

}  // namespace

const FuzzTarget kRequestFuzz{"request", Run, Seeds};

}  // namespace rowan
