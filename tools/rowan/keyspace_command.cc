// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "tools/rowan/command.h"

namespace rowan::cli {
namespace {

struct KeyspaceOptions {
  std::string name;
  bool if_not_exists = false;
  bool if_exists = false;
};

Outcome RunCreate(const KeyspaceOptions& options, Session& session) {
  v1::CreateKeyspaceRequest request;
  request.set_name(options.name);
  request.set_if_not_exists(options.if_not_exists);
  ASSIGN_OR_RETURN(
      const v1::CreateKeyspaceResponse response,
      session.client.Call(session.client.schema(),
                          &v1::Schema::StubInterface::CreateKeyspace, request));
  if (session.json) {
    session.out << Json(response) << "\n";
  } else {
    session.said << "keyspace " << options.name
                 << (response.created() ? " created\n" : " was there\n");
  }
  return ExitCode::kDone;
}

Outcome RunList(const KeyspaceOptions&, Session& session) {
  ASSIGN_OR_RETURN(
      const v1::ListKeyspacesResponse all,
      session.client.ListAll(session.client.schema(),
                             &v1::Schema::StubInterface::ListKeyspaces,
                             v1::ListKeyspacesRequest()));
  if (session.json) {
    session.out << Json(all) << "\n";
    return ExitCode::kDone;
  }
  TextTable table({"KEYSPACE", "TABLES"});
  for (const v1::Keyspace& keyspace : all.keyspaces()) {
    table.Add({keyspace.name(), absl::StrCat(keyspace.tables())});
  }
  table.Print(session.out);
  return ExitCode::kDone;
}

Outcome RunDrop(const KeyspaceOptions& options, Session& session) {
  v1::DropKeyspaceRequest request;
  request.set_name(options.name);
  request.set_if_exists(options.if_exists);
  auto response =
      session.client.Call(session.client.schema(),
                          &v1::Schema::StubInterface::DropKeyspace, request);
  if (absl::IsFailedPrecondition(response.status())) {
    return WithHint(response.status(),
                    absl::StrCat("rowan table list ", options.name,
                                 "; rowan table drop KS.T"));
  }
  if (absl::IsNotFound(response.status())) {
    return WithHint(response.status(), kIfExistsHint);
  }
  if (!response.ok()) return response.status();
  if (session.json) {
    session.out << Json(*response) << "\n";
  } else {
    session.said << "keyspace " << options.name
                 << (response->dropped() ? " dropped\n" : " was not there\n");
  }
  return ExitCode::kDone;
}

}  // namespace

void AddKeyspaceCommands(CLI::App& app, Verb* chosen) {
  CLI::App* group = app.add_subcommand("keyspace", "keyspaces");
  group->require_subcommand(1);
  group->fallthrough();
  auto options = std::make_shared<KeyspaceOptions>();
  CLI::App* create = AddVerb(*group, "create", "make an empty keyspace",
                             options, RunCreate, chosen);
  create->add_option("name", options->name, "its name")->required();
  create->add_flag("--if-not-exists", options->if_not_exists,
                   "an existing one is no error");
  AddVerb(*group, "list", "all keyspaces", options, RunList, chosen);
  CLI::App* drop = AddVerb(*group, "drop", "remove an empty keyspace", options,
                           RunDrop, chosen);
  drop->add_option("name", options->name, "its name")->required();
  drop->add_flag("--if-exists", options->if_exists,
                 "a missing one is no error");
}

}  // namespace rowan::cli
