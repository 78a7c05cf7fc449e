// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/model/schema_change.h"
#include "tools/rowan/client/table_name.h"
#include "tools/rowan/client/table_schema.h"
#include "tools/rowan/confirm.h"
#include "tools/rowan/table_verbs.h"

namespace rowan::cli {
namespace {

struct AlterOptions {
  std::string name;
  std::vector<std::string> add, add_static, drop, rename, options;
  uint32_t expect_version = 0;  // 0: any
  bool dry_run = false;
};

absl::Status ParseRename(const std::string& text,
                         v1::AlterTableRequest::Rename* rename) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("--rename '", text, "': expected OLD=NEW"));
  }
  rename->set_from(text.substr(0, equals));
  rename->set_to(text.substr(equals + 1));
  return absl::OkStatus();
}

absl::StatusOr<v1::AlterTableRequest> RequestOf(const AlterOptions& options) {
  ASSIGN_OR_RETURN(const TableName name, ParseTableName(options.name));
  v1::AlterTableRequest request;
  request.set_keyspace(name.keyspace);
  request.set_name(name.table);
  request.set_schema_version(options.expect_version);
  for (const std::string& text : options.add_static) {
    ASSIGN_OR_RETURN(*request.add_add_columns(),
                     ParseColumn(v1::COLUMN_ROLE_STATIC, text));
  }
  for (const std::string& text : options.add) {
    ASSIGN_OR_RETURN(*request.add_add_columns(),
                     ParseColumn(v1::COLUMN_ROLE_REGULAR, text));
  }
  for (const std::string& column : options.drop) {
    request.add_drop_columns(column);
  }
  for (const std::string& text : options.rename) {
    RETURN_IF_ERROR(ParseRename(text, request.add_rename_columns()));
  }
  for (const std::string& text : options.options) {
    RETURN_IF_ERROR(ParseTableOption(text, request.mutable_options()));
  }
  return request;
}

// Whether `table` has the columns that are to go or to be renamed, and they
// may. The node's answer: what is wrong is the request.
absl::Status CheckColumns(const v1::AlterTableRequest& request,
                          const v1::Table& table) {
  ASSIGN_OR_RETURN(Schema schema, SchemaFromProto(table));
  absl::Status status;
  for (const std::string& column : request.drop_columns()) {
    status.Update(DropColumn(column, &schema));
  }
  std::map<std::string, std::string, std::less<>> names;
  for (const auto& rename : request.rename_columns()) {
    names.emplace(rename.from(), rename.to());
  }
  status.Update(RenameColumns(names, &schema));
  if (!absl::IsNotFound(status)) return status;
  return WithHint(absl::InvalidArgumentError(status.message()),
                  absl::StrCat("rowan table describe ", table.keyspace(), ".",
                               table.name()));
}

// What changes. A snapshot that is there keeps dropped columns, none is made.
absl::StatusOr<Loss> LossOf(const AlterOptions& options,
                            const v1::AlterTableRequest& request,
                            Session& session) {
  Loss loss{.command = absl::StrCat("rowan table alter ", options.name),
            .name = options.name};
  if (request.drop_columns_size() > 0) {
    ASSIGN_OR_RETURN(loss.lines, DescribeContents(options.name, session));
  }
  for (const std::string& column : request.drop_columns()) {
    absl::StrAppend(&loss.command, " --drop ", column);
    loss.lines.push_back(
        absl::StrCat("all values of column ", column, " go for good"));
  }
  for (const v1::Column& column : request.add_columns()) {
    loss.lines.push_back(absl::StrCat("column ", column.name(), " is added"));
  }
  for (const auto& rename : request.rename_columns()) {
    loss.lines.push_back(
        absl::StrCat("column ", rename.from(), " is called ", rename.to()));
  }
  for (const std::string& option : options.options) {
    loss.lines.push_back(absl::StrCat("option ", option));
  }
  return loss;
}

Outcome RunAlter(const AlterOptions& options, Session& session) {
  ASSIGN_OR_RETURN(const v1::AlterTableRequest request, RequestOf(options));
  const bool destroys = request.drop_columns_size() > 0;
  if (options.dry_run || (destroys && !session.yes)) {
    ASSIGN_OR_RETURN(const v1::Table table,
                     session.client.GetTable(options.name));
    RETURN_IF_ERROR(CheckColumns(request, table));
    ASSIGN_OR_RETURN(const Loss loss, LossOf(options, request, session));
    if (options.dry_run) return TellOnly(loss.lines, request, session);
    RETURN_IF_ERROR(Confirm(loss, session));
  }
  const auto response = session.client.Call(
      session.client.schema(), &v1::Schema::StubInterface::AlterTable, request);
  if (absl::IsFailedPrecondition(response.status())) {
    return WithHint(response.status(),
                    absl::StrCat("rowan table describe ", options.name));
  }
  if (!response.ok()) return response.status();
  if (session.json) {
    session.out << Json(*response) << "\n";
  } else {
    PrintTable(response->table(), session.out);
  }
  return ExitCode::kDone;
}

}  // namespace

void AddTableAlter(CLI::App& group, Verb* chosen) {
  auto options = std::make_shared<AlterOptions>();
  CLI::App* alter =
      AddVerb(group, "alter", "change columns and options, all or nothing",
              options, RunAlter, chosen);
  alter->add_option("table", options->name, "KEYSPACE.TABLE")->required();
  const auto repeatable = [alter](const char* flag,
                                  std::vector<std::string>* into,
                                  const char* help) {
    alter->add_option(flag, *into, help)->allow_extra_args(false);
  };
  repeatable("--add", &options->add, "'NAME TYPE'; repeatable");
  repeatable("--add-static", &options->add_static, "'NAME TYPE'; repeatable");
  repeatable("--drop", &options->drop,
             "NAME; its values are gone for good; repeatable");
  repeatable("--rename", &options->rename, "OLD=NEW; repeatable");
  repeatable("--option", &options->options, kTableOptionsHelp);
  alter->add_option("--expect-version", options->expect_version,
                    "only if the schema is at this version");
  alter->add_flag("--dry-run", options->dry_run, kDryRunHelp);
}

}  // namespace rowan::cli
