// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "tools/rowan/client/table_name.h"
#include "tools/rowan/table_verbs.h"

namespace rowan::cli {
namespace {

struct RemoveOptions {
  std::string name;
  bool if_exists = false;
  bool no_snapshot = false;
};

// Removing rows needs --yes, or the table's name typed at a terminal.
absl::Status Confirm(const std::string& verb, const std::string& name,
                     Session& session) {
  if (session.yes) return absl::OkStatus();
  session.err << "all rows of table " << name << " go.\n";
  if (isatty(STDIN_FILENO)) {
    session.err << "type its name to go on: " << std::flush;
    std::string typed;
    std::getline(std::cin, typed);
    if (typed == name) return absl::OkStatus();
  }
  return WithHint(absl::FailedPreconditionError(absl::StrCat(
                      "table ", name, " stays as it is: nobody confirmed it")),
                  absl::StrCat("rowan table ", verb, " ", name, " --yes"));
}

std::string Kept(const std::string& snapshot) {
  if (snapshot.empty()) return "";
  return absl::StrCat("; its rows are kept in snapshot ", snapshot);
}

Outcome RunDrop(const RemoveOptions& options, Session& session) {
  ASSIGN_OR_RETURN(const TableName name, ParseTableName(options.name));
  const auto present = session.client.GetTable(options.name);
  if (present.ok()) {
    RETURN_IF_ERROR(Confirm("drop", options.name, session));
  } else if (!absl::IsNotFound(present.status())) {
    return present.status();
  }
  v1::DropTableRequest request;
  request.set_keyspace(name.keyspace);
  request.set_name(name.table);
  request.set_if_exists(options.if_exists);
  request.set_no_snapshot(options.no_snapshot);
  const auto response = session.client.Call(
      session.client.schema(), &v1::Schema::StubInterface::DropTable, request,
      Patience::kEndless);
  if (absl::IsNotFound(response.status())) {
    return WithHint(response.status(), kIfExistsHint);
  }
  if (!response.ok()) return response.status();
  if (session.json) {
    session.out << Json(*response) << "\n";
  } else {
    session.out << "table " << options.name
                << (response->dropped() ? " dropped" : " was not there")
                << Kept(response->snapshot()) << "\n";
  }
  return ExitCode::kDone;
}

Outcome RunTruncate(const RemoveOptions& options, Session& session) {
  ASSIGN_OR_RETURN(const TableName name, ParseTableName(options.name));
  RETURN_IF_ERROR(session.client.GetTable(options.name).status());
  RETURN_IF_ERROR(Confirm("truncate", options.name, session));
  v1::TruncateTableRequest request;
  request.set_keyspace(name.keyspace);
  request.set_name(name.table);
  request.set_no_snapshot(options.no_snapshot);
  ASSIGN_OR_RETURN(
      const v1::TruncateTableResponse response,
      session.client.Call(session.client.schema(),
                          &v1::Schema::StubInterface::TruncateTable, request,
                          Patience::kEndless));
  if (session.json) {
    session.out << Json(response) << "\n";
  } else {
    session.out << "table " << options.name << " truncated"
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
  }
  drop->add_flag("--if-exists", options->if_exists,
                 "a missing one is no error");
}

}  // namespace rowan::cli
