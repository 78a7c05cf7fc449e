// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "tools/rowan/client/table_name.h"
#include "tools/rowan/command.h"

namespace rowan::cli {
namespace {

struct StorageOptions {
  std::string table;  // empty: all
};

Outcome RunFlush(const StorageOptions& options, Session& session) {
  v1::FlushRequest request;
  if (!options.table.empty()) {
    request.mutable_table()->set_name(options.table);
  }
  ASSIGN_OR_RETURN(const v1::FlushResponse response,
                   session.client.Call(session.client.admin(),
                                       &v1::Admin::StubInterface::Flush,
                                       request, Patience::kEndless));
  if (session.json) {
    session.out << Json(response) << "\n";
  } else {
    session.said << "flushed\n";
  }
  return ExitCode::kDone;
}

Outcome RunCompact(const StorageOptions& options, Session& session) {
  v1::CompactRequest request;
  if (!options.table.empty()) {
    request.mutable_table()->set_name(options.table);
  }
  ASSIGN_OR_RETURN(const v1::CompactResponse response,
                   session.client.Call(session.client.admin(),
                                       &v1::Admin::StubInterface::Compact,
                                       request, Patience::kEndless));
  if (session.json) {
    session.out << Json(response) << "\n";
  } else {
    session.said << "compacted\n";
  }
  return ExitCode::kDone;
}

absl::StatusOr<std::vector<std::string>> AllTables(Session& session) {
  ASSIGN_OR_RETURN(
      const v1::ListTablesResponse all,
      session.client.ListAll(session.client.schema(),
                             &v1::Schema::StubInterface::ListTables,
                             v1::ListTablesRequest()));
  std::vector<std::string> names;
  for (const v1::Table& table : all.tables()) {
    names.push_back(absl::StrCat(table.keyspace(), ".", table.name()));
  }
  return names;
}

void PrintSSTables(const v1::ListSSTablesResponse& all, std::ostream& out) {
  TextTable table({"FILE", "PARTITION", "LEVEL", "ROWS", "TOMBSTONES", "SIZE",
                   "RAW", "FIRST KEY", "LAST KEY", "FIRST WRITE",
                   "LAST WRITE"});
  for (const v1::SSTableInfo& file : all.sstables()) {
    table.Add(
        {file.path(),
         absl::StrCat(file.partition().prefix_bits(), "/",
                      1u << file.partition().prefix_length()),
         absl::StrCat(file.level()), absl::StrCat(file.rows()),
         absl::StrCat(file.tombstones()), HumanBytes(file.file_bytes()),
         HumanBytes(file.data_bytes_raw()), KeyText(file.first_partition_key()),
         KeyText(file.last_partition_key()), HumanTime(file.min_timestamp_us()),
         HumanTime(file.max_timestamp_us())});
  }
  table.Print(out);
}

Outcome RunSSTables(const StorageOptions& options, Session& session) {
  std::vector<std::string> tables = {options.table};
  if (options.table.empty()) {
    ASSIGN_OR_RETURN(tables, AllTables(session));
  }
  v1::ListSSTablesResponse all;
  for (const std::string& table : tables) {
    v1::ListSSTablesRequest request;
    request.mutable_table()->set_name(table);
    ASSIGN_OR_RETURN(const v1::ListSSTablesResponse files,
                     session.client.ListAll(
                         session.client.admin(),
                         &v1::Admin::StubInterface::ListSSTables, request));
    all.MergeFrom(files);
  }
  if (session.json) {
    session.out << Json(all) << "\n";
  } else {
    PrintSSTables(all, session.out);
  }
  return ExitCode::kDone;
}

}  // namespace

void AddStorageCommands(CLI::App& app, Verb* chosen) {
  auto options = std::make_shared<StorageOptions>();
  const auto table = [&](CLI::App* verb) {
    verb->add_option("table", options->table, "KEYSPACE.TABLE (default: all)");
  };
  table(AddVerb(app, "flush", "write memtables to SSTables now", options,
                RunFlush, chosen));
  table(AddVerb(app, "compact",
                "flush, then merge the SSTables of each partition into one",
                options, RunCompact, chosen));
  table(AddVerb(app, "sstables",
                "files with partition, level, rows, sizes, keys and times",
                options, RunSSTables, chosen));
}

}  // namespace rowan::cli
