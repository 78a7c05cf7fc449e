// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_CONFIRM_H_
#define ROWAN_TOOLS_ROWAN_CONFIRM_H_

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/rowan/command.h"

namespace rowan::cli {

// What a verb would destroy.
struct Loss {
  std::string command;             // "rowan table drop k.t"
  std::string name;                // typed at a terminal to go on
  std::vector<std::string> lines;  // what goes and what stays, for people
};

// Whether the user wants it: with --yes, or by typing the name at a terminal
// (stdin and stderr), where the lines are shown before. kInvalidArgument when
// nobody can be asked, kFailedPrecondition when something else is typed.
absl::Status Confirm(const Loss& loss, Session& session);

// How much table "keyspace.table" holds and which snapshots there are of it.
// Rows are an estimate: SSTables and memtables say how many rows and wide rows
// they hold, not which of them are one row or deleted by now. A few calls.
absl::StatusOr<std::vector<std::string>> DescribeContents(
    const std::string& table, Session& session);

// The end of a verb with --dry-run: the lines, or with `-o json` the request
// that would have been sent.
ExitCode TellOnly(const std::vector<std::string>& lines,
                  const google::protobuf::Message& request, Session& session);
inline constexpr char kDryRunHelp[] = "say what would be done and do nothing";

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_CONFIRM_H_
