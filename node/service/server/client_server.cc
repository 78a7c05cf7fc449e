// SPDX-License-Identifier: Apache-2.0
#include "node/service/server/client_server.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "grpc/support/log.h"
#include "grpcpp/alarm.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/grpcpp.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/impl/server_builder_option.h"
#include "grpcpp/impl/server_builder_plugin.h"
#include "grpcpp/resource_quota.h"
#include "node/service/admin_service.h"
#include "node/service/batch_service.h"
#include "node/service/call.h"
#include "node/service/call_host.h"
#include "node/service/conditional/conditional_service.h"
#include "node/service/data_service.h"
#include "node/service/limits.h"
#include "node/service/schema_service.h"
#include "node/service/table_change_service.h"
#include "node/service/user_type_service.h"
#include "rowan/v1/admin.grpc.pb.h"
#include "rowan/v1/data.grpc.pb.h"
#include "rowan/v1/schema.grpc.pb.h"
#include "storage/base/logging.h"
#include "storage/base/mutex.h"

namespace rowan {
namespace {

// Slots that wait for clients: enough that a burst finds one posted.
constexpr int kPostedHot = 64;
constexpr int kPostedCold = 4;
// Transport buffers of all connections together.
constexpr size_t kTransportBytesMax = 256 << 20;
constexpr int kThreadsPerQueue = 2;
// At Stop, for connections without a call: a client that is awake says goodbye
// within a round trip. One that isn't looks at its connection every few
// seconds.
constexpr int64_t kGoodbyeMs = 100;

// Guards against what gRPC 1.51 does by default with hostile peers.
void PinTransportSettings(grpc::ServerBuilder* builder) {
  builder->SetMaxReceiveMessageSize(static_cast<int>(kReceiveBytesMax));
  builder->SetMaxSendMessageSize(-1);
  // A compressed message is inflated before its size is checked.
  builder->SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder->SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  builder->SetDefaultCompressionAlgorithm(GRPC_COMPRESS_NONE);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 100);
  builder->AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, 8192);
  builder->AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, 3000);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  builder->AddChannelArgument(
      GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10'000);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 2);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, 300'000);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, 3'600'000);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, 60'000);
  // A fixed window: with gRPC 1.51's probing, one run of five in which requests
  // of many MiB came had one that stood still for ten seconds.
  builder->AddChannelArgument(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 1 << 20);
  // Otherwise a second process of the same user could share the port.
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder->AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 0);
  builder->SetResourceQuota(
      grpc::ResourceQuota("rowan-clients").Resize(kTransportBytesMax));
}

// The reflection plugin adds itself to every server of the process; this takes
// it out again.
class WithoutReflection : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>*
                         plugins) override {
    std::erase_if(*plugins, [](const auto& plugin) {
      return plugin->name() == "proto_server_reflection";
    });
  }
};

// What gRPC says of connections that come and go is for who looks closely; what
// matters comes back as a status.
void LogOfGrpc(gpr_log_func_args* args) {
  Log(LogLevel::kDebug, "gRPC", {{"message", args->message}});
}

gpr_timespec InMillis(int64_t ms) {
  return gpr_time_add(gpr_now(GPR_CLOCK_REALTIME),
                      gpr_time_from_millis(ms, GPR_TIMESPAN));
}

// Ends a host's patience after a while. Lives until its queue is drained.
class PatienceEnd final : public QueueEvent {
 public:
  PatienceEnd(CallHost* host, grpc::ServerCompletionQueue* queue, int64_t ms)
      : host_(host) {
    alarm_.Set(queue, InMillis(ms), static_cast<QueueEvent*>(this));
  }
  void Cancel() { alarm_.Cancel(); }

 private:
  void OnEvent(bool) override { host_->EndPatience(); }

  CallHost* const host_;
  grpc::Alarm alarm_;
};

void Poll(grpc::ServerCompletionQueue* queue) {
  void* tag;
  bool ok;
  while (queue->Next(&tag, &ok)) static_cast<QueueEvent*>(tag)->OnEvent(ok);
}

}  // namespace

struct ClientServer::Impl {
  explicit Impl(const ClientServerOptions& options,
                const ClientServerParts& given)
      : parts(given),
        stop_patience_ms(options.stop_patience_ms),
        host(given.clock, given.metrics, options.requests_in_flight_max),
        data(given.coordinator, given.facts),
        batches(given.coordinator),
        conditional(given.coordinator),
        schemas(given.coordinator, given.changes),
        table_changes(given.coordinator, given.changes),
        user_types(given.coordinator, given.changes),
        admin(given.coordinator, given.changes,
              {.facts = given.facts,
               .load = given.load,
               .metrics = given.metrics,
               .disk_free_bytes = given.disk_free_bytes}) {}

