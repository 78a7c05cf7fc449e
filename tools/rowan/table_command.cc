// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/base/status_macros.h"
#include "tools/rowan/client/proto_type.h"
#include "tools/rowan/client/table_name.h"
#include "tools/rowan/client/table_schema.h"
#include "tools/rowan/command.h"

namespace rowan::cli {
namespace {

struct TableCommandOptions {
  std::string name;
  std::string keyspace;
  std::vector<std::string> partition_key, clustering, statics, columns, options;
  bool if_not_exists = false;
  bool if_exists = false;
};

std::string FullName(const v1::Table& table) {
  return absl::StrCat(table.keyspace(), ".", table.name());
}

std::string ColumnsText(const v1::Table& table, v1::ColumnRole role) {
  std::vector<std::string> names;
  for (const v1::Column& column : table.columns()) {
    if (column.role() != role) continue;
    names.push_back(absl::StrCat(column.name(), " ", TypeText(column),
                                 column.descending() ? " desc" : ""));
  }
  return absl::StrJoin(names, ", ");
}

std::string CompressionText(v1::Compression compression) {
  switch (compression) {
    case v1::COMPRESSION_LZ4:
      return "lz4";
    case v1::COMPRESSION_ZSTD:
      return "zstd";
    default:
      return "none";
  }
}

void PrintTable(const v1::Table& table, std::ostream& out) {
  out << "table " << FullName(table) << "\n";
  const auto line = [&](const char* what, v1::ColumnRole role) {
    const std::string columns = ColumnsText(table, role);
    if (!columns.empty()) out << "  " << what << columns << "\n";
  };
  line("partition key  ", v1::COLUMN_ROLE_PARTITION_KEY);
  line("clustering     ", v1::COLUMN_ROLE_CLUSTERING);
  line("static         ", v1::COLUMN_ROLE_STATIC);
  line("columns        ", v1::COLUMN_ROLE_REGULAR);
  const v1::TableOptions& options = table.options();
  out << "  options        partitions=" << options.partitions()
      << " compaction_scaling=" << options.compaction_scaling()
      << " compression=" << CompressionText(options.compression())
      << " default_ttl_s=" << options.default_ttl_s()
      << " tombstone_grace_s=" << options.tombstone_grace_s() << "\n"
      << "  schema         version " << table.schema_version() << ", handle "
      << table.handle() << "\n";
}

absl::Status AddColumns(const std::vector<std::string>& texts,
                        v1::ColumnRole role, v1::Table* table) {
  for (const std::string& text : texts) {
    ASSIGN_OR_RETURN(*table->add_columns(), ParseColumn(role, text));
  }
  return absl::OkStatus();
}

Outcome RunCreate(const TableCommandOptions& options, Session& session) {
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
    session.out << "table " << options.name
                << (response.created() ? " created\n" : " was there\n");
  }
  return ExitCode::kDone;
}

Outcome RunList(const TableCommandOptions& options, Session& session) {
  v1::ListTablesRequest request;
  request.set_keyspace(options.keyspace);
  v1::ListTablesResponse all;
  do {
    ASSIGN_OR_RETURN(
        const v1::ListTablesResponse page,
        session.client.Call(session.client.schema(),
                            &v1::Schema::StubInterface::ListTables, request));
    all.mutable_tables()->MergeFrom(page.tables());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  if (session.json) {
    session.out << Json(all) << "\n";
    return ExitCode::kDone;
  }
  TextTable table({"TABLE", "PARTITION KEY", "CLUSTERING", "COLUMNS",
                   "PARTITIONS", "VERSION"});
  for (const v1::Table& each : all.tables()) {
    table.Add({FullName(each), ColumnsText(each, v1::COLUMN_ROLE_PARTITION_KEY),
               ColumnsText(each, v1::COLUMN_ROLE_CLUSTERING),
               absl::StrCat(each.columns_size()),
               absl::StrCat(each.options().partitions()),
               absl::StrCat(each.schema_version())});
  }
  table.Print(session.out);
  return ExitCode::kDone;
}

Outcome RunDescribe(const TableCommandOptions& options, Session& session) {
  ASSIGN_OR_RETURN(const v1::Table table,
                   session.client.GetTable(options.name));
  if (session.json) {
    session.out << Json(table) << "\n";
  } else {
    PrintTable(table, session.out);
  }
  return ExitCode::kDone;
}

// Dropping needs --yes, or the table's name typed at a terminal.
absl::Status ConfirmDrop(const std::string& name, Session& session) {
  if (session.yes) return absl::OkStatus();
  session.err << "table " << name << " goes with all its rows.\n";
  if (isatty(STDIN_FILENO)) {
    session.err << "type its name to drop it: " << std::flush;
    std::string typed;
    std::getline(std::cin, typed);
    if (typed == name) return absl::OkStatus();
  }
  return WithHint(
      absl::FailedPreconditionError(absl::StrCat("table ", name,
                                                 " is not dropped: nobody "
                                                 "confirmed it")),
      absl::StrCat("rowan table drop ", name, " --yes"));
}

Outcome RunDrop(const TableCommandOptions& options, Session& session) {
  ASSIGN_OR_RETURN(const TableName name, ParseTableName(options.name));
  const auto present = session.client.GetTable(options.name);
  if (present.ok()) {
    RETURN_IF_ERROR(ConfirmDrop(options.name, session));
  } else if (!absl::IsNotFound(present.status())) {
    return present.status();
  }
  v1::DropTableRequest request;
  request.set_keyspace(name.keyspace);
  request.set_name(name.table);
  request.set_if_exists(options.if_exists);
  const auto response = session.client.Call(
      session.client.schema(), &v1::Schema::StubInterface::DropTable, request);
  if (absl::IsNotFound(response.status())) {
    return WithHint(response.status(), kIfExistsHint);
  }
  if (!response.ok()) return response.status();
  if (session.json) {
    session.out << Json(*response) << "\n";
  } else {
    session.out << "table " << options.name
                << (response->dropped() ? " dropped\n" : " was not there\n");
  }
  return ExitCode::kDone;
}

void AddCreate(CLI::App& group,
               const std::shared_ptr<TableCommandOptions>& options,
               Verb* chosen) {
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
  columns("--option", &options->options,
          "partitions=N, compaction_scaling=N, compression=none|lz4|zstd, "
          "default_ttl_s=N, tombstone_grace_s=N; repeatable");
  create->add_flag("--if-not-exists", options->if_not_exists,
                   "an existing one is no error");
}

}  // namespace

void AddTableCommands(CLI::App& app, Verb* chosen) {
  CLI::App* group = app.add_subcommand("table", "tables");
  group->require_subcommand(1);
  group->fallthrough();
  auto options = std::make_shared<TableCommandOptions>();
  AddCreate(*group, options, chosen);
  CLI::App* list =
      AddVerb(*group, "list", "all tables", options, RunList, chosen);
  list->add_option("keyspace", options->keyspace, "only those of KEYSPACE");
  CLI::App* describe = AddVerb(*group, "describe", "columns and options",
                               options, RunDescribe, chosen);
  describe->add_option("table", options->name, "KEYSPACE.TABLE")->required();
  CLI::App* drop = AddVerb(*group, "drop", "remove a table with its data",
                           options, RunDrop, chosen);
  drop->add_option("table", options->name, "KEYSPACE.TABLE")->required();
  drop->add_flag("--if-exists", options->if_exists,
                 "a missing one is no error");
}

}  // namespace rowan::cli
