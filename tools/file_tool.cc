// SPDX-License-Identifier: Apache-2.0
#include "tools/file_tool.h"

#include <cstdio>
#include <iostream>

namespace rowan {
namespace {

constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;

absl::Status OutFailed() {
  return absl::UnavailableError("cannot write to standard output");
}

}  // namespace

int FileToolMain(CLI::App* app, int argc, char** argv,
                 absl::FunctionRef<absl::StatusOr<bool>()> run) {
  try {
    app->parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app->exit(error) == 0 ? 0 : kExitUsage;
  }
  absl::StatusOr<bool> good = run();
  if (std::fflush(stdout) != 0 && good.ok()) good = OutFailed();
  if (good.ok()) return *good ? 0 : kExitFailed;
  Complain(*app, good.status());
  return absl::IsInvalidArgument(good.status()) ? kExitUsage : kExitFailed;
}

absl::Status WriteOut(std::string_view text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size()
             ? absl::OkStatus()
             : OutFailed();
}

void Complain(const CLI::App& app, const absl::Status& status) {
  std::cerr << app.get_name() << ": " << std::string(status.message()) << "\n";
}

}  // namespace rowan