  // Makes a method known and posts its first calls on every queue. `request` is
  // the generated RequestX, `handle` the method of ours behind it.
  template <typename CallType, typename Generated, typename Request,
            typename Service, typename Handle>
  void Add(Op op, int posted, Generated* generated, Request request,
           Service* service, Handle handle) {
    auto method = std::make_shared<Method<CallType>>();
    method->host = &host;
    method->op = op;
    method->posted_target = posted;
    method->post = [generated, request](CallType* call) {
      (generated->*request)(call->context(), call->mutable_request(),
                            call->writer(), call->queue(), call->queue(),
                            call->Tag());
    };
    method->handler = [service, handle](CallType* call) {
      (service->*handle)(call);
    };
    for (const auto& queue : queues) {
      for (int i = 0; i < posted; ++i) {
        CallType::PostNew(method.get(), queue.get());
      }
    }
    methods.push_back(std::move(method));
  }

  void AddData();
  void AddSchema();
  void AddUserTypes();
  void AddAdmin();
  void StartPolling();
  void PollerEnded();

  const ClientServerParts parts;
  const int64_t stop_patience_ms;
  CallHost host;
  DataService data;
  BatchService batches;
  ConditionalService conditional;
  SchemaService schemas;
  TableChangeService table_changes;
  UserTypeService user_types;
  AdminService admin;
  v1::Data::AsyncService data_grpc;
  v1::Schema::AsyncService schema_grpc;
  v1::Admin::AsyncService admin_grpc;
  std::vector<std::shared_ptr<void>> methods;
  std::vector<std::unique_ptr<grpc::ServerCompletionQueue>> queues;
  std::unique_ptr<grpc::Server> server;
  int port = 0;
  Mutex mutex;
  CondVar polled_out;
  int polling ROWAN_GUARDED_BY(mutex) = 0;
};

void ClientServer::Impl::AddData() {
  using Grpc = v1::Data::AsyncService;
  Add<UnaryCall<v1::ReadRequest, v1::ReadResponse>>(
      Op::kRead, kPostedHot, &data_grpc, &Grpc::RequestRead, &data,
      &DataService::Read);
  Add<StreamCall<v1::ReadRequest, v1::ReadResponse>>(
      Op::kReadStream, kPostedCold, &data_grpc, &Grpc::RequestReadStream, &data,
      &DataService::ReadStream);
  Add<UnaryCall<v1::BatchReadRequest, v1::BatchReadResponse>>(
      Op::kBatchRead, kPostedHot, &data_grpc, &Grpc::RequestBatchRead, &batches,
      &BatchService::BatchRead);
  Add<UnaryCall<v1::WriteRequest, v1::WriteResponse>>(
      Op::kWrite, kPostedHot, &data_grpc, &Grpc::RequestWrite, &data,
      &DataService::Write);
  Add<UnaryCall<v1::BatchWriteRequest, v1::BatchWriteResponse>>(
      Op::kBatchWrite, kPostedHot, &data_grpc, &Grpc::RequestBatchWrite,
      &batches, &BatchService::BatchWrite);
  Add<UnaryCall<v1::CheckAndWriteRequest, v1::CheckAndWriteResponse>>(
      Op::kCheckAndWrite, kPostedHot, &data_grpc, &Grpc::RequestCheckAndWrite,
      &conditional, &ConditionalService::CheckAndWrite);
  Add<UnaryCall<v1::IncrementRequest, v1::IncrementResponse>>(
      Op::kIncrement, kPostedHot, &data_grpc, &Grpc::RequestIncrement,
      &conditional, &ConditionalService::Increment);
  Add<UnaryCall<v1::SplitRangesRequest, v1::SplitRangesResponse>>(
      Op::kSplitRanges, kPostedCold, &data_grpc, &Grpc::RequestSplitRanges,
      &data, &DataService::SplitRanges);
}

