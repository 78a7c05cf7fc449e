// SPDX-License-Identifier: Apache-2.0
#include "node/metadata/error_reason.h"

#include <string>

#include "absl/strings/cord.h"

namespace rowan {

absl::Status WithReason(absl::Status status, std::string_view reason) {
  if (status.ok() || status.GetPayload(kErrorReason).has_value()) return status;
  status.SetPayload(kErrorReason, absl::Cord(std::string(reason)));
  return status;
}

}  // namespace rowan
