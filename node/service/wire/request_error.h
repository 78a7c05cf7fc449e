// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_WIRE_REQUEST_ERROR_H_
#define ROWAN_NODE_SERVICE_WIRE_REQUEST_ERROR_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "grpcpp/support/status.h"
#include "rowan/v1/error.pb.h"
#include "storage/base/error_reason.h"

namespace rowan {

// Errors on their way to a client: an absl::Status whose payloads carry what
// google.rpc details want (reason, field, metadata). Building one costs
// allocations; nothing here is touched while all goes well.

// `reason`: 1..63 of [A-Z0-9_], unique among Rowan's (README.md lists them).
absl::Status RequestError(absl::StatusCode code, std::string_view reason,
                          std::string_view message);
inline absl::Status BadRequest(std::string_view reason,
                               std::string_view message) {
  return RequestError(absl::StatusCode::kInvalidArgument, reason, message);
}
// One limit that was passed: names it, the size and the bound.
absl::Status OverLimit(absl::StatusCode code, std::string_view limit,
                       uint64_t size, uint64_t max);

// The same error, blamed on `field` of the message at hand; called on the way
// up, outer fields go in front: InField(InField(s, "values[2]"), "changes[0]")
// blames "changes[0].values[2]". OK stays OK.
absl::Status InField(absl::Status status, std::string_view field);
absl::Status InField(absl::Status status, std::string_view field, int index);
// The same error with "`where`: " before its message; keeps the rest.
absl::Status Prefixed(const absl::Status& status, std::string_view where);
// What went wrong with a change, a flush or a snapshot: a kResourceExhausted
// that nobody gave a reason came from the file system, and is DISK_FULL; what
// the system said is logged.
absl::Status DiskError(const absl::Status& status);
// What went wrong with a change of the catalogue: a reason for each code that
// the registry answers, and the request's `field` where it names the thing.
absl::Status ChangeError(const absl::Status& status, std::string_view field);
// The same of a snapshot that a request names.
inline absl::Status SnapshotError(const absl::Status& status) {
  return absl::IsNotFound(status) ? WithReason(status, "UNKNOWN_SNAPSHOT")
                                  : DiskError(status);
}

// For a whole call: canonical code, message, and google.rpc.Status details.
grpc::Status ToGrpcStatus(const absl::Status& status);
// For one operation of a batch. REQUIRES: !status.ok().
void FillError(const absl::Status& status, v1::Error* error);

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_WIRE_REQUEST_ERROR_H_
