// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "tools/rowan/client/failure.h"
#include "tools/rowan/command.h"

namespace rowan::cli {
namespace {

struct GlobalOptions {
  ClientOptions client;
  double timeout_s = 0;
  std::string output = "table";
  bool yes = false;
};

void AddGlobalOptions(CLI::App& app, GlobalOptions* options) {
  app.set_version_flag("--version", "rowan " ROWAN_VERSION);
  app.add_option("--host", options->client.host, "address of the node")
      ->envname("ROWAN_HOST")
      ->capture_default_str();
  app.add_option("--timeout", options->timeout_s,
                 "seconds a call may take (default: 10 for short calls, no "
                 "limit for scans, flushes and merges)")
      ->check(CLI::PositiveNumber);
  app.add_option("-o,--output", options->output, "table or json")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  app.add_flag("--yes", options->yes, "do not ask before data is destroyed");
}

// What is wrong with the command line, like other failures.
std::string UsageFailure(const CLI::App*, const CLI::Error& error) {
  // CLI11 names the option and the text, not what it wanted; all of ours that
  // are converted are numbers.
  const bool number = error.get_name() == "ConversionError";
  return absl::StrCat("rowan: ", error.what(),
                      number ? ": expected a whole number" : "",
                      "\n  try: --help\n");
}

int Main(int argc, char** argv) {
  CLI::App app("rowan: talk to a Rowan node", "rowan");
  GlobalOptions options;
  AddGlobalOptions(app, &options);
  app.require_subcommand(1);
  app.failure_message(UsageFailure);
  // So that "rowan status -o json" and "rowan -o json status" are the same.
  app.fallthrough();
  app.footer(
      "exit codes: 0 done, 1 failed, 2 usage, 3 unreachable, 4 deadline, "
      "5 partly done, 6 refused, 7 not found");
  Verb chosen;
  AddStatusCommand(app, &chosen);
  AddKeyspaceCommands(app, &chosen);
  AddTableCommands(app, &chosen);
  AddTypeCommands(app, &chosen);
  AddWriteCommands(app, &chosen);
  AddConditionalCommands(app, &chosen);
  AddReadCommands(app, &chosen);
  AddImportCommand(app, &chosen);
  AddExportCommand(app, &chosen);
  AddStorageCommands(app, &chosen);
  AddSnapshotCommands(app, &chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::kUsage);
  }

  if (options.timeout_s > 0) options.client.timeout_s = options.timeout_s;
  Client client(options.client);
  Session session{client, options.output == "json", options.yes, std::cout,
                  std::cerr};
  const Outcome outcome = chosen(session);
  std::cout.flush();
  if (!outcome.ok()) {
    PrintFailure(std::cerr, outcome.status());
    return static_cast<int>(ExitCodeOf(outcome.status()));
  }
  return static_cast<int>(*outcome);
}

}  // namespace
}  // namespace rowan::cli

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  return rowan::cli::Main(argc, argv);
}
