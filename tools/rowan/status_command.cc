// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "tools/rowan/command.h"

namespace rowan::cli {
namespace {

struct StatusOptions {};

std::string StateSentence(const v1::NodeStatus& status) {
  switch (status.state()) {
    case v1::NODE_STATE_SERVING:
      return "HEALTHY   reads and writes available";
    case v1::NODE_STATE_READ_ONLY:
      return absl::StrCat("READ ONLY   no writes: ", status.failure());
    case v1::NODE_STATE_STARTING:
      return "STARTING   replaying its log";
    case v1::NODE_STATE_STOPPING:
      return "STOPPING   takes nothing new";
    default:
      return "UNKNOWN   of a newer version than this tool";
  }
}

std::string StateWord(v1::NodeState state) {
  std::string word = v1::NodeState_Name(state);
  const std::string prefix = "NODE_STATE_";
  if (word.rfind(prefix, 0) == 0) word.erase(0, prefix.size());
  return absl::AsciiStrToLower(word);
}

void PrintStatus(const v1::NodeStatus& status, std::ostream& out) {
  out << "node " << status.name() << ": " << StateSentence(status) << "\n";
  TextTable table({"NODE", "STATE", "TABLES", "LOAD", "SSTABLES", "MEMTABLES",
                   "LOG", "WRITES", "READS", "VERSION", "UPTIME"});
  table.Add({status.name(), StateWord(status.state()),
             absl::StrCat(status.tables()), HumanBytes(status.sstable_bytes()),
             absl::StrCat(status.sstables()),
             absl::StrCat(HumanBytes(status.memtable_bytes()), " of ",
                          HumanBytes(status.memtable_limit_bytes())),
             HumanBytes(status.commitlog_bytes()),
             absl::StrCat(status.writes()), absl::StrCat(status.reads()),
             status.version(), HumanSeconds(status.uptime_s())});
  table.Print(out);
  out << "since the start: " << status.flushes() << " flushes ("
      << HumanBytes(status.flush_bytes()) << "), " << status.compactions()
      << " compactions (" << HumanBytes(status.compaction_bytes_written())
      << " written, " << HumanBytes(status.compaction_pending_bytes())
      << " due), " << status.writes_delayed() << " writes delayed, "
      << status.writes_refused() << " refused\n";
  if (!status.background_failure().empty()) {
    out << "needs attention: " << status.background_failure() << "\n";
  }
  for (const std::string& line : status.recovery()) {
    out << "start-up: " << line << "\n";
  }
}

Outcome RunStatus(const StatusOptions&, Session& session) {
  ASSIGN_OR_RETURN(const v1::NodeStatus status,
                   session.client.Call(session.client.admin(),
                                       &v1::Admin::StubInterface::GetNodeStatus,
                                       v1::GetNodeStatusRequest()));
  if (session.json) {
    session.out << Json(status) << "\n";
  } else {
    PrintStatus(status, session.out);
  }
  return ExitCode::kDone;
}

}  // namespace

void AddStatusCommand(CLI::App& app, Verb* chosen) {
  AddVerb(app, "status", "can I read and write, and what is running",
          std::make_shared<StatusOptions>(), RunStatus, chosen);
}

}  // namespace rowan::cli
