// SPDX-License-Identifier: Apache-2.0
#include "storage/base/error_reason.h"

#include <string>

#include "absl/strings/cord.h"

namespace rowan {

absl::Status WithReason(absl::Status status, std::string_view reason) {
  if (status.ok() || status.GetPayload(kErrorReason).has_value()) return status;
  status.SetPayload(kErrorReason, absl::Cord(std::string(reason)));
  return status;
}

absl::Status WithMetadata(absl::Status status, std::string_view key,
                          std::string_view value) {
  status.SetPayload(kErrorMetadataPrefix + std::string(key),
                    absl::Cord(std::string(value)));
  return status;
}

}  // namespace rowan
