// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "tools/rowan/client/table_name.h"
#include "tools/rowan/confirm.h"
#include "tools/rowan/table_verbs.h"

namespace rowan::cli {
namespace {

struct RemoveOptions {
  std::string name;
  bool if_exists = false;
  bool no_snapshot = false;
  bool dry_run = false;
};

// What goes with the table's rows, and whether a snapshot keeps them.
absl::StatusOr<Loss> LossOf(const char* verb, const RemoveOptions& options,
                            Session& session) {
  Loss loss;
  loss.command = absl::StrCat("rowan table ", verb, " ", options.name,
                              options.no_snapshot ? " --no-snapshot" : "");
  loss.name = options.name;
  ASSIGN_OR_RETURN(loss.lines, DescribeContents(options.name, session));
  loss.lines.push_back(options.no_snapshot
                           ? "no snapshot is made: its rows go for good"
                           : "its rows go; a new snapshot keeps them");
  return loss;
}

std::string Kept(const std::string& snapshot) {
  if (snapshot.empty()) return "";
  return absl::StrCat("; its rows are kept in snapshot ", snapshot);
}

Outcome TellDropped(const RemoveOptions& options,
                    const v1::DropTableResponse& response, Session& session) {
  if (session.json) {
    session.out << Json(response) << "\n";
  } else {
    session.said << "table " << options.name
                 << (response.dropped() ? " dropped" : " was not there")
                 << Kept(response.snapshot()) << "\n";
  }
  return ExitCode::kDone;
}

Outcome RunDrop(const RemoveOptions& options, Session& session) {
  ASSIGN_OR_RETURN(const TableName name, ParseTableName(options.name));
  v1::DropTableRequest request;
  request.set_keyspace(name.keyspace);
  request.set_name(name.table);
  request.set_if_exists(options.if_exists);
  request.set_no_snapshot(options.no_snapshot);
  const absl::Status present = session.client.GetTable(options.name).status();
  if (absl::IsNotFound(present) && options.if_exists) {
    return TellDropped(options, v1::DropTableResponse(), session);
  }
  if (!present.ok() && (options.dry_run || !absl::IsNotFound(present))) {
    return present;
  }
  if (present.ok() && (options.dry_run || !session.yes)) {
    ASSIGN_OR_RETURN(const Loss loss, LossOf("drop", options, session));
    if (options.dry_run) return TellOnly(loss.lines, request, session);
    RETURN_IF_ERROR(Confirm(loss, session));
  }
  const auto response = session.client.Call(
      session.client.schema(), &v1::Schema::StubInterface::DropTable, request,
      Patience::kEndless);
  if (absl::IsNotFound(response.status())) {
    return WithHint(response.status(), kIfExistsHint);
  }
  if (!response.ok()) return response.status();
  return TellDropped(options, *response, session);
}

Outcome RunTruncate(const RemoveOptions& options, Session& session) {
  ASSIGN_OR_RETURN(const TableName name, ParseTableName(options.name));
  RETURN_IF_ERROR(session.client.GetTable(options.name).status());
  v1::TruncateTableRequest request;
  request.set_keyspace(name.keyspace);
  request.set_name(name.table);
  request.set_no_snapshot(options.no_snapshot);
  if (options.dry_run || !session.yes) {
    ASSIGN_OR_RETURN(const Loss loss, LossOf("truncate", options, session));
    if (options.dry_run) return TellOnly(loss.lines, request, session);
    RETURN_IF_ERROR(Confirm(loss, session));
  }
  ASSIGN_OR_RETURN(
      const v1::TruncateTableResponse response,
      session.client.Call(session.client.schema(),
                          &v1::Schema::StubInterface::TruncateTable, request,
                          Patience::kEndless));
  if (session.json) {
    session.out << Json(response) << "\n";
  } else {
    session.said << "table " << options.name << " truncated"
                 << Kept(response.snapshot()) << "\n";
  }
  return ExitCode::kDone;
}

}  // namespace

void AddTableRemovals(CLI::App& group, Verb* chosen) {
  auto options = std::make_shared<RemoveOptions>();
  CLI::App* drop = AddVerb(group, "drop", "remove a table with its data",
                           options, RunDrop, chosen);
  CLI::App* truncate = AddVerb(group, "truncate", "remove all rows of a table",
                               options, RunTruncate, chosen);
  for (CLI::App* verb : {drop, truncate}) {
    verb->add_option("table", options->name, "KEYSPACE.TABLE")->required();
    verb->add_flag("--no-snapshot", options->no_snapshot,
                   "the rows are gone for good");
    verb->add_flag("--dry-run", options->dry_run, kDryRunHelp);
  }
  drop->add_flag("--if-exists", options->if_exists,
                 "a missing one is no error");
}

}  // namespace rowan::cli