void ClientServer::Impl::AddSchema() {
  using Grpc = v1::Schema::AsyncService;
  Add<UnaryCall<v1::CreateKeyspaceRequest, v1::CreateKeyspaceResponse>>(
      Op::kCreateKeyspace, kPostedCold, &schema_grpc,
      &Grpc::RequestCreateKeyspace, &schemas, &SchemaService::CreateKeyspace);
  Add<UnaryCall<v1::GetKeyspaceRequest, v1::Keyspace>>(
      Op::kGetKeyspace, kPostedCold, &schema_grpc, &Grpc::RequestGetKeyspace,
      &schemas, &SchemaService::GetKeyspace);
  Add<UnaryCall<v1::ListKeyspacesRequest, v1::ListKeyspacesResponse>>(
      Op::kListKeyspaces, kPostedCold, &schema_grpc,
      &Grpc::RequestListKeyspaces, &schemas, &SchemaService::ListKeyspaces);
  Add<UnaryCall<v1::DropKeyspaceRequest, v1::DropKeyspaceResponse>>(
      Op::kDropKeyspace, kPostedCold, &schema_grpc, &Grpc::RequestDropKeyspace,
      &schemas, &SchemaService::DropKeyspace);
  Add<UnaryCall<v1::CreateTableRequest, v1::CreateTableResponse>>(
      Op::kCreateTable, kPostedCold, &schema_grpc, &Grpc::RequestCreateTable,
      &schemas, &SchemaService::CreateTable);
  Add<UnaryCall<v1::GetTableRequest, v1::Table>>(
      Op::kGetTable, kPostedCold, &schema_grpc, &Grpc::RequestGetTable,
      &schemas, &SchemaService::GetTable);
  Add<UnaryCall<v1::ListTablesRequest, v1::ListTablesResponse>>(
      Op::kListTables, kPostedCold, &schema_grpc, &Grpc::RequestListTables,
      &schemas, &SchemaService::ListTables);
  Add<UnaryCall<v1::DropTableRequest, v1::DropTableResponse>>(
      Op::kDropTable, kPostedCold, &schema_grpc, &Grpc::RequestDropTable,
      &table_changes, &TableChangeService::DropTable);
  Add<UnaryCall<v1::AlterTableRequest, v1::AlterTableResponse>>(
      Op::kAlterTable, kPostedCold, &schema_grpc, &Grpc::RequestAlterTable,
      &table_changes, &TableChangeService::AlterTable);
  Add<UnaryCall<v1::TruncateTableRequest, v1::TruncateTableResponse>>(
      Op::kTruncateTable, kPostedCold, &schema_grpc,
      &Grpc::RequestTruncateTable, &table_changes,
      &TableChangeService::TruncateTable);
  Add<UnaryCall<v1::RestoreTableRequest, v1::RestoreTableResponse>>(
      Op::kRestoreTable, kPostedCold, &schema_grpc, &Grpc::RequestRestoreTable,
      &table_changes, &TableChangeService::RestoreTable);
}

void ClientServer::Impl::AddUserTypes() {
  using Grpc = v1::Schema::AsyncService;
  Add<UnaryCall<v1::CreateTypeRequest, v1::CreateTypeResponse>>(
      Op::kCreateType, kPostedCold, &schema_grpc, &Grpc::RequestCreateType,
      &user_types, &UserTypeService::CreateType);
  Add<UnaryCall<v1::GetTypeRequest, v1::UserType>>(
      Op::kGetType, kPostedCold, &schema_grpc, &Grpc::RequestGetType,
      &user_types, &UserTypeService::GetType);
  Add<UnaryCall<v1::ListTypesRequest, v1::ListTypesResponse>>(
      Op::kListTypes, kPostedCold, &schema_grpc, &Grpc::RequestListTypes,
      &user_types, &UserTypeService::ListTypes);
  Add<UnaryCall<v1::AlterTypeRequest, v1::AlterTypeResponse>>(
      Op::kAlterType, kPostedCold, &schema_grpc, &Grpc::RequestAlterType,
      &user_types, &UserTypeService::AlterType);
  Add<UnaryCall<v1::DropTypeRequest, v1::DropTypeResponse>>(
      Op::kDropType, kPostedCold, &schema_grpc, &Grpc::RequestDropType,
      &user_types, &UserTypeService::DropType);
}

void ClientServer::Impl::AddAdmin() {
  using Grpc = v1::Admin::AsyncService;
  Add<UnaryCall<v1::GetNodeStatusRequest, v1::NodeStatus>>(
      Op::kGetNodeStatus, kPostedCold, &admin_grpc, &Grpc::RequestGetNodeStatus,
      &admin, &AdminService::GetNodeStatus);
  Add<UnaryCall<v1::FlushRequest, v1::FlushResponse>>(
      Op::kFlush, kPostedCold, &admin_grpc, &Grpc::RequestFlush, &admin,
      &AdminService::Flush);
  Add<UnaryCall<v1::CompactRequest, v1::CompactResponse>>(
      Op::kCompact, kPostedCold, &admin_grpc, &Grpc::RequestCompact, &admin,
      &AdminService::Compact);
  Add<UnaryCall<v1::ListPartitionsRequest, v1::ListPartitionsResponse>>(
      Op::kListPartitions, kPostedCold, &admin_grpc,
      &Grpc::RequestListPartitions, &admin, &AdminService::ListPartitions);
  Add<UnaryCall<v1::ListSSTablesRequest, v1::ListSSTablesResponse>>(
      Op::kListSSTables, kPostedCold, &admin_grpc, &Grpc::RequestListSSTables,
      &admin, &AdminService::ListSSTables);
  Add<UnaryCall<v1::CreateSnapshotRequest, v1::Snapshot>>(
      Op::kCreateSnapshot, kPostedCold, &admin_grpc,
      &Grpc::RequestCreateSnapshot, &admin, &AdminService::CreateSnapshot);
  Add<UnaryCall<v1::ListSnapshotsRequest, v1::ListSnapshotsResponse>>(
      Op::kListSnapshots, kPostedCold, &admin_grpc, &Grpc::RequestListSnapshots,
      &admin, &AdminService::ListSnapshots);
  Add<UnaryCall<v1::DropSnapshotRequest, v1::DropSnapshotResponse>>(
      Op::kDropSnapshot, kPostedCold, &admin_grpc, &Grpc::RequestDropSnapshot,
      &admin, &AdminService::DropSnapshot);
}

