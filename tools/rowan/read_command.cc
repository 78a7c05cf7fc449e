// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "tools/rowan/client/page_printer.h"
#include "tools/rowan/client/read_arguments.h"
#include "tools/rowan/client/row_arguments.h"
#include "tools/rowan/client/row_count.h"
#include "tools/rowan/client/table_schema.h"
#include "tools/rowan/command.h"
#include "tools/rowan/results.pb.h"

namespace rowan::cli {
namespace {

struct ReadOptions {
  std::string table;
  std::vector<std::string> words;
  std::vector<std::string> keys;
  std::vector<std::string> slices;
  std::vector<std::string> columns;
  bool reverse = false;
  uint64_t limit = 0;
  uint32_t page_rows = 0;
  uint64_t per_wide_row_limit = 0;
  std::vector<std::string> predicates;
  std::vector<std::string> aggregates;
  bool distinct = false;
  bool cell_info = false;
  bool explain = false;
};

// The rows that keys and slices name.
absl::Status SetKeys(const ReadOptions& options, const Schema& schema,
                     v1::ReadRequest* request) {
  for (const std::string& key : options.keys) {
    ASSIGN_OR_RETURN(*request->mutable_partition_keys()->add_keys(),
                     ParsePartitionKey(schema, key));
  }
  for (const std::string& slice : options.slices) {
    ASSIGN_OR_RETURN(*request->add_slices(), ParseSlice(schema, {}, slice));
  }
  return absl::OkStatus();
}

// The wide row and the rows of it that the words and slices name.
absl::Status SetRows(const ReadOptions& options, const Schema& schema,
                     v1::ReadRequest* request) {
  ASSIGN_OR_RETURN(RowArguments row, ParseRowArguments(schema, options.words));
  if (const Column* column = FirstOtherColumn(row)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "'", column->name, "' is no key column: rows are found by their key"));
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
  if (!options.words.empty() && !options.keys.empty()) {
    return absl::InvalidArgumentError(
        "give COLUMN=VALUE words of one key, or --in for several");
  }
  RETURN_IF_ERROR(options.words.empty() ? SetKeys(options, schema, &request)
                                        : SetRows(options, schema, &request));
  for (const std::string& name : options.columns) {
    ASSIGN_OR_RETURN(const Column* column, FindColumn(schema, name));
    request.add_columns(column->name);
  }
  for (const std::string& predicate : options.predicates) {
    ASSIGN_OR_RETURN(*request.add_predicates(),
                     ParsePredicate(schema, predicate));
  }
  for (const std::string& aggregate : options.aggregates) {
    ASSIGN_OR_RETURN(*request.add_aggregates(),
                     ParseAggregate(schema, aggregate));
  }
  request.set_distinct(options.distinct);
  request.set_cell_info(options.cell_info);
  request.set_reverse(options.reverse);
  request.set_limit(options.limit);
  request.set_page_rows(options.page_rows);
  request.set_per_wide_row_limit(options.per_wide_row_limit);
  request.set_explain(options.explain);
  return request;
}

std::set<std::string> KeyColumns(const Schema& schema) {
  std::set<std::string> names;
  for (const Column& column : schema.columns) {
    if (column.role == ColumnRole::kPartitionKey ||
        column.role == ColumnRole::kClustering) {
      names.insert(column.name);
    }
  }
  return names;
}

Outcome RunRead(const ReadOptions& options, Session& session) {
  ASSIGN_OR_RETURN(const v1::Table table,
                   session.client.GetTable(options.table));
  ASSIGN_OR_RETURN(const Schema schema, SchemaFromProto(table));
  ASSIGN_OR_RETURN(const v1::ReadRequest request, RequestOf(options, schema));
  PagePrinter printer(session.json, session.out);
  if (options.cell_info) printer.ShowCells(KeyColumns(schema));
  RETURN_IF_ERROR(
      session.client.ReadPages(request, [&](const v1::ReadResponse& page) {
        printer.Add(page);
        return absl::OkStatus();
      }));
  printer.Finish();
  session.out.flush();
  if (!session.json) {
    session.talk << printer.rows()
                 << (printer.rows() == 1 ? " row\n" : " rows\n");
    if (options.explain) PrintStats(session.out, printer.stats());
  }
  return ExitCode::kDone;
}

Outcome RunGet(const ReadOptions& options, Session& session) {
  if (options.words.empty() && options.keys.empty()) {
    return absl::InvalidArgumentError(
        "which wide row? Give its key as COLUMN=VALUE, or --in KEY");
  }
  return RunRead(options, session);
}

Outcome RunCount(const ReadOptions& options, Session& session) {
  ASSIGN_OR_RETURN(const v1::Table table,
                   session.client.GetTable(options.table));
  ASSIGN_OR_RETURN(const Schema schema, SchemaFromProto(table));
  ASSIGN_OR_RETURN(const v1::ReadRequest request, RequestOf(options, schema));
  ASSIGN_OR_RETURN(const uint64_t rows,
                   CountRows(schema, request, &session.client));
  CountResult count;
  count.set_table(options.table);
  count.set_rows(rows);
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
  verb.add_option("--page-rows", options->page_rows,
                  "N rows a page: rows of a page are of one moment")
      ->check(NumberOfRows);
  verb.add_flag("--reverse", options->reverse,
                "against the table's order within each wide row");
  verb.add_option("--aggregate", options->aggregates,
                  "instead of rows: count, count(COLUMN), or min, max, sum or "
                  "avg of a column; repeatable")
      ->allow_extra_args(false);
  verb.add_flag("--cell-info", options->cell_info,
                "when each cell was written (microseconds) and how many "
                "seconds it has left");
  verb.add_flag("--explain", options->explain,
                "print what the read touched and how long it took");
}

void AddPredicates(CLI::App& verb,
                   const std::shared_ptr<ReadOptions>& options) {
  verb.add_option("--where", options->predicates,
                  "COLUMN OP VALUE: only rows for which it holds, such as "
                  "'value>5'; OP is = != < <= > >= in contains contains-key, "
                  "or COLUMN is [not] null; repeatable")
      ->allow_extra_args(false);
}

void AddKeys(CLI::App& verb, const std::shared_ptr<ReadOptions>& options) {
  verb.add_option("--in", options->keys,
                  "KEY: a partition key, its components split by commas; "
                  "repeatable, instead of COLUMN=VALUE words")
      ->allow_extra_args(false);
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
  CLI::App* get = AddVerb(app, "get", "rows of one wide row, or of several",
                          options, RunGet, chosen);
  AddCommon(*get, options);
  get->add_option("key", options->words,
                  "COLUMN=VALUE: the partition key, and leading clustering "
                  "columns if wanted");
  AddKeys(*get, options);
  AddSlice(*get, options);
  AddPredicates(*get, options);
  AddShaping(*get, options);
  CLI::App* scan = AddVerb(app, "scan", "rows of the whole table, by token",
                           options, RunRead, chosen);
  AddCommon(*scan, options);
  AddPredicates(*scan, options);
  AddShaping(*scan, options);
  scan->add_flag("--distinct", options->distinct,
                 "one row for each wide row: partition key and static columns");
  scan->add_option("--per-wide-row-limit", options->per_wide_row_limit,
                   "at most N rows of each wide row")
      ->check(NumberOfRows);
  CLI::App* count = AddVerb(app, "count",
                            "number of rows of a table or of one wide row; "
                            "static columns alone are no row",
                            options, RunCount, chosen);
  AddCommon(*count, options);
  count->add_option("key", options->words, "COLUMN=VALUE: one wide row");
  AddKeys(*count, options);
  AddPredicates(*count, options);
  AddSlice(*count, options);
}

}  // namespace rowan::cli
