// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_COMMAND_H_
#define ROWAN_TOOLS_ROWAN_COMMAND_H_

#include <CLI/App.hpp>
#include <functional>
#include <memory>
#include <ostream>

#include "absl/status/statusor.h"
#include "tools/rowan/client/client.h"
#include "tools/rowan/client/exit_code.h"
#include "tools/rowan/client/output.h"

namespace rowan::cli {

// What a verb works with: the node, and where to print.
struct Session {
  Client& client;
  bool json = false;
  bool yes = false;
  bool quiet = false;
  std::ostream& out;   // data
  std::ostream& said;  // sentences about what was done; nowhere when quiet
  std::ostream& talk;  // what goes beside it; nowhere when quiet
  std::ostream& err;   // questions, and what is wrong
};

// For what was to be dropped and isn't there.
inline constexpr char kIfExistsHint[] =
    "--if-exists, if one that is gone will do";

using Outcome = absl::StatusOr<ExitCode>;
using Verb = std::function<Outcome(Session&)>;

// Adds `name` to `parent`; when the command line names it, `*chosen` becomes
// the verb that `make` returns. Options of a verb live in the struct that both
// `make` and CLI11 share.
template <typename Options>
CLI::App* AddVerb(CLI::App& parent, const std::string& name,
                  const std::string& help, std::shared_ptr<Options> options,
                  Outcome (*run)(const Options&, Session&), Verb* chosen) {
  CLI::App* verb = parent.add_subcommand(name, help);
  verb->callback([options, run, chosen] {
    *chosen = [options, run](Session& session) {
      return run(*options, session);
    };
  });
  return verb;
}

// One group of verbs each; the file is named after it.
void AddStatusCommand(CLI::App& app, Verb* chosen);
void AddKeyspaceCommands(CLI::App& app, Verb* chosen);
void AddTableCommands(CLI::App& app, Verb* chosen);
void AddTypeCommands(CLI::App& app, Verb* chosen);
void AddWriteCommands(CLI::App& app, Verb* chosen);
void AddConditionalCommands(CLI::App& app, Verb* chosen);
void AddReadCommands(CLI::App& app, Verb* chosen);
void AddImportCommand(CLI::App& app, Verb* chosen);
void AddExportCommand(CLI::App& app, Verb* chosen);
void AddStorageCommands(CLI::App& app, Verb* chosen);
void AddSnapshotCommands(CLI::App& app, Verb* chosen);

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_COMMAND_H_
