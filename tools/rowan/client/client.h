// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_CLIENT_CLIENT_H_
#define ROWAN_TOOLS_ROWAN_CLIENT_CLIENT_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rowan/v1/admin.grpc.pb.h"
#include "rowan/v1/data.grpc.pb.h"
#include "rowan/v1/schema.grpc.pb.h"
#include "storage/base/status_macros.h"
#include "tools/rowan/client/failure.h"

namespace rowan::cli {

struct ClientOptions {
  std::string host = "127.0.0.1:7270";
  // Unset: the call's own patience.
  std::optional<double> timeout_s;
  // Gets a line for every call: request, node, code, time. Outlives the client.
  std::ostream* call_log = nullptr;
};

// How long a call may take when the user says nothing.
enum class Patience {
  kShort,    // 10 s: one row, one schema change
  kBatch,    // 60 s: waits in the node's queues; longer, and the node hangs
  kEndless,  // scans, flushes, merges: as long as the node lives
};

// One node's services over one channel, with errors as absl::Status. Connects
// at the first call. Used from one thread.
class Client {
 public:
  explicit Client(ClientOptions options);

  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(
      Stub& stub,
      grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                   Response*),
      const Request& request, Patience patience = Patience::kShort) {
    grpc::ClientContext context;
    SetDeadline(patience, &context);
    Response response;
    const auto begin = std::chrono::steady_clock::now();
    const grpc::Status status = (stub.*method)(&context, request, &response);
    LogCall(request, status, begin);
    if (!status.ok()) return FromGrpc(status, options_.host);
    return response;
  }

  // All pages of a listing as one answer, whose only other field is the token.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> ListAll(
      Stub& stub,
      grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                   Response*),
      Request request) {
    Response all;
    do {
      ASSIGN_OR_RETURN(Response page, Call(stub, method, request));
      request.set_page_token(page.next_page_token());
      page.clear_next_page_token();
      all.MergeFrom(page);
    } while (!request.page_token().empty());
    return all;
  }

  // The table of "keyspace.table"; kInvalidArgument for another form.
  absl::StatusOr<v1::Table> GetTable(const std::string& name);

  // All snapshots of the node.
  absl::StatusOr<v1::ListSnapshotsResponse> ListSnapshots();

  // All pages of a read, one by one; stops at the first error of `page`. The
  // size of the pages is chosen here.
  absl::Status ReadPages(
      v1::ReadRequest request,
      const std::function<absl::Status(const v1::ReadResponse&)>& page);

  v1::Data::StubInterface& data() { return *data_; }
  v1::Schema::StubInterface& schema() { return *schema_; }
  v1::Admin::StubInterface& admin() { return *admin_; }
  const std::string& host() const { return options_.host; }
  void SetDeadline(Patience patience, grpc::ClientContext* context) const;
  // A call that began then has ended; for calls that aren't made in here.
  void LogCall(const google::protobuf::Message& request,
               const grpc::Status& status,
               std::chrono::steady_clock::time_point begin) const;

 private:
  const ClientOptions options_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::Data::StubInterface> data_;
  std::unique_ptr<v1::Schema::StubInterface> schema_;
  std::unique_ptr<v1::Admin::StubInterface> admin_;
};

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_CLIENT_CLIENT_H_
