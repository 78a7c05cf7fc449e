// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "storage/base/status_macros.h"
#include "tools/rowan/client/table_name.h"
#include "tools/rowan/client/table_schema.h"
#include "tools/rowan/table_verbs.h"

namespace rowan::cli {
namespace {

struct CreateOptions {
  std::string name;
  std::vector<std::string> partition_key, clustering, statics, columns, options;
  bool if_not_exists = false;
};

absl::Status AddColumns(const std::vector<std::string>& texts,
                        v1::ColumnRole role, v1::Table* table) {
  for (const std::string& text : texts) {
    ASSIGN_OR_RETURN(*table->add_columns(), ParseColumn(role, text));
  }
  return absl::OkStatus();
}

Outcome RunCreate(const CreateOptions& options, Session& session) {
  ASSIGN_OR_RETURN(const TableName name, ParseTableName(options.name));
  v1::CreateTableRequest request;
  v1::Table* table = request.mutable_table();
  table->set_keyspace(name.keyspace);
  table->set_name(name.table);
  request.set_if_not_exists(options.if_not_exists);
  RETURN_IF_ERROR(
      AddColumns(options.partition_key, v1::COLUMN_ROLE_PARTITION_KEY, table));
  RETURN_IF_ERROR(
      AddColumns(options.clustering, v1::COLUMN_ROLE_CLUSTERING, table));
  RETURN_IF_ERROR(AddColumns(options.statics, v1::COLUMN_ROLE_STATIC, table));
  RETURN_IF_ERROR(AddColumns(options.columns, v1::COLUMN_ROLE_REGULAR, table));
  for (const std::string& option : options.options) {
    RETURN_IF_ERROR(ParseTableOption(option, table->mutable_options()));
  }
  ASSIGN_OR_RETURN(
      const v1::CreateTableResponse response,
      session.client.Call(session.client.schema(),
                          &v1::Schema::StubInterface::CreateTable, request));
  if (session.json) {
    session.out << Json(response) << "\n";
  } else {
    session.said << "table " << options.name
                 << (response.created() ? " created\n" : " was there\n");
  }
  return ExitCode::kDone;
}

}  // namespace

void AddTableCreate(CLI::App& group, Verb* chosen) {
  auto options = std::make_shared<CreateOptions>();
  CLI::App* create =
      AddVerb(group, "create", "make a table", options, RunCreate, chosen);
  create->add_option("table", options->name, "KEYSPACE.TABLE")->required();
  const auto columns = [&](const char* flag, std::vector<std::string>* into,
                           const char* help) {
    return create->add_option(flag, *into, help)->allow_extra_args(false);
  };
  columns("--partition-key", &options->partition_key,
          "'NAME TYPE', hashed; repeat for a composite key")
      ->required();
  columns("--clustering", &options->clustering,
          "'NAME TYPE [asc|desc]', orders the rows; repeatable");
  columns("--static", &options->statics,
          "'NAME TYPE', one value per wide row; repeatable");
  columns("--column", &options->columns, "'NAME TYPE'; repeatable");
  columns("--option", &options->options, kTableOptionsHelp);
  create->add_flag("--if-not-exists", options->if_not_exists,
                   "an existing one is no error");
}

}  // namespace rowan::cli
