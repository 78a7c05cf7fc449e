// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/base/status_macros.h"
#include "tools/rowan/client/table_name.h"
#include "tools/rowan/client/table_schema.h"
#include "tools/rowan/command.h"

namespace rowan::cli {
namespace {

struct TypeOptions {
  std::string name;
  std::string keyspace;
  std::vector<std::string> fields, additions, renames;
  bool if_not_exists = false;
  bool if_exists = false;
};

// "street text" is a field as it is a column.
absl::StatusOr<v1::UserType::Field> ParseField(const std::string& text) {
  ASSIGN_OR_RETURN(const v1::Column column,
                   ParseColumn(v1::COLUMN_ROLE_REGULAR, text));
  v1::UserType::Field field;
  field.set_name(column.name());
  field.set_cql_type(column.cql_type());
  return field;
}

std::string FieldsText(const v1::UserType& type) {
  std::vector<std::string> fields;
  for (const auto& field : type.fields()) {
    fields.push_back(absl::StrCat(field.name(), " ", field.cql_type()));
  }
  return absl::StrJoin(fields, ", ");
}

Outcome RunCreate(const TypeOptions& options, Session& session) {
  ASSIGN_OR_RETURN(const TableName name, ParseTableName(options.name));
  v1::CreateTypeRequest request;
  request.mutable_type()->set_keyspace(name.keyspace);
  request.mutable_type()->set_name(name.table);
  request.set_if_not_exists(options.if_not_exists);
  for (const std::string& field : options.fields) {
    ASSIGN_OR_RETURN(*request.mutable_type()->add_fields(), ParseField(field));
  }
  ASSIGN_OR_RETURN(
      const v1::CreateTypeResponse response,
      session.client.Call(session.client.schema(),
                          &v1::Schema::StubInterface::CreateType, request));
  if (session.json) {
    session.out << Json(response) << "\n";
  } else {
    session.said << "type " << options.name
                 << (response.created() ? " created\n" : " was there\n");
  }
  return ExitCode::kDone;
}

Outcome RunList(const TypeOptions& options, Session& session) {
  v1::ListTypesRequest request;
  request.set_keyspace(options.keyspace);
  ASSIGN_OR_RETURN(
      const v1::ListTypesResponse all,
      session.client.ListAll(session.client.schema(),
                             &v1::Schema::StubInterface::ListTypes, request));
  if (session.json) {
    session.out << Json(all) << "\n";
    return ExitCode::kDone;
  }
  TextTable table({"TYPE", "FIELDS"});
  for (const v1::UserType& type : all.types()) {
    table.Add(
        {absl::StrCat(type.keyspace(), ".", type.name()), FieldsText(type)});
  }
  table.Print(session.out);
  return ExitCode::kDone;
}

Outcome RunDescribe(const TypeOptions& options, Session& session) {
  ASSIGN_OR_RETURN(const TableName name, ParseTableName(options.name));
  v1::GetTypeRequest request;
  request.set_keyspace(name.keyspace);
  request.set_name(name.table);
  ASSIGN_OR_RETURN(
      const v1::UserType type,
      session.client.Call(session.client.schema(),
                          &v1::Schema::StubInterface::GetType, request));
  if (session.json) {
    session.out << Json(type) << "\n";
    return ExitCode::kDone;
  }
  session.out << "type " << options.name << "\n";
  for (const auto& field : type.fields()) {
    session.out << "  " << field.name() << " " << field.cql_type() << "\n";
  }
  return ExitCode::kDone;
}

Outcome RunAlter(const TypeOptions& options, Session& session) {
  ASSIGN_OR_RETURN(const TableName name, ParseTableName(options.name));
  v1::AlterTypeRequest request;
  request.set_keyspace(name.keyspace);
  request.set_name(name.table);
  for (const std::string& field : options.additions) {
    ASSIGN_OR_RETURN(*request.add_add_fields(), ParseField(field));
  }
  for (const std::string& rename : options.renames) {
    const size_t equals = rename.find('=');
    if (equals == std::string::npos) {
      return absl::InvalidArgumentError(
          absl::StrCat("--rename '", rename, "': expected OLD=NEW"));
    }
    request.add_rename_fields()->set_from(rename.substr(0, equals));
    request.mutable_rename_fields()->rbegin()->set_to(
        rename.substr(equals + 1));
  }
  ASSIGN_OR_RETURN(
      const v1::AlterTypeResponse response,
      session.client.Call(session.client.schema(),
                          &v1::Schema::StubInterface::AlterType, request));
  if (session.json) {
    session.out << Json(response) << "\n";
  } else {
    session.said << "type " << options.name << " altered\n";
  }
  return ExitCode::kDone;
}

Outcome RunDrop(const TypeOptions& options, Session& session) {
  ASSIGN_OR_RETURN(const TableName name, ParseTableName(options.name));
  v1::DropTypeRequest request;
  request.set_keyspace(name.keyspace);
  request.set_name(name.table);
  request.set_if_exists(options.if_exists);
  const auto response = session.client.Call(
      session.client.schema(), &v1::Schema::StubInterface::DropType, request);
  if (absl::IsNotFound(response.status())) {
    return WithHint(response.status(), kIfExistsHint);
  }
  if (!response.ok()) return response.status();
  if (session.json) {
    session.out << Json(*response) << "\n";
  } else {
    session.said << "type " << options.name
                 << (response->dropped() ? " dropped\n" : " was not there\n");
  }
  return ExitCode::kDone;
}

}  // namespace

void AddTypeCommands(CLI::App& app, Verb* chosen) {
  CLI::App* group = app.add_subcommand("type", "user-defined types");
  group->require_subcommand(1);
  group->fallthrough();
  auto options = std::make_shared<TypeOptions>();
  const auto add_name = [&](CLI::App* verb) {
    verb->add_option("type", options->name, "KEYSPACE.TYPE")->required();
  };
  CLI::App* create = AddVerb(*group, "create", "make a type of named fields",
                             options, RunCreate, chosen);
  add_name(create);
  create->add_option("--field", options->fields, "'NAME TYPE'; repeatable")
      ->required()
      ->allow_extra_args(false);
  create->add_flag("--if-not-exists", options->if_not_exists,
                   "an existing one is no error");
  CLI::App* list =
      AddVerb(*group, "list", "all types", options, RunList, chosen);
  list->add_option("keyspace", options->keyspace, "only those of KEYSPACE");
  add_name(
      AddVerb(*group, "describe", "its fields", options, RunDescribe, chosen));
  CLI::App* alter =
      AddVerb(*group, "alter", "add fields at the end, or rename some", options,
              RunAlter, chosen);
  add_name(alter);
  alter->add_option("--add", options->additions, "'NAME TYPE'; repeatable")
      ->allow_extra_args(false);
  alter->add_option("--rename", options->renames, "OLD=NEW; repeatable")
      ->allow_extra_args(false);
  CLI::App* drop = AddVerb(*group, "drop", "remove a type that nothing uses",
                           options, RunDrop, chosen);
  add_name(drop);
  drop->add_flag("--if-exists", options->if_exists,
                 "a missing one is no error");
}

}  // namespace rowan::cli
