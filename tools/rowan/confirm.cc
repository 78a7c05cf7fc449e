// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/confirm.h"

#include <unistd.h>

#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/base/status_macros.h"
#include "tools/rowan/client/failure.h"
#include "tools/rowan/client/table_name.h"

namespace rowan::cli {
namespace {

absl::StatusOr<std::string> SizeLine(const std::string& table,
                                     Session& session) {
  // First the memtables: what is flushed meanwhile counts twice, not never.
  v1::ListPartitionsRequest partitions_request;
  partitions_request.mutable_table()->set_name(table);
  ASSIGN_OR_RETURN(
      const v1::ListPartitionsResponse partitions,
      session.client.ListAll(session.client.admin(),
                             &v1::Admin::StubInterface::ListPartitions,
                             partitions_request));
  v1::ListSSTablesRequest files_request;
  files_request.mutable_table()->set_name(table);
  ASSIGN_OR_RETURN(const v1::ListSSTablesResponse files,
                   session.client.ListAll(
                       session.client.admin(),
                       &v1::Admin::StubInterface::ListSSTables, files_request));
  uint64_t in_files = 0, in_memtables = 0, bytes = 0;
  for (const v1::SSTableInfo& file : files.sstables()) {
    in_files += file.rows();
    bytes += file.file_bytes();
  }
  for (const v1::PartitionInfo& partition : partitions.partitions()) {
    in_memtables += partition.memtable_wide_rows();
    bytes += partition.memtable_bytes();
  }
  return absl::StrCat("table ", table, " holds about ", in_files, " rows in ",
                      files.sstables_size(), " SSTables and ", in_memtables,
                      " wide rows in memtables, ", HumanBytes(bytes),
                      " in all (an estimate: overwritten and deleted rows "
                      "count)");
}

absl::StatusOr<std::string> SnapshotsLine(const std::string& table,
                                          Session& session) {
  ASSIGN_OR_RETURN(const TableName name, ParseTableName(table));
  ASSIGN_OR_RETURN(const v1::ListSnapshotsResponse all,
                   session.client.ListSnapshots());
  std::vector<std::string> of_it;
  for (const v1::Snapshot& snapshot : all.snapshots()) {
    if (snapshot.keyspace() != name.keyspace) continue;
    if (snapshot.table() != name.table) continue;
    of_it.push_back(absl::StrCat(snapshot.name(), " (",
                                 HumanTime(snapshot.created_at_us()), ")"));
  }
  return absl::StrCat("snapshots of it: ",
                      of_it.empty() ? "none" : absl::StrJoin(of_it, ", "));
}

}  // namespace

absl::Status Confirm(const Loss& loss, Session& session) {
  if (session.yes) return absl::OkStatus();
  constexpr char kYes[] = "the same command with --yes";
  for (const std::string& line : loss.lines) session.err << line << "\n";
  if (isatty(STDIN_FILENO) == 0 || isatty(STDERR_FILENO) == 0) {
    return WithHint(
        absl::InvalidArgumentError(absl::StrCat(
            loss.command, " destroys data, and nobody can be asked here")),
        kYes);
  }
  session.err << "type " << loss.name << " to go on: " << std::flush;
  std::string typed;
  std::getline(std::cin, typed);
  if (typed == loss.name) return absl::OkStatus();
  return WithHint(absl::FailedPreconditionError(absl::StrCat(
                      loss.name, " stays as it is: its name was not typed")),
                  kYes);
}

absl::StatusOr<std::vector<std::string>> DescribeContents(
    const std::string& table, Session& session) {
  std::vector<std::string> lines(2);
  ASSIGN_OR_RETURN(lines[0], SizeLine(table, session));
  ASSIGN_OR_RETURN(lines[1], SnapshotsLine(table, session));
  return lines;
}

ExitCode TellOnly(const std::vector<std::string>& lines,
                  const google::protobuf::Message& request, Session& session) {
  if (session.json) {
    session.out << Json(request) << "\n";
    return ExitCode::kDone;
  }
  for (const std::string& line : lines) session.out << line << "\n";
  session.talk << "nothing was done: --dry-run\n";
  return ExitCode::kDone;
}

}  // namespace rowan::cli
