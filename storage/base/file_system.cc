// SPDX-License-Identifier: Apache-2.0
#include "storage/base/file_system.h"

namespace rowan {
namespace {

constexpr absl::string_view kWouldBlockMessage =
    "the bytes are not in memory and the read was told not to wait";

}  // namespace

absl::Status WouldBlock() { return absl::UnavailableError(kWouldBlockMessage); }

bool IsWouldBlock(const absl::Status& status) {
  return status.code() == absl::StatusCode::kUnavailable &&
         status.message() == kWouldBlockMessage;
}

}  // namespace rowan
