// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "storage/base/status_macros.h"
#include "tools/rowan/client/table_schema.h"
#include "tools/rowan/command.h"
#include "tools/rowan/import/batch_sender.h"
#include "tools/rowan/import/dry_run_sender.h"
#include "tools/rowan/import/import_job.h"

namespace rowan::cli {
namespace {

struct ImportArguments {
  std::string format;
  std::vector<std::string> maps;
  std::vector<std::string> constants;
  std::string null_text;
  bool has_null_text = false;
  ImportOptions import;
};

absl::StatusOr<std::map<std::string, std::string>> ParsePairs(
    const std::vector<std::string>& words, const char* flag) {
  std::map<std::string, std::string> pairs;
  for (const std::string& word : words) {
    const size_t equals = word.find('=');
    if (equals == std::string::npos || equals == 0) {
      return absl::InvalidArgumentError(
          absl::StrCat(flag, " '", word, "': expected NAME=VALUE"));
    }
    if (!pairs.emplace(word.substr(0, equals), word.substr(equals + 1))
             .second) {
      return absl::InvalidArgumentError(
          absl::StrCat(flag, " '", word.substr(0, equals), "' is given twice"));
    }
  }
  return pairs;
}

absl::StatusOr<ImportOptions> OptionsOf(const ImportArguments& arguments) {
  ImportOptions options = arguments.import;
  options.format =
      arguments.format == "csv" ? InputFormat::kCsv : InputFormat::kJsonLines;
  ASSIGN_OR_RETURN(options.mapping.renames,
                   ParsePairs(arguments.maps, "--map"));
  ASSIGN_OR_RETURN(options.mapping.constants,
                   ParsePairs(arguments.constants, "--const"));
  if (arguments.has_null_text) {
    options.mapping.null_text = arguments.null_text;
  }
  if (options.checkpoint_path.empty()) {
    options.checkpoint_path =
        absl::StrCat("rowan-import.", options.table, ".progress");
  }
  return options;
}

void PrintResult(const ImportResult& result, bool finished,
                 const ImportOptions& options, Session& session) {
  if (session.json) {
    session.out << Json(result) << "\n";
    return;
  }
  if (!finished && !options.dry_run) {
    for (const FileProgress& file : result.files()) {
      session.out << file.path() << ": all acknowledged up to line "
                  << file.acknowledged_line() << "\n";
    }
    session.talk << "to go on there, repeat the command with --resume (it "
                    "reads "
                 << options.checkpoint_path << ")\n";
  }
  session.said << absl::StreamFormat(
      "%s %d rows in %.2f s (%.0f rows/s), rejected %d\n",
      options.dry_run ? "would import" : "imported", result.rows(),
      result.seconds(),
      result.seconds() > 0
          ? static_cast<double>(result.rows()) / result.seconds()
          : 0.0,
      result.rejected());
}

Outcome RunImport(const ImportArguments& arguments, Session& session) {
  ASSIGN_OR_RETURN(const ImportOptions options, OptionsOf(arguments));
  ASSIGN_OR_RETURN(const v1::Table table,
                   session.client.GetTable(options.table));
  ASSIGN_OR_RETURN(const Schema schema, SchemaFromProto(table));
  GrpcBatchSender over_the_wire(session.client);
  DryRunSender to_nobody;
  BatchSender& sender =
      options.dry_run ? static_cast<BatchSender&>(to_nobody) : over_the_wire;
  ImportJob job(options, schema, sender, session.err,
                !session.quiet && isatty(STDERR_FILENO) == 1);
  const absl::Status status = job.Run();
  if (status.ok() || job.started()) {
    PrintResult(job.result(), status.ok(), options, session);
  }
  RETURN_IF_ERROR(status);
  return job.result().rejected() > 0 ? ExitCode::kPartly : ExitCode::kDone;
}

}  // namespace

void AddImportCommand(CLI::App& app, Verb* chosen) {
  auto arguments = std::make_shared<ImportArguments>();
  ImportOptions& import = arguments->import;
  CLI::App* verb = AddVerb(
      app, "import",
      "write the rows of CSV or JSON lines files; of equal keys the later "
      "line wins",
      arguments, RunImport, chosen);
  verb->add_option("format", arguments->format, "csv or jsonl")
      ->required()
      ->check(CLI::IsMember({"csv", "jsonl"}));
  verb->add_option("files", import.files, "files to read")->required();
  verb->add_option("--table", import.table, "KEYSPACE.TABLE")->required();
  verb->add_option("--header", import.header,
                   "a,b,c: names of the fields of files without header line")
      ->delimiter(',')
      ->allow_extra_args(false);
  verb->add_option("--map", arguments->maps,
                   "FIELD=COLUMN where the names differ; repeatable")
      ->allow_extra_args(false);
  verb->add_option("--const", arguments->constants,
                   "COLUMN=VALUE for every row; repeatable")
      ->allow_extra_args(false);
  verb->add_option("--const-from-name", import.name_column,
                   "COLUMN that takes each file's name without folder and "
                   "extension");
  verb->add_option_function<std::string>(
      "--null",
      [arguments](const std::string& text) {
        arguments->null_text = text;
        arguments->has_null_text = true;
      },
      "TEXT of a field that has no value (an empty field has none anyway)");
  verb->add_option("--rejects", import.rejects_path,
                   "FILE for lines that are no rows, with line and reason, as "
                   "JSON lines");
  CLI::Option* resume =
      verb->add_flag("--resume", import.resume,
                     "go on where an import that broke off had come to");
  verb->add_flag("--dry-run", import.dry_run,
                 "read and judge all lines, and write only the rejects file; "
                 "what only the node knows, such as limits, isn't judged")
      ->excludes(resume);
  verb->add_option("--progress-file", import.checkpoint_path,
                   "FILE that says how far an import came (default: "
                   "rowan-import.TABLE.progress)");
}

}  // namespace rowan::cli
