// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan_bench/node_bench.h"

#include <grpcpp/grpcpp.h>

#include <cstdio>
#include <memory>
#include <vector>

#include "rowan/v1/data.grpc.pb.h"
#include "rowan/v1/schema.grpc.pb.h"
#include "storage/base/status_macros.h"
#include "tools/rowan_bench/bench_store.h"
#include "tools/rowan_bench/call_loop.h"
#include "tools/rowan_bench/echo_server.h"

namespace rowan {
namespace {

constexpr char kKeyspace[] = "rowan_bench";
constexpr char kTableName[] = "rowan_bench.rows";

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()),
                      status.error_message());
}

// A server lets 100 calls of one connection be under way.
constexpr int kCallsPerConnection = 64;

// Enough connections to one address for `in_flight` calls.
class Connections {
 public:
  Connections(const std::string& address, int in_flight) {
    for (int i = 0; i * kCallsPerConnection < in_flight; ++i) {
      grpc::ChannelArguments arguments;
      arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
      stubs_.push_back(v1::Data::NewStub(grpc::CreateCustomChannel(
          address, grpc::InsecureChannelCredentials(), arguments)));
    }
  }
  v1::Data::Stub* Of(uint64_t call) {
    return stubs_[call % stubs_.size()].get();
  }

 private:
  std::vector<std::unique_ptr<v1::Data::Stub>> stubs_;
};

class NodeBench {
 public:
  explicit NodeBench(const NodeBenchOptions& options)
      : options_(options), report_("node", "echo") {}

  absl::Status Run() {
    auto channel =
        grpc::CreateChannel(options_.host, grpc::InsecureChannelCredentials());
    schema_ = v1::Schema::NewStub(channel);
    RETURN_IF_ERROR(DropKeyspace());
    RETURN_IF_ERROR(CreateTable());
    const absl::Status status = RunWorkloads();
    RETURN_IF_ERROR(DropKeyspace());
    RETURN_IF_ERROR(status);
    std::printf("%s\n%s", MachineText().c_str(), report_.Table().c_str());
    if (!options_.json.empty()) return report_.WriteJson(options_.json);
    return absl::OkStatus();
  }

 private:
  absl::Status RunWorkloads() {
    Connections node(options_.host, options_.in_flight);
    RETURN_IF_ERROR(Writes("node", &node));
    // The control answers what the node answers.
    v1::ReadResponse sample;
    {
      grpc::ClientContext context;
      RETURN_IF_ERROR(FromGrpc(node.Of(0)->Read(&context, ReadOf(0), &sample)));
      if (sample.rows_size() != 1) {
        return absl::DataLossError("a row that was written is not there");
      }
    }
    RETURN_IF_ERROR(Reads("node", &node));
    v1::WriteResponse written;
    written.set_timestamp_us(1'700'000'000'000'000);
    const EchoServer echo(sample, written);
    Connections control(echo.address(), options_.in_flight);
    RETURN_IF_ERROR(Writes("echo", &control));
    return Reads("echo", &control);
  }

  absl::Status Writes(const std::string& name, Connections* to) {
    auto result = RunCallLoop<v1::WriteResponse>(
        options_.operations, options_.in_flight,
        [&](uint64_t i, grpc::ClientContext* context,
            grpc::CompletionQueue* queue) {
          return to->Of(i)->AsyncWrite(context, WriteOf(i), queue);
        });
    return Add("write, durable", name, result);
  }
  absl::Status Reads(const std::string& name, Connections* to) {
    auto result = RunCallLoop<v1::ReadResponse>(
        options_.operations, options_.in_flight,
        [&](uint64_t i, grpc::ClientContext* context,
            grpc::CompletionQueue* queue) {
          return to->Of(i)->AsyncRead(
              context, ReadOf(Shuffled(i, options_.operations)), queue);
        });
    return Add("point read", name, result);
  }

  absl::Status Add(const std::string& workload, const std::string& name,
                   const absl::StatusOr<LoopResult>& result) {
    if (!result.ok()) {
      return Annotate(result.status(), absl::StrCat(name, ", ", workload));
    }
    report_.Add(workload, "calls", name, result->figure);
    std::fprintf(stderr, "%-5s %-16s %9.0f/s  p50 %6.0f us  p99 %6.0f us\n",
                 name.c_str(), workload.c_str(), result->figure.per_second(),
                 result->p50_us, result->p99_us);
    return absl::OkStatus();
  }

  static v1::WriteRequest WriteOf(uint64_t row) {
    v1::WriteRequest request;
    request.mutable_table()->set_name(kTableName);
    request.mutable_partition_key()->add_values()->set_bytes_value(
        BenchTableKey(row));
    v1::Upsert* upsert = request.add_changes()->mutable_upsert();
    upsert->mutable_clustering()->add_values()->set_int_value(0);
    upsert->add_columns("v");
    BenchValue(row, upsert->add_values()->mutable_bytes_value());
    return request;
  }
  static v1::ReadRequest ReadOf(uint64_t row) {
    v1::ReadRequest request;
    request.mutable_table()->set_name(kTableName);
    request.mutable_partition_key()->add_values()->set_bytes_value(
        BenchTableKey(row));
    return request;
  }

  absl::Status DropKeyspace() {
    {
      grpc::ClientContext context;
      v1::DropTableRequest request;
      request.set_keyspace(kKeyspace);
      request.set_name("rows");
      request.set_if_exists(true);
      request.set_no_snapshot(true);
      v1::DropTableResponse response;
      // A missing keyspace is fine, too; the next call tells what is not.
      (void)schema_->DropTable(&context, request, &response);
    }
    grpc::ClientContext context;
    v1::DropKeyspaceRequest request;
    request.set_name(kKeyspace);
    request.set_if_exists(true);
    v1::DropKeyspaceResponse response;
    return FromGrpc(schema_->DropKeyspace(&context, request, &response));
  }

  absl::Status CreateTable() {
    {
      grpc::ClientContext context;
      v1::CreateKeyspaceRequest request;
      request.set_name(kKeyspace);
      v1::CreateKeyspaceResponse response;
      RETURN_IF_ERROR(
          FromGrpc(schema_->CreateKeyspace(&context, request, &response)));
    }
    grpc::ClientContext context;
    v1::CreateTableRequest request;
    v1::Table* table = request.mutable_table();
    table->set_keyspace(kKeyspace);
    table->set_name("rows");
    auto add = [table](const char* name, v1::ColumnType type,
                       v1::ColumnRole role) {
      v1::Column* column = table->add_columns();
      column->set_name(name);
      column->set_type(type);
      column->set_role(role);
    };
    add("key", v1::COLUMN_TYPE_BLOB, v1::COLUMN_ROLE_PARTITION_KEY);
    add("ck", v1::COLUMN_TYPE_BIGINT, v1::COLUMN_ROLE_CLUSTERING);
    add("v", v1::COLUMN_TYPE_BLOB, v1::COLUMN_ROLE_REGULAR);
    v1::CreateTableResponse response;
    return FromGrpc(schema_->CreateTable(&context, request, &response));
  }

  const NodeBenchOptions& options_;
  BenchReport report_;
  std::unique_ptr<v1::Schema::Stub> schema_;
};

}  // namespace

absl::Status RunNodeBench(const NodeBenchOptions& options) {
  return NodeBench(options).Run();
}

}  // namespace rowan
