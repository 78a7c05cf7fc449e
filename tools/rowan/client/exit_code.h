// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_CLIENT_EXIT_CODE_H_
#define ROWAN_TOOLS_ROWAN_CLIENT_EXIT_CODE_H_

#include "absl/status/status.h"

namespace rowan::cli {

// What the shell sees. Stable: scripts branch on these.
enum class ExitCode : int {
  kDone = 0,
  kFailed = 1,
  kUsage = 2,        // the command, a value or a name is wrong
  kUnreachable = 3,  // no node answers there
  kDeadline = 4,
  kPartly = 5,   // done, but for what was listed
  kRefused = 6,  // a limit or a guard said no
  kNotFound = 7,
};

inline ExitCode ExitCodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return ExitCode::kDone;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return ExitCode::kUsage;
    case absl::StatusCode::kUnavailable:
      return ExitCode::kUnreachable;
    case absl::StatusCode::kDeadlineExceeded:
      return ExitCode::kDeadline;
    case absl::StatusCode::kNotFound:
      return ExitCode::kNotFound;
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kResourceExhausted:
      return ExitCode::kRefused;
    default:
      return ExitCode::kFailed;
  }
}

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_CLIENT_EXIT_CODE_H_
