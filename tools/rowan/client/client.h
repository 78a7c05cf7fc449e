// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_CLIENT_CLIENT_H_
#define ROWAN_TOOLS_ROWAN_CLIENT_CLIENT_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rowan/v1/admin.grpc.pb.h"
#include "rowan/v1/data.grpc.pb.h"
#include "rowan/v1/schema.grpc.pb.h"
#include "tools/rowan/client/failure.h"

namespace rowan::cli {

struct ClientOptions {
  std::string host = "127.0.0.1:7270";
  // Unset: the call's own patience.
  std::optional<double> timeout_s;
};

// How long a call may take when the user says nothing.
enum class Patience {
  kShort,    // 10 s: one row, one schema change
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
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return FromGrpc(status, options_.host);
    return response;
  }

  // The table of "keyspace.table"; kInvalidArgument for another form.
  absl::StatusOr<v1::Table> GetTable(const std::string& name);

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

 private:
  const ClientOptions options_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::Data::StubInterface> data_;
  std::unique_ptr<v1::Schema::StubInterface> schema_;
  std::unique_ptr<v1::Admin::StubInterface> admin_;
};

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_CLIENT_CLIENT_H_
