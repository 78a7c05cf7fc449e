// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
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
    // One row is asked of.
    if (response.current_left_out_size() > 0) {
      session.out << "; the row before is too large to come with the answer\n";
      return response.applied() ? ExitCode::kDone : ExitCode::kRefused;
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

struct IncrementOptions {
  std::string table;
  std::vector<std::string> words;
  std::string request_id;
};

// "column+=5" or "column-=5".
absl::StatusOr<v1::CounterChange> ParseChange(const Schema& schema,
                                              const std::string& word,
                                              size_t at) {
  ASSIGN_OR_RETURN(const Column* column,
                   FindColumn(schema, word.substr(0, at)));
  v1::CounterChange change;
  change.set_column(column->name);
  // A minus belongs to the number, so that the smallest one can be said.
  const std::string digits = word.substr(at + 2);
  int64_t delta = 0;
  const bool minus = word[at] == '-';
  if (digits.empty() || (minus && digits.front() == '-') ||
      !absl::SimpleAtoi((minus ? "-" : "") + digits, &delta)) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", word, "': expected COLUMN+=NUMBER, of 64 bits"));
  }
  change.set_delta(delta);
  return change;
}

absl::StatusOr<std::string> ParseRequestId(const std::string& text) {
  std::string hex;
  for (const char c : text) {
    if (c != '-') hex.push_back(c);
  }
  const bool good =
      hex.size() == 32 &&
      hex.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
  if (!good) {
    return absl::InvalidArgumentError(
        "--request-id: expected 32 hexadecimal digits, or a UUID");
  }
  return absl::HexStringToBytes(hex);
}

absl::StatusOr<v1::IncrementRequest> RequestOf(
    const Schema& schema, const IncrementOptions& options) {
  v1::IncrementRequest request;
  request.mutable_table()->set_name(options.table);
  std::vector<std::string> key_words;
  for (const std::string& word : options.words) {
    const size_t equals = word.find('=');
    const bool changes = equals != std::string::npos && equals > 0 &&
                         (word[equals - 1] == '+' || word[equals - 1] == '-');
    if (!changes) {
      key_words.push_back(word);
      continue;
    }
    ASSIGN_OR_RETURN(*request.add_changes(),
                     ParseChange(schema, word, equals - 1));
  }
  ASSIGN_OR_RETURN(RowArguments key, ParseRowArguments(schema, key_words));
  if (!key.cells.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", key.cells.front().first->name,
                     "' is no key column: counters take += or -="));
  }
  *request.mutable_partition_key() = std::move(key.partition_key);
  for (v1::CounterChange& change : *request.mutable_changes()) {
    if (key.clustering.values_size() > 0) {
      *change.mutable_clustering() = key.clustering;
    }
  }
  if (!options.request_id.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_request_id(),
                     ParseRequestId(options.request_id));
  }
  return request;
}

Outcome RunIncrement(const IncrementOptions& options, Session& session) {
  ASSIGN_OR_RETURN(const v1::Table table,
                   session.client.GetTable(options.table));
  ASSIGN_OR_RETURN(const Schema schema, SchemaFromProto(table));
  ASSIGN_OR_RETURN(const v1::IncrementRequest request,
                   RequestOf(schema, options));
  ASSIGN_OR_RETURN(
      const v1::IncrementResponse response,
      session.client.Call(session.client.data(),
                          &v1::Data::StubInterface::Increment, request));
  if (session.json) {
    session.out << Json(response) << "\n";
    return ExitCode::kDone;
  }
  for (int i = 0; i < response.values_size(); ++i) {
    session.out << request.changes(i).column() << " " << response.values(i)
                << "\n";
  }
  if (response.already_counted()) {
    session.talk << "this request id had been counted before\n";
  }
  return ExitCode::kDone;
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
  auto increment = std::make_shared<IncrementOptions>();
  verb = AddVerb(app, "increment", "add to counters of a row", increment,
                 RunIncrement, chosen);
  verb->add_option("table", increment->table, "KEYSPACE.TABLE")->required();
  verb->add_option("values", increment->words,
                   "COLUMN=VALUE of the key, and COUNTER+=NUMBER or "
                   "COUNTER-=NUMBER")
      ->required();
  verb->add_option("--request-id", increment->request_id,
                   "32 hexadecimal digits: repeated with them it counts once");
}

}  // namespace rowan::cli
