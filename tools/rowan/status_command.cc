// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
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
      return absl::StrCat("READ ONLY   no writes: ", status.failure().empty()
                                                         ? status.disk_full()
                                                         : status.failure());
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

// "4", "41.5", "4.1k", "315.0k", "1.2M": what reads well in a column.
std::string HumanRate(double per_s) {
  if (per_s >= 1e6) return absl::StrFormat("%.1fM", per_s / 1e6);
  if (per_s >= 1e3) return absl::StrFormat("%.1fk", per_s / 1e3);
  return absl::StrFormat(
      per_s < 100 && per_s != std::floor(per_s) ? "%.1f" : "%.0f", per_s);
}

// Of requests; "-" when there were none.
std::string HumanMillis(uint64_t us) {
  if (us == 0) return "-";
  return absl::StrFormat("%.1f", static_cast<double>(us) / 1e3);
}

void PrintSummary(const v1::NodeStatus& status, std::ostream& out) {
  const v1::RecentLoad& recent = status.recent();
  TextTable table({"NODE", "STATE", "TABLES", "LOAD", "WRITES/s", "READS/s",
                   "P99 W/R ms", "DISK FREE", "VERSION", "UPTIME"});
  table.Add({status.name(), StateWord(status.state()),
             absl::StrCat(status.tables()), HumanBytes(status.sstable_bytes()),
             HumanRate(recent.writes_per_s()), HumanRate(recent.reads_per_s()),
             absl::StrCat(HumanMillis(recent.write_p99_us()), " / ",
                          HumanMillis(recent.read_p99_us())),
             status.has_disk_free_bytes() ? HumanBytes(status.disk_free_bytes())
                                          : "unknown",
             status.version(), HumanSeconds(status.uptime_s())});
  table.Print(out);
  out << "rates and times: of the last "
      << HumanSeconds(static_cast<uint64_t>(recent.window_s())) << "\n";
}

void PrintTasks(const v1::NodeStatus& status, std::ostream& out) {
  const auto tasks = [&out](const v1::TaskCounts& counts, const char* kind) {
    out << counts.running() << " " << kind << " running, " << counts.waiting()
        << " waiting";
  };
  out << "tasks: ";
  tasks(status.flush_tasks(), "flushes");
  out << "; ";
  tasks(status.compaction_tasks(), "compactions");
  out << " (" << HumanBytes(status.compaction_pending_bytes()) << " due)\n";
}

void PrintSpace(const v1::NodeStatus& status, std::ostream& out) {
  out << "memory: " << HumanBytes(status.memtable_bytes()) << " of "
      << HumanBytes(status.memtable_limit_bytes()) << " in memtables\n"
      << "disk: "
      << HumanBytes(status.sstable_bytes() + status.commitlog_bytes())
      << " used: " << HumanBytes(status.sstable_bytes()) << " by "
      << status.sstables() << " SSTables, "
      << HumanBytes(status.commitlog_bytes()) << " by the commit log; "
      << HumanBytes(status.snapshot_bytes())
      << " in snapshots, which share files with tables and each other\n";
}

void PrintStatus(const v1::NodeStatus& status, std::ostream& out) {
  out << "node " << status.name() << ": " << StateSentence(status) << "\n";
  PrintSummary(status, out);
  PrintTasks(status, out);
  PrintSpace(status, out);
  out << "since the start: " << status.writes() << " writes ("
      << status.writes_delayed() << " delayed, " << status.writes_refused()
      << " refused), " << status.reads() << " reads, " << status.flushes()
      << " flushes (" << HumanBytes(status.flush_bytes()) << "), "
      << status.compactions() << " compactions ("
      << HumanBytes(status.compaction_bytes_written()) << " written)\n";
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
  AddVerb(
      app, "status",
      "can I read and write, what was the last minute like, what is running",
      std::make_shared<StatusOptions>(), RunStatus, chosen);
}

}  // namespace rowan::cli
