// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/base/status_macros.h"
#include "tools/rowan/client/proto_type.h"
#include "tools/rowan/client/table_schema.h"
#include "tools/rowan/table_verbs.h"

namespace rowan::cli {
namespace {

struct ShowOptions {
  std::string name;
  std::string keyspace;
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

Outcome RunList(const ShowOptions& options, Session& session) {
  v1::ListTablesRequest request;
  request.set_keyspace(options.keyspace);
  ASSIGN_OR_RETURN(
      const v1::ListTablesResponse all,
      session.client.ListAll(session.client.schema(),
                             &v1::Schema::StubInterface::ListTables, request));
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

Outcome RunDescribe(const ShowOptions& options, Session& session) {
  ASSIGN_OR_RETURN(const v1::Table table,
                   session.client.GetTable(options.name));
  if (session.json) {
    session.out << Json(table) << "\n";
  } else {
    PrintTable(table, session.out);
  }
  return ExitCode::kDone;
}

}  // namespace

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

void AddTableCommands(CLI::App& app, Verb* chosen) {
  CLI::App* group = app.add_subcommand("table", "tables");
  group->require_subcommand(1);
  group->fallthrough();
  AddTableCreate(*group, chosen);
  auto options = std::make_shared<ShowOptions>();
  CLI::App* list =
      AddVerb(*group, "list", "all tables", options, RunList, chosen);
  list->add_option("keyspace", options->keyspace, "only those of KEYSPACE");
  CLI::App* describe = AddVerb(*group, "describe", "columns and options",
                               options, RunDescribe, chosen);
  describe->add_option("table", options->name, "KEYSPACE.TABLE")->required();
  AddTableAlter(*group, chosen);
  AddTableRemovals(*group, chosen);
}

}  // namespace rowan::cli
