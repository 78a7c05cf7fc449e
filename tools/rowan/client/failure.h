// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_CLIENT_FAILURE_H_
#define ROWAN_TOOLS_ROWAN_CLIENT_FAILURE_H_

#include <grpcpp/support/status.h>

#include <ostream>
#include <string_view>

#include "absl/status/status.h"
#include "rowan/v1/error.pb.h"

namespace rowan::cli {

// Errors travel as absl::Status; the message says what happened and why, and
// payloads carry the rest: a stable reason, the field to blame, what to try.

// `status` with a hint for people: what to try. Keeps an earlier hint.
absl::Status WithHint(absl::Status status, std::string_view hint);

// A failed call as a status of the same code, with reason and field out of the
// google.rpc details. A node that doesn't answer gets a hint naming `host`.
absl::Status FromGrpc(const grpc::Status& status, std::string_view host);

// One failed operation of a batch.
absl::Status FromError(const v1::Error& error);

// "rowan: what happened", then indented lines: code and reason, field, try.
void PrintFailure(std::ostream& out, const absl::Status& status);

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_CLIENT_FAILURE_H_
