// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/base/status_macros.h"
#include "tools/rowan/client/row_arguments.h"
#include "tools/rowan/client/row_count.h"
#include "tools/rowan/client/table_schema.h"
#include "tools/rowan/command.h"
#include "tools/rowan/confirm.h"

namespace rowan::cli {
namespace {

struct WriteOptions {
  std::string table;
  std::vector<std::string> words;
  std::vector<std::string> cells;
  std::string slice;
  bool has_slice = false;
  std::optional<int64_t> ttl_s;
  int64_t timestamp_us = 0;
  bool no_row_marker = false;
  bool dry_run = false;
};

Outcome Send(const v1::WriteRequest& request, const std::string& what,
             Session& session) {
  ASSIGN_OR_RETURN(
      const v1::WriteResponse response,
      session.client.Call(session.client.data(),
                          &v1::Data::StubInterface::Write, request));
  if (session.json) {
    session.out << Json(response) << "\n";
  } else {
    session.said << what << " at timestamp " << response.timestamp_us() << "\n";
  }
  return ExitCode::kDone;
}

v1::WriteRequest RequestFor(const WriteOptions& options,
                            const RowArguments& row) {
  v1::WriteRequest request;
  request.mutable_table()->set_name(options.table);
  *request.mutable_partition_key() = row.partition_key;
  request.set_timestamp_us(options.timestamp_us);
  return request;
}

// Whether the row's columns that aren't keys are there and all static.
bool IsOnlyStatic(const RowArguments& row) {
  const auto is_static = [](const Column* column) {
    return column->role == ColumnRole::kStatic;
  };
  return row.cells.size() + row.elements.size() > 0 &&
         std::all_of(row.cells.begin(), row.cells.end(),
                     [&](const auto& cell) { return is_static(cell.first); }) &&
         std::all_of(
             row.elements.begin(), row.elements.end(),
             [&](const ElementWord& word) { return is_static(word.column); });
}

Outcome RunPut(const WriteOptions& options, Session& session) {
  ASSIGN_OR_RETURN(const v1::Table table,
                   session.client.GetTable(options.table));
  ASSIGN_OR_RETURN(const Schema schema, SchemaFromProto(table));
  ASSIGN_OR_RETURN(RowArguments row, ParseRowArguments(schema, options.words));
  v1::WriteRequest request = RequestFor(options, row);
  const auto clustering = schema.ColumnsOf(ColumnRole::kClustering);
  const size_t given = row.clustering.values_size();
  if (!row.clustering_complete && !(IsOnlyStatic(row) && given == 0)) {
    return absl::InvalidArgumentError(
        absl::StrCat("clustering column '", clustering[given]->name,
                     "' is missing: give ", clustering[given]->name, "=VALUE"));
  }
  AddChanges(std::move(row),
             {.no_row_marker = options.no_row_marker, .ttl_s = options.ttl_s},
             request.mutable_changes());
  if (options.dry_run) {
    return TellOnly({absl::StrCat("would be: written to ", options.table, ", ",
                                  absl::StrJoin(options.words, " "))},
                    request, session);
  }
  return Send(request, "written", session);
}

// The deletion that the words ask for: the less they name, the more goes.
absl::StatusOr<std::pair<v1::Change, std::string>> DeletionOf(
    const Schema& schema, const WriteOptions& options, RowArguments row) {
  v1::Change change;
  if (!options.cells.empty() && options.has_slice) {
    return absl::InvalidArgumentError(
        "--columns names cells of one row and --slice a range of rows: give "
        "one of them");
  }
  if (!options.cells.empty()) {
    v1::DeleteCells* cells = change.mutable_delete_cells();
    for (const std::string& name : options.cells) {
      ASSIGN_OR_RETURN(const Column* column, FindColumn(schema, name));
      cells->add_columns(column->name);
    }
    // Without a clustering key the cells are static ones.
    if (row.clustering.values_size() > 0) {
      *cells->mutable_clustering() = std::move(row.clustering);
    }
    return std::pair(change, std::string("cells deleted"));
  }
  if (options.has_slice) {
    ASSIGN_OR_RETURN(*change.mutable_delete_range()->mutable_slice(),
                     ParseSlice(schema, row.clustering, options.slice));
    return std::pair(change, std::string("range deleted"));
  }
  if (row.clustering.values_size() == 0) {
    change.mutable_delete_wide_row();
    return std::pair(change, std::string("wide row deleted"));
  }
  if (row.clustering_complete) {
    *change.mutable_delete_row()->mutable_clustering() =
        std::move(row.clustering);
    return std::pair(change, std::string("row deleted"));
  }
  *change.mutable_delete_range()->mutable_slice()->mutable_prefix() =
      std::move(row.clustering);
  return std::pair(change, std::string("range deleted"));
}

// The rows that the deletion in `request` is about.
v1::ReadRequest RowsUnder(const v1::WriteRequest& request) {
  v1::ReadRequest rows;
  *rows.mutable_table() = request.table();
  *rows.mutable_partition_key() = request.partition_key();
  const v1::Change& change = request.changes(0);
  if (change.has_delete_range()) {
    *rows.add_slices() = change.delete_range().slice();
  } else if (change.has_delete_row()) {
    *rows.add_slices()->mutable_prefix() = change.delete_row().clustering();
  } else if (change.has_delete_cells() &&
             change.delete_cells().has_clustering()) {
    *rows.add_slices()->mutable_prefix() = change.delete_cells().clustering();
  }
  return rows;
}

Outcome RunDelete(const WriteOptions& options, Session& session) {
  ASSIGN_OR_RETURN(const v1::Table table,
                   session.client.GetTable(options.table));
  ASSIGN_OR_RETURN(const Schema schema, SchemaFromProto(table));
  ASSIGN_OR_RETURN(RowArguments row, ParseRowArguments(schema, options.words));
  if (const Column* column = FirstOtherColumn(row)) {
    return WithHint(absl::InvalidArgumentError(absl::StrCat(
                        "'", column->name,
                        "' is no key column: rows are deleted by their key")),
                    absl::StrCat("name cells with --columns ", column->name));
  }
  v1::WriteRequest request = RequestFor(options, row);
  ASSIGN_OR_RETURN(auto deletion, DeletionOf(schema, options, std::move(row)));
  *request.add_changes() = std::move(deletion.first);
  if (options.dry_run) {
    ASSIGN_OR_RETURN(const uint64_t rows,
                     CountRows(schema, RowsUnder(request), &session.client));
    return TellOnly({absl::StrCat("would be: ", deletion.second, " in ",
                                  options.table, ", with ", rows, " rows now")},
                    request, session);
  }
  return Send(request, deletion.second, session);
}

void AddCommon(CLI::App& verb, const std::shared_ptr<WriteOptions>& options,
               const char* values_help) {
  verb.add_option("table", options->table, "KEYSPACE.TABLE")->required();
  verb.add_option("values", options->words, values_help)->required();
  verb.add_option("--timestamp", options->timestamp_us,
                  "microseconds since 1970 (default: the node's)");
  verb.add_flag("--dry-run", options->dry_run, kDryRunHelp);
}

}  // namespace

void AddWriteCommands(CLI::App& app, Verb* chosen) {
  auto options = std::make_shared<WriteOptions>();
  CLI::App* put = AddVerb(app, "put", "write one row, or static columns",
                          options, RunPut, chosen);
  AddCommon(*put, options,
            "COLUMN=VALUE; COLUMN=null deletes the cell, COLUMN=\"'null'\" "
            "writes the text null");
  put->add_option_function<int64_t>(
      "--ttl", [options](const int64_t& ttl_s) { options->ttl_s = ttl_s; },
      "seconds that the cells live");
  put->add_flag("--no-row-marker", options->no_row_marker,
                "the row goes with its last cell (CQL's UPDATE)");
  CLI::App* remove = AddVerb(
      app, "delete",
      "delete cells (--columns), a row (its whole key), a range of rows "
      "(--slice, or the leading key columns) or a wide row (its partition "
      "key alone)",
      options, RunDelete, chosen);
  AddCommon(*remove, options, "COLUMN=VALUE of the key");
  remove->add_option("--columns", options->cells, "only these cells: a,b,c")
      ->delimiter(',')
      ->allow_extra_args(false);
  remove->add_option_function<std::string>(
      "--slice",
      [options](const std::string& slice) {
        options->slice = slice;
        options->has_slice = true;
      },
      "A..B: rows from A to before B");
}

}  // namespace rowan::cli
