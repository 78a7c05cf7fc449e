// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "tools/rowan/client/page_printer.h"
#include "tools/rowan/client/row_arguments.h"
#include "tools/rowan/client/table_schema.h"
#include "tools/rowan/command.h"
#include "tools/rowan/results.pb.h"

namespace rowan::cli {
namespace {

struct ReadOptions {
  std::string table;
  std::vector<std::string> words;
  std::vector<std::string> slices;
  std::vector<std::string> columns;
  bool reverse = false;
  uint64_t limit = 0;
  uint64_t per_wide_row_limit = 0;
  bool explain = false;
};

// The wide row and the rows of it that the words and slices name.
absl::Status SetRows(const ReadOptions& options, const Schema& schema,
                     v1::ReadRequest* request) {
  ASSIGN_OR_RETURN(RowArguments row, ParseRowArguments(schema, options.words));
  if (!row.cells.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", row.cells.front().first->name,
                     "' is no key column: rows are found by their key"));
  }
  *request->mutable_partition_key() = std::move(row.partition_key);
  for (const std::string& slice : options.slices) {
    ASSIGN_OR_RETURN(*request->add_slices(),
                     ParseSlice(schema, row.clustering, slice));
  }
  if (options.slices.empty() && row.clustering.values_size() > 0) {
    *request->add_slices()->mutable_prefix() = std::move(row.clustering);
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::ReadRequest> RequestOf(const ReadOptions& options,
                                          const Schema& schema) {
  v1::ReadRequest request;
  request.mutable_table()->set_name(options.table);
  if (!options.words.empty()) {
    RETURN_IF_ERROR(SetRows(options, schema, &request));
  }
  for (const std::string& name : options.columns) {
    ASSIGN_OR_RETURN(const Column* column, FindColumn(schema, name));
    request.add_columns(column->name);
  }
  request.set_reverse(options.reverse);
  request.set_limit(options.limit);
  request.set_per_wide_row_limit(options.per_wide_row_limit);
  request.set_explain(options.explain);
  return request;
}

Outcome RunRead(const ReadOptions& options, Session& session) {
  ASSIGN_OR_RETURN(const v1::Table table,
                   session.client.GetTable(options.table));
  ASSIGN_OR_RETURN(const Schema schema, SchemaFromProto(table));
  ASSIGN_OR_RETURN(const v1::ReadRequest request, RequestOf(options, schema));
  PagePrinter printer(session.json, session.out);
  RETURN_IF_ERROR(
      session.client.ReadPages(request, [&](const v1::ReadResponse& page) {
        printer.Add(page);
        return absl::OkStatus();
      }));
  printer.Finish();
  session.out.flush();
  if (!session.json) {
    session.err << printer.rows()
                << (printer.rows() == 1 ? " row\n" : " rows\n");
    if (options.explain) PrintStats(session.out, printer.stats());
  }
  return ExitCode::kDone;
}

// Whether a row is more than the static columns of its wide row.
bool HasClustering(const v1::Row& row, const std::vector<int>& clustering) {
  for (const int index : clustering) {
    if (row.values(index).has_null_value()) return false;
  }
  return true;
}

Outcome RunCount(const ReadOptions& options, Session& session) {
  ASSIGN_OR_RETURN(const v1::Table table,
                   session.client.GetTable(options.table));
  ASSIGN_OR_RETURN(const Schema schema, SchemaFromProto(table));
  ASSIGN_OR_RETURN(v1::ReadRequest request, RequestOf(options, schema));
  // Key columns come back always; no other is needed.
  request.clear_columns();
  request.add_columns(schema.columns.front().name);
  request.set_page_rows(100'000);
  CountResult count;
  count.set_table(options.table);
  std::vector<int> clustering;
  RETURN_IF_ERROR(
      session.client.ReadPages(request, [&](const v1::ReadResponse& page) {
        if (page.columns_size() > 0) clustering.clear();
        for (int i = 0; i < page.columns_size(); ++i) {
          const Column* column = schema.FindColumn(page.columns(i).name());
          if (column && column->role == ColumnRole::kClustering) {
            clustering.push_back(i);
          }
        }
        for (const v1::Row& row : page.rows()) {
          if (HasClustering(row, clustering)) count.set_rows(count.rows() + 1);
        }
        return absl::OkStatus();
      }));
  if (session.json) {
    session.out << Json(count) << "\n";
  } else {
    session.out << count.rows() << "\n";
  }
  return ExitCode::kDone;
}

// CLI11 would take -1 for the largest number.
std::string NumberOfRows(const std::string& text) {
  return text.starts_with('-') ? "expected a number of rows" : "";
}

void AddCommon(CLI::App& verb, const std::shared_ptr<ReadOptions>& options) {
  verb.add_option("table", options->table, "KEYSPACE.TABLE")->required();
}

void AddShaping(CLI::App& verb, const std::shared_ptr<ReadOptions>& options) {
  verb.add_option("--columns", options->columns, "only these: a,b,c")
      ->delimiter(',')
      ->allow_extra_args(false);
  verb.add_option("--limit", options->limit, "at most N rows")
      ->check(NumberOfRows);
  verb.add_flag("--reverse", options->reverse,
                "against the table's order within each wide row");
  verb.add_flag("--explain", options->explain,
                "print what the read touched and how long it took");
}

void AddSlice(CLI::App& verb, const std::shared_ptr<ReadOptions>& options) {
  verb.add_option("--slice", options->slices,
                  "A..B: rows from A to before B, either may be missing, "
                  "components split by commas; repeatable")
      ->allow_extra_args(false);
}

}  // namespace

void AddReadCommands(CLI::App& app, Verb* chosen) {
  auto options = std::make_shared<ReadOptions>();
  CLI::App* get =
      AddVerb(app, "get", "rows of one wide row", options, RunRead, chosen);
  AddCommon(*get, options);
  get->add_option("key", options->words,
                  "COLUMN=VALUE: the partition key, and leading clustering "
                  "columns if wanted")
      ->required();
  AddSlice(*get, options);
  AddShaping(*get, options);
  CLI::App* scan = AddVerb(app, "scan", "rows of the whole table, by token",
                           options, RunRead, chosen);
  AddCommon(*scan, options);
  AddShaping(*scan, options);
  scan->add_option("--per-wide-row-limit", options->per_wide_row_limit,
                   "at most N rows of each wide row")
      ->check(NumberOfRows);
  CLI::App* count = AddVerb(app, "count",
                            "number of rows of a table or of one wide row; "
                            "static columns alone are no row",
                            options, RunCount, chosen);
  AddCommon(*count, options);
  count->add_option("key", options->words, "COLUMN=VALUE: one wide row");
  AddSlice(*count, options);
}

}  // namespace rowan::cli
