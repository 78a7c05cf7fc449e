// SPDX-License-Identifier: Apache-2.0
// sstable-dump: prints SSTables as JSON in the form of Cassandra's sstabledump,
// or their statistics. Needs neither a node nor schema files.
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "storage/base/posix_file_system.h"
#include "storage/base/status_macros.h"
#include "storage/base/system_clock.h"
#include "storage/sstable/sstable_json.h"
#include "storage/sstable/sstable_stats_text.h"

namespace rowan {
namespace {

constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;

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

absl::Status WriteOut(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size()) {
    return absl::OkStatus();
  }
  return absl::UnavailableError("cannot write to standard output");
}

absl::Status Run(const Arguments& arguments) {
  PosixFileSystem fs(1);
  const int64_t now_s = SystemClock().WallSeconds();
  if (arguments.stats) {
    for (const std::string& path : arguments.files) {
      ASSIGN_OR_RETURN(const auto table, SSTableReader::Open(&fs, path));
      RETURN_IF_ERROR(WriteOut(
          SSTableStatsText(*table, {arguments.json.raw_timestamps, now_s})));
    }
    return absl::OkStatus();
  }
  SSTableJsonOptions options = arguments.json;
  options.now_s = now_s;
  SSTableJson json(options, WriteOut);
  for (const std::string& path : arguments.files) {
    ASSIGN_OR_RETURN(const auto table, SSTableReader::Open(&fs, path));
    RETURN_IF_ERROR(json.Print(*table));
  }
  return json.Finish();
}

int Main(int argc, char** argv) {
  CLI::App app(
      "Prints SSTables as JSON in the form of Cassandra's sstabledump.\n"
      "Stops with status 1 at the first damaged block, naming file and offset.",
      "sstable-dump");
  Arguments arguments;
  AddOptions(&arguments, &app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitUsage;
  }
  absl::Status status = Run(arguments);
  if (std::fflush(stdout) != 0 && status.ok()) {
    status = absl::UnavailableError("cannot write to standard output");
  }
  if (status.ok()) return 0;
  std::cerr << "sstable-dump: " << std::string(status.message()) << "\n";
  return status.code() == absl::StatusCode::kInvalidArgument ? kExitUsage
                                                             : kExitFailed;
}

}  // namespace
}  // namespace rowan

int main(int argc, char** argv) { return rowan::Main(argc, argv); }
