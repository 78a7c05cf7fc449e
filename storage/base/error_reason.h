// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_BASE_ERROR_REASON_H_
#define ROWAN_STORAGE_BASE_ERROR_REASON_H_

#include <string_view>

#include "absl/status/status.h"

namespace rowan {

// The payload of a status that names what went wrong for programs: the `reason`
// of google.rpc.ErrorInfo, for errors whose code doesn't say enough.
inline constexpr char kErrorReason[] = "rowan/reason";

// `status` with a reason, 1..63 of [A-Z0-9_], unless it is OK or has one.
absl::Status WithReason(absl::Status status, std::string_view reason);

// Payloads of a status whose names begin with this are the `metadata` of
// google.rpc.ErrorInfo.
inline constexpr char kErrorMetadataPrefix[] = "rowan/metadata/";

absl::Status WithMetadata(absl::Status status, std::string_view key,
                          std::string_view value);

}  // namespace rowan

#endif  // ROWAN_STORAGE_BASE_ERROR_REASON_H_
