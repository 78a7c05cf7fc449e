// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/client/client.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <utility>

#include "absl/strings/str_format.h"
#include "storage/base/status_macros.h"
#include "tools/rowan/client/table_name.h"

namespace rowan::cli {
namespace {

// The least that tells the node that this client receives more than gRPC's
// usual 4 MiB.
constexpr uint32_t kPageBytes = (7 << 20) / 2 + 1;
// A page passed by one row as large as a request may be (16 MiB), and what
// stands around the rows.
constexpr int kMessageBytesMax = 20 << 20;
// A node that died without a word is noticed in half a minute.
constexpr int kKeepaliveMs = 20'000;
constexpr auto kShortPatience = std::chrono::seconds(10);
constexpr auto kBatchPatience = std::chrono::minutes(1);

std::shared_ptr<grpc::Channel> Connect(const std::string& host) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMessageBytesMax);
  arguments.SetMaxSendMessageSize(kMessageBytesMax);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  // gRPC 1.51 that probes the bandwidth can stop for seconds on messages of
  // several MiB (node/service/server/README.md).
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  return grpc::CreateCustomChannel(host, grpc::InsecureChannelCredentials(),
                                   arguments);
}

}  // namespace

Client::Client(ClientOptions options)
    : options_(std::move(options)),
      channel_(Connect(options_.host)),
      data_(v1::Data::NewStub(channel_)),
      schema_(v1::Schema::NewStub(channel_)),
      admin_(v1::Admin::NewStub(channel_)) {}

void Client::SetDeadline(Patience patience,
                         grpc::ClientContext* context) const {
  const auto now = std::chrono::system_clock::now();
  if (options_.timeout_s) {
    context->set_deadline(now + std::chrono::microseconds(static_cast<int64_t>(
                                    *options_.timeout_s * 1e6)));
  } else if (patience == Patience::kShort) {
    context->set_deadline(now + kShortPatience);
  } else if (patience == Patience::kBatch) {
    context->set_deadline(now + kBatchPatience);
  }
}

void Client::LogCall(const google::protobuf::Message& request,
                     const grpc::Status& status,
                     std::chrono::steady_clock::time_point begin) const {
  if (options_.call_log == nullptr) return;
  const std::chrono::duration<double, std::milli> took =
      std::chrono::steady_clock::now() - begin;
  *options_.call_log << absl::StreamFormat(
      "rowan: %s to %s: %s in %.1f ms\n", request.GetDescriptor()->name(),
      options_.host,
      absl::StatusCodeToString(
          static_cast<absl::StatusCode>(status.error_code())),
      took.count());
}

absl::StatusOr<v1::Table> Client::GetTable(const std::string& name) {
  ASSIGN_OR_RETURN(const TableName parts, ParseTableName(name));
  v1::GetTableRequest request;
  request.set_keyspace(parts.keyspace);
  request.set_name(parts.table);
  return Call(schema(), &v1::Schema::StubInterface::GetTable, request);
}

absl::StatusOr<v1::ListSnapshotsResponse> Client::ListSnapshots() {
  return ListAll(admin(), &v1::Admin::StubInterface::ListSnapshots,
                 v1::ListSnapshotsRequest());
}

absl::Status Client::ReadPages(
    v1::ReadRequest request,
    const std::function<absl::Status(const v1::ReadResponse&)>& page) {
  grpc::ClientContext context;
  SetDeadline(Patience::kEndless, &context);
  request.set_page_bytes(kPageBytes);
  const auto begin = std::chrono::steady_clock::now();
  const auto stream = data().ReadStream(&context, request);
  v1::ReadResponse response;
  while (stream->Read(&response)) {
    const absl::Status status = page(response);
    if (!status.ok()) {
      context.TryCancel();
      LogCall(request, stream->Finish(), begin);
      return status;
    }
  }
  const grpc::Status ended = stream->Finish();
  LogCall(request, ended, begin);
  return FromGrpc(ended, options_.host);
}

}  // namespace rowan::cli
