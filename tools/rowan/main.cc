// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "tools/rowan/client/failure.h"
#include "tools/rowan/command.h"

namespace rowan::cli {
namespace {

// Longer than any call of a person's should take, and far from where adding it
// to the present overflows.
constexpr absl::Duration kTimeoutMax = absl::Hours(24);

struct GlobalOptions {
  ClientOptions client;
  std::string timeout;
  std::string output = "table";
  bool yes = false;
  bool quiet = false;
  bool verbose = false;
};

// Puts the words of --timeout into `options`; what is wrong, or "".
std::string SetTimeout(const std::string& text, ClientOptions* options) {
  absl::Duration timeout;
  if (!absl::ParseDuration(text, &timeout) || timeout < absl::Milliseconds(1) ||
      timeout > kTimeoutMax) {
    return absl::StrCat("'", text,
                        "' is no time of up to 24h: expected one such as 10s, "
                        "500ms or 2m");
  }
  options->timeout_s = absl::ToDoubleSeconds(timeout);
  return "";
}

void AddGlobalOptions(CLI::App& app, GlobalOptions* options) {
  app.set_version_flag("--version", "rowan " ROWAN_VERSION);
  app.add_option("--host", options->client.host, "address of the node")
      ->envname("ROWAN_HOST")
      ->capture_default_str();
  app.add_option("--timeout", options->timeout,
                 "how long a call may take, such as 10s, 500ms or 2m "
                 "(default: 10s for short calls, 1m for a batch of an import, "
                 "no limit for scans, flushes and merges)")
      ->check(CLI::Validator(
          [options](const std::string& text) {
            return SetTimeout(text, &options->client);
          },
          "TIME"));
  app.add_option("-o,--output", options->output, "table or json")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  app.add_flag("--yes", options->yes, "do not ask before data is destroyed");
  app.add_flag("-q,--quiet", options->quiet,
               "print data and errors only, not what was done");
  app.add_flag("-v,--verbose", options->verbose,
               "tell each call with its outcome and time on stderr");
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

  if (options.verbose) options.client.call_log = &std::cerr;
  Client client(options.client);
  std::ostream nowhere(nullptr);
  Session session{client,
                  options.output == "json",
                  options.yes,
                  options.quiet,
                  std::cout,
                  options.quiet ? nowhere : std::cout,
                  options.quiet ? nowhere : std::cerr,
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
