// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "tools/rowan/client/failure.h"
#include "tools/rowan/client/page_printer.h"
#include "tools/rowan/client/read_arguments.h"
#include "tools/rowan/client/row_arguments.h"
#include "tools/rowan/client/table_schema.h"
#include "tools/rowan/command.h"

namespace rowan::cli {
namespace {

struct CasOptions {
  std::string table;
  std::vector<std::string> key;
  std::vector<std::string> conditions;
  bool if_exists = false;
  bool if_not_exists = false;
  std::vector<std::string> set;
  std::vector<std::string> otherwise;
};

// The cells that "column=value" words write in the row of the key.
absl::Status AddUpsert(
    const Schema& schema, const CasOptions& options,
    const std::vector<std::string>& cells,
    google::protobuf::RepeatedPtrField<v1::Change>* changes) {
  if (cells.empty()) return absl::OkStatus();
  std::vector<std::string> words = options.key;
  words.insert(words.end(), cells.begin(), cells.end());
  ASSIGN_OR_RETURN(RowArguments row, ParseRowArguments(schema, words));
  AddChanges(std::move(row), {}, changes);
  return absl::OkStatus();
}

absl::StatusOr<v1::CheckAndWriteRequest> RequestOf(const Schema& schema,
                                                   const CasOptions& options) {
  ASSIGN_OR_RETURN(RowArguments key, ParseRowArguments(schema, options.key));
  if (const Column* column = FirstOtherColumn(key)) {
    return WithHint(absl::InvalidArgumentError(
                        absl::StrCat("'", column->name, "' is no key column")),
                    absl::StrCat("--set ", column->name, "=VALUE"));
  }
  v1::CheckAndWriteRequest request;
  request.mutable_table()->set_name(options.table);
  *request.mutable_partition_key() = std::move(key.partition_key);
  v1::RowCondition* row = request.add_conditions()->mutable_row();
  if (key.clustering.values_size() > 0) {
    *row->mutable_clustering() = std::move(key.clustering);
  }
  if (options.if_exists || options.if_not_exists) {
    row->set_exists(options.if_exists);
  }
  for (const std::string& condition : options.conditions) {
    ASSIGN_OR_RETURN(*row->add_predicates(), ParsePredicate(schema, condition));
  }
  if (!row->has_exists() && row->predicates().empty()) {
    return absl::InvalidArgumentError(
        "nothing is compared: give --if, --if-exists or --if-not-exists");
  }
  RETURN_IF_ERROR(
      AddUpsert(schema, options, options.set, request.mutable_success()));
  RETURN_IF_ERROR(
      AddUpsert(schema, options, options.otherwise, request.mutable_failure()));
  return request;
}

Outcome RunCas(const CasOptions& options, Session& session) {
  ASSIGN_OR_RETURN(const v1::Table table,
                   session.client.GetTable(options.table));
  ASSIGN_OR_RETURN(const Schema schema, SchemaFromProto(table));
  ASSIGN_OR_RETURN(const v1::CheckAndWriteRequest request,
                   RequestOf(schema, options));
  ASSIGN_OR_RETURN(
      const v1::CheckAndWriteResponse response,
      session.client.Call(session.client.data(),
                          &v1::Data::StubInterface::CheckAndWrite, request));
  if (session.json) {
    session.out << Json(response) << "\n";
  } else {
    session.out << (response.applied() ? "applied" : "not applied");
    if (response.timestamp_us() != 0) {
      session.out << ", written at timestamp " << response.timestamp_us();
    }
    session.out << "; the row before:\n";
    v1::ReadResponse before;
    *before.mutable_columns() = response.columns();
    for (const v1::Row& row : response.current()) {
      if (row.values_size() > 0) *before.add_rows() = row;
    }
    PagePrinter printer(/*json=*/false, session.out);
    printer.Add(before);
    printer.Finish();
  }
  return response.applied() ? ExitCode::kDone : ExitCode::kRefused;
}

}  // namespace

void AddConditionalCommands(CLI::App& app, Verb* chosen) {
  auto cas = std::make_shared<CasOptions>();
  CLI::App* verb = AddVerb(
      app, "cas",
      "compare a row and write it, atomically; exit code 6 when the comparison "
      "is false",
      cas, RunCas, chosen);
  verb->add_option("table", cas->table, "KEYSPACE.TABLE")->required();
  verb->add_option("key", cas->key,
                   "COLUMN=VALUE of the key; without the clustering columns it "
                   "is the static row")
      ->required();
  verb->add_option("--if", cas->conditions,
                   "COLUMN=VALUE, also with !=, <, <=, >, >=; COLUMN=null; "
                   "several must all hold")
      ->allow_extra_args(false);
  CLI::Option* exists =
      verb->add_flag("--if-exists", cas->if_exists, "the row is there");
  verb->add_flag("--if-not-exists", cas->if_not_exists, "the row isn't there")
      ->excludes(exists);
  verb->add_option("--set", cas->set, "COLUMN=VALUE to write when it holds")
      ->allow_extra_args(false);
  verb->add_option("--else", cas->otherwise,
                   "COLUMN=VALUE to write when it doesn't")
      ->allow_extra_args(false);
}

}  // namespace rowan::cli