void ClientServer::Impl::StartPolling() {
  {
    MutexLock lock(mutex);
    polling = parts.poller_threads;
  }
  for (int i = 0; i < parts.poller_threads; ++i) {
    grpc::ServerCompletionQueue* const queue =
        queues[static_cast<size_t>(i) % queues.size()].get();
    parts.pollers->Post([this, queue] {
      Poll(queue);
      PollerEnded();
    });
  }
}

void ClientServer::Impl::PollerEnded() {
  MutexLock lock(mutex);
  if (--polling == 0) polled_out.NotifyAll();
}

ClientServer::ClientServer(std::unique_ptr<Impl> impl)
    : impl_(std::move(impl)) {}
ClientServer::~ClientServer() = default;

absl::StatusOr<std::unique_ptr<ClientServer>> ClientServer::Start(
    const ClientServerOptions& options, const ClientServerParts& parts) {
  gpr_set_log_function(LogOfGrpc);
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  auto impl = std::make_unique<Impl>(options, parts);
  grpc::ServerBuilder builder;
  PinTransportSettings(&builder);
  if (!options.reflection) {
    builder.SetOption(std::make_unique<WithoutReflection>());
  }
  builder.AddListeningPort(options.address, grpc::InsecureServerCredentials(),
                           &impl->port);
  builder.RegisterService(&impl->data_grpc);
  builder.RegisterService(&impl->schema_grpc);
  builder.RegisterService(&impl->admin_grpc);
  const int queues = std::max(
      1, (parts.poller_threads + kThreadsPerQueue - 1) / kThreadsPerQueue);
  for (int i = 0; i < queues; ++i) {
    impl->queues.push_back(builder.AddCompletionQueue());
  }
  impl->server = builder.BuildAndStart();
  if (impl->server == nullptr || impl->port == 0) {
    for (auto& queue : impl->queues) queue->Shutdown();
    for (auto& queue : impl->queues) Poll(queue.get());
    return absl::UnavailableError(
        absl::StrCat("can't listen on ", options.address,
                     ": the address is in use, or not of this machine"));
  }
  // Nobody asks before the first calls are posted.
  parts.facts->client_address = absl::StrCat(
      options.address.substr(0, options.address.rfind(':')), ":", impl->port);
  parts.facts->serving_since_ns = parts.clock->MonotonicNanos();
  parts.facts->state = NodeState::kServing;
  impl->AddData();
  impl->AddSchema();
  impl->AddUserTypes();
  impl->AddAdmin();
  impl->StartPolling();
  if (auto* health = impl->server->GetHealthCheckService()) {
    for (const char* service :
         {v1::Data::service_full_name(), v1::Schema::service_full_name(),
          v1::Admin::service_full_name()}) {
      health->SetServingStatus(service, true);
    }
  }
  return std::unique_ptr<ClientServer>(new ClientServer(std::move(impl)));
}

int ClientServer::port() const { return impl_->port; }

void ClientServer::TurnReadOnly() {
  NodeState serving = NodeState::kServing;
  impl_->parts.facts->state.compare_exchange_strong(serving,
                                                    NodeState::kReadOnly);
  if (auto* health = impl_->server->GetHealthCheckService()) {
    health->SetServingStatus("", false);
    health->SetServingStatus(v1::Data::service_full_name(), false);
  }
}

void ClientServer::Stop() {
  if (auto* health = impl_->server->GetHealthCheckService()) {
    health->SetServingStatus(false);
  }
  impl_->host.StopAdmitting();
  PatienceEnd patience_end(&impl_->host, impl_->queues.front().get(),
                           impl_->stop_patience_ms);
  impl_->host.WaitWithPatience();
  patience_end.Cancel();
  impl_->server->Shutdown(InMillis(kGoodbyeMs));
  impl_->host.WaitUntilIdle();
  for (auto& queue : impl_->queues) queue->Shutdown();
  MutexLock lock(impl_->mutex);
  while (impl_->polling > 0) impl_->polled_out.Wait(impl_->mutex);
}

}  // namespace rowan
