// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_FILE_TOOL_H_
#define ROWAN_TOOLS_FILE_TOOL_H_

#include <string>
#include <string_view>

#include "CLI/CLI.hpp"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"

namespace rowan {

// What the programs that look at files without a node have in common.

// Parses the command line into what `app` was given, runs `run` and answers the
// exit status: 0 when `run` answers true; 1 when it answers false (something is
// damaged, or could not be read) or fails; 2 for a bad command line and
// kInvalidArgument. A failure is told on standard error after the app's name.
int FileToolMain(CLI::App* app, int argc, char** argv,
                 absl::FunctionRef<absl::StatusOr<bool>()> run);

// To standard output; kUnavailable when that fails.
absl::Status WriteOut(std::string_view text);
// "NAME: what" on standard error.
void Complain(const CLI::App& app, const absl::Status& status);

}  // namespace rowan

#endif  // ROWAN_TOOLS_FILE_TOOL_H_
