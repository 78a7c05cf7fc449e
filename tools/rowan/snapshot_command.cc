// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "tools/rowan/client/table_name.h"
#include "tools/rowan/command.h"
#include "tools/rowan/confirm.h"

namespace rowan::cli {
namespace {

struct SnapshotOptions {
  std::string name;
  std::string table;  // KEYSPACE.TABLE
  bool dry_run = false;
};

std::string FullName(const std::string& keyspace, const std::string& table) {
  return absl::StrCat(keyspace, ".", table);
}

Outcome RunCreate(const SnapshotOptions& options, Session& session) {
  ASSIGN_OR_RETURN(const TableName table, ParseTableName(options.table));
  v1::CreateSnapshotRequest request;
  request.set_keyspace(table.keyspace);
  request.set_table(table.table);
  request.set_name(options.name);
  ASSIGN_OR_RETURN(
      const v1::Snapshot snapshot,
      session.client.Call(session.client.admin(),
                          &v1::Admin::StubInterface::CreateSnapshot, request,
                          Patience::kEndless));
  if (session.json) {
    session.out << Json(snapshot) << "\n";
  } else {
    session.said << "snapshot " << snapshot.name() << " created, "
                 << HumanBytes(snapshot.bytes()) << "\n";
  }
  return ExitCode::kDone;
}

Outcome RunList(const SnapshotOptions&, Session& session) {
  ASSIGN_OR_RETURN(const v1::ListSnapshotsResponse all,
                   session.client.ListSnapshots());
  if (session.json) {
    session.out << Json(all) << "\n";
    return ExitCode::kDone;
  }
  TextTable table({"SNAPSHOT", "TABLE", "MADE", "FILES", "SIZE"});
  for (const v1::Snapshot& snapshot : all.snapshots()) {
    table.Add({snapshot.name(), FullName(snapshot.keyspace(), snapshot.table()),
               HumanTime(snapshot.created_at_us()),
               absl::StrCat(snapshot.sstables()),
               HumanBytes(snapshot.bytes())});
  }
  table.Print(session.out);
  return ExitCode::kDone;
}

Outcome RunRestore(const SnapshotOptions& options, Session& session) {
  v1::RestoreTableRequest request;
  request.set_snapshot(options.name);
  if (!options.table.empty()) {
    ASSIGN_OR_RETURN(const TableName table, ParseTableName(options.table));
    request.set_keyspace(table.keyspace);
    request.set_name(table.table);
  }
  const auto response = session.client.Call(
      session.client.schema(), &v1::Schema::StubInterface::RestoreTable,
      request, Patience::kEndless);
  if (absl::IsAlreadyExists(response.status())) {
    return WithHint(response.status(), "--as KEYSPACE.TABLE");
  }
  if (!response.ok()) return response.status();
  if (session.json) {
    session.out << Json(*response) << "\n";
  } else {
    session.said << "table "
                 << FullName(response->table().keyspace(),
                             response->table().name())
                 << " restored\n";
    for (const std::string& line : response->damage()) {
      session.out << "damaged: " << line << "\n";
    }
  }
  return ExitCode::kDone;
}

absl::StatusOr<Loss> LossOf(const std::string& name, Session& session) {
  ASSIGN_OR_RETURN(const v1::ListSnapshotsResponse all,
                   session.client.ListSnapshots());
  for (const v1::Snapshot& snapshot : all.snapshots()) {
    if (snapshot.name() != name) continue;
    return Loss{
        .command = absl::StrCat("rowan snapshot drop ", name),
        .name = name,
        .lines = {absl::StrCat(
            "snapshot ", name, " of table ",
            FullName(snapshot.keyspace(), snapshot.table()), ", made ",
            HumanTime(snapshot.created_at_us()), ": ", snapshot.sstables(),
            " SSTables, ", HumanBytes(snapshot.bytes()),
            "; what no table holds any more goes for good")}};
  }
  return WithHint(
      absl::NotFoundError(absl::StrCat("there is no snapshot ", name)),
      "rowan snapshot list");
}

Outcome RunDrop(const SnapshotOptions& options, Session& session) {
  v1::DropSnapshotRequest request;
  request.set_name(options.name);
  if (options.dry_run || !session.yes) {
    ASSIGN_OR_RETURN(const Loss loss, LossOf(options.name, session));
    if (options.dry_run) return TellOnly(loss.lines, request, session);
    RETURN_IF_ERROR(Confirm(loss, session));
  }
  ASSIGN_OR_RETURN(
      const v1::DropSnapshotResponse response,
      session.client.Call(session.client.admin(),
                          &v1::Admin::StubInterface::DropSnapshot, request));
  if (session.json) {
    session.out << Json(response) << "\n";
  } else {
    session.said << "snapshot " << options.name << " dropped\n";
  }
  return ExitCode::kDone;
}

}  // namespace

void AddSnapshotCommands(CLI::App& app, Verb* chosen) {
  CLI::App* group = app.add_subcommand(
      "snapshot", "what tables held at one moment, kept as hard links");
  group->require_subcommand(1);
  group->fallthrough();
  auto options = std::make_shared<SnapshotOptions>();
  CLI::App* create = AddVerb(*group, "create", "keep what a table holds now",
                             options, RunCreate, chosen);
  create->add_option("table", options->table, "KEYSPACE.TABLE")->required();
  create->add_option("--name", options->name, "default: of table and time");
  AddVerb(*group, "list",
          "all snapshots, also those that `table drop` and "
          "`table truncate` made",
          options, RunList, chosen);
  CLI::App* restore = AddVerb(*group, "restore", "make a table of a snapshot",
                              options, RunRestore, chosen);
  restore->add_option("--as", options->table,
                      "KEYSPACE.TABLE (default: as it was called)");
  CLI::App* drop =
      AddVerb(*group, "drop", "remove a snapshot", options, RunDrop, chosen);
  drop->add_flag("--dry-run", options->dry_run, kDryRunHelp);
  for (CLI::App* verb : {restore, drop}) {
    verb->add_option("name", options->name, "of `snapshot list`")->required();
  }
}

}  // namespace rowan::cli
