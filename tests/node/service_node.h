// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_NODE_SERVICE_NODE_H_
#define ROWAN_TESTS_NODE_SERVICE_NODE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "grpcpp/grpcpp.h"
#include "node/service/server/client_server.h"
#include "rowan/v1/admin.grpc.pb.h"
#include "rowan/v1/data.grpc.pb.h"
#include "rowan/v1/schema.grpc.pb.h"
#include "storage/base/thread_executor.h"
#include "tests/lib/mem_file_system.h"
#include "tests/lib/memory_engine.h"
#include "tests/lib/sim_clock.h"

namespace rowan {

// What a failed call says of itself.
struct CallError {
  grpc::StatusCode code = grpc::StatusCode::OK;
  std::string reason;
  std::string field;
  std::string message;
  bool retry_info = false;
};
CallError ErrorOf(const grpc::Status& status);

// The node's service over a real channel on a free port of loopback, with a
// stand-in for the storage engine, files in memory and a clock that stands
// still.
class ServiceNode {
 public:
  static constexpr uint64_t kDiskFreeBytes = 12'345'678;  // of any disk

  explicit ServiceNode(int64_t requests_in_flight_max = 4096,
                       bool reflection = true, int64_t stop_patience_ms = 5000)
      : ServiceNode(&engine, requests_in_flight_max, reflection,
                    stop_patience_ms) {}
  // Over a real engine, which outlives it; `engine` is not used.
  explicit ServiceNode(Engine& real) : ServiceNode(&real, 4096, true, 5000) {}
  ~ServiceNode();
  // As the destructor does first, unless it was done before.
  void StopServer();
  void TurnReadOnly() { server_->TurnReadOnly(); }

  std::shared_ptr<grpc::Channel> NewChannel(int receive_bytes_max = -1) const;

  void CreateKeyspace(std::string_view name = "ks");
  // In "ks"; fields are names and CQL types.
  void CreateType(
      std::string_view name,
      const std::vector<std::pair<std::string, std::string>>& fields);
  grpc::Status CreateTable(const v1::Table& table,
                           v1::Table* created = nullptr);
  void MustCreateTable(const v1::Table& table);
  // Makes the keyspace "ks" and the table "ks.t": partition key `pk text`,
  // clustering `ck bigint`, static `s text`, regular `a int`, `b text`.
  void CreateStandardTable();

  SimClock clock;
  MemFileSystem files;  // metadata below node/metadata
  MemoryEngine engine;
  std::unique_ptr<v1::Data::Stub> data;
  std::unique_ptr<v1::Schema::Stub> schema;
  std::unique_ptr<v1::Admin::Stub> admin;
  std::shared_ptr<grpc::Channel> channel;
  Metrics metrics;
  NodeFacts facts;

 private:
  ServiceNode(Engine* served, int64_t requests_in_flight_max, bool reflection,
              int64_t stop_patience_ms);

  ThreadExecutor change_thread_{1, "changes"};

 public:
  ChangeQueue changes{&change_thread_, &clock};

 private:
  ThreadExecutor blocking_{2, "blocking"};
  ThreadExecutor pollers_{2, "pollers"};
  std::unique_ptr<MetadataStore> store_;
  std::unique_ptr<SchemaRegistry> schemas_;
  std::unique_ptr<SnapshotStore> snapshots_;
  std::unique_ptr<HybridClock> timestamps_;
  std::unique_ptr<Coordinator> coordinator_;
  RecentLoad load_{&clock, &blocking_,
                   [this] { return LoadTotalsOf(metrics, engine.status()); }};
  std::unique_ptr<ClientServer> server_;
};

// Short forms of the messages that every test builds.
v1::Value Text(std::string_view text);
v1::Value Int(int64_t value);
v1::Value Null();
v1::Key KeyOf(std::vector<v1::Value> values);
v1::Column ColumnOf(std::string_view name, v1::ColumnType type,
                    v1::ColumnRole role, bool descending = false);
v1::Column CqlColumn(std::string_view name, std::string_view cql_type,
                     v1::ColumnRole role);
// Of the keyspace "ks".
v1::Table TableOf(std::string_view name,
                  const std::vector<v1::Column>& columns);
// Of ks.t: row (pk, ck) gets a = `a`.
v1::WriteRequest PutA(std::string_view pk, int64_t ck, int64_t a,
                      int64_t timestamp_us = 0);
v1::ReadRequest ReadWideRow(std::string_view pk);

// Calls a unary method of a stub and gives the answer back.
template <typename Stub, typename Request, typename Response>
grpc::Status Ask(Stub* stub,
                 grpc::Status (Stub::*method)(grpc::ClientContext*,
                                              const Request&, Response*),
                 const Request& request, Response* response) {
  grpc::ClientContext context;
  return (stub->*method)(&context, request, response);
}

}  // namespace rowan

#endif  // ROWAN_TESTS_NODE_SERVICE_NODE_H_
