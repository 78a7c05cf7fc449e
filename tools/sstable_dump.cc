// SPDX-License-Identifier: Apache-2.0
// sstable-dump: prints SSTables as JSON in the form of Cassandra's sstabledump,
// or their statistics. Needs neither a node nor schema files.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/base/posix_file_system.h"
#include "storage/base/status_macros.h"
#include "storage/base/system/system_clock.h"
#include "storage/sstable/sstable_json.h"
#include "storage/sstable/sstable_stats_text.h"
#include "tools/file_tool.h"

namespace rowan {
namespace {

struct Arguments {
  std::vector<std::string> files;
  SSTableJsonOptions json;
  bool stats = false;
};

void AddOptions(Arguments* arguments, CLI::App* app) {
  SSTableJsonOptions& json = arguments->json;
  app->add_option("FILE", arguments->files, "SSTables to print, in this order")
      ->required();
  app->add_option("-k", json.include,
                  "only this partition key (components as a:b; repeatable)")
      ->type_name("KEY")
      ->allow_extra_args(false);
  app->add_option("-x", json.exclude, "not this partition key (repeatable)")
      ->type_name("KEY")
      ->allow_extra_args(false);
  app->add_flag("-e", json.keys_only, "partition keys only");
  app->add_flag("-t", json.raw_timestamps,
                "timestamps as numbers instead of ISO 8601");
  app->add_flag("-l", json.lines, "JSON lines: one wide row a line");
  app->add_flag("--stats", arguments->stats,
                "statistics as text; reads no data blocks");
  app->set_version_flag("--version", "sstable-dump " ROWAN_VERSION);
}

// Hands each file to `print`; one that can't be opened is told and left out.
// Whether all could.
absl::StatusOr<bool> PrintEach(
    const CLI::App& app, const std::vector<std::string>& files,
    absl::FunctionRef<absl::Status(const SSTableReader&)> print) {
  PosixFileSystem fs(1);
  bool all = true;
  for (const std::string& path : files) {
    const auto table = SSTableReader::Open(&fs, path);
    if (!table.ok()) {
      Complain(app, table.status());
      all = false;
      continue;
    }
    RETURN_IF_ERROR(print(**table));
  }
  return all;
}

// Whether nothing was left out.
absl::StatusOr<bool> Run(const CLI::App& app, const Arguments& arguments) {
  const int64_t now_s = SystemClock().WallSeconds();
  if (arguments.stats) {
    return PrintEach(app, arguments.files, [&](const SSTableReader& table) {
      return WriteOut(
          SSTableStatsText(table, {arguments.json.raw_timestamps, now_s}));
    });
  }
  SSTableJsonOptions options = arguments.json;
  options.now_s = now_s;
  bool lost = false;
  SSTableJson json(
      options, WriteOut, [&](const Schema& schema, const SSTableLoss& loss) {
        lost = true;
        Complain(app, absl::DataLossError(absl::StrCat(
                          loss.what, "; lost: ", LossText(schema, loss))));
      });
  ASSIGN_OR_RETURN(const bool all, PrintEach(app, arguments.files,
                                             [&](const SSTableReader& table) {
                                               return json.Print(table);
                                             }));
  RETURN_IF_ERROR(json.Finish());
  return all && !lost;
}

int Main(int argc, char** argv) {
  CLI::App app(
      "Prints SSTables as JSON in the form of Cassandra's sstabledump.\n"
      "What is damaged is told on standard error, with what is lost, and left\n"
      "out; the status is then 1.",
      "sstable-dump");
  Arguments arguments;
  AddOptions(&arguments, &app);
  return FileToolMain(&app, argc, argv, [&] { return Run(app, arguments); });
}

}  // namespace
}  // namespace rowan

int main(int argc, char** argv) { return rowan::Main(argc, argv); }
