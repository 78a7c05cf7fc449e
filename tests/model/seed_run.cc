// SPDX-License-Identifier: Apache-2.0
#include "tests/model/seed_run.h"

#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>

#include "tests/model/case/generator.h"
#include "tests/model/case/shrink.h"
#include "tests/model/case_run.h"

namespace rowan {
namespace {

// A case of 200 operations shrinks in about 500 runs.
constexpr int kShrinkRunsMax = 3000;

// What a signal handler may read.
std::array<char, 128> command_under_way{};

void OnDeath(int signal) {
  (void)!write(STDERR_FILENO, command_under_way.data(),
               strnlen(command_under_way.data(), command_under_way.size()));
  std::signal(signal, SIG_DFL);
  (void)std::raise(signal);
}

}  // namespace

std::optional<std::string> RunCase(const TestCase& test,
                                   const std::string& command) {
  const std::optional<std::string> wrong = CaseRun(test).Run();
  if (!wrong) return std::nullopt;
  const auto fails = [](const TestCase& smaller) {
    return CaseRun(smaller).Run().has_value();
  };
  const TestCase least = Shrink(test, fails, kShrinkRunsMax);
  return *wrong + "\nrun it again: " + command +
         "\nshrunk: " + CaseRun(least).Run().value_or("") + "\n" +
         FormatCase(least);
}

std::optional<std::string> RunSeed(uint64_t seed, const OptionSet& options) {
  const std::string command =
      "build/release/bin/model_test --seed=" + std::to_string(seed) +
      " --options=" + std::string(options.name);
  const std::string note = "died; run it again: " + command + "\n";
  strncpy(command_under_way.data(), note.c_str(), command_under_way.size() - 1);
  return RunCase(GenerateCase(seed, options), command);
}

void TellCommandOnDeath() {
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE}) {
    std::signal(signal, OnDeath);
  }
}

}  // namespace rowan
