// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_SEED_RUN_H_
#define ROWAN_TESTS_MODEL_SEED_RUN_H_

#include <cstdint>
#include <optional>
#include <string>

#include "tests/model/case/test_case.h"

namespace rowan {

// Runs one case. Nullopt: it holds. Else a report: what is wrong, the command
// that runs it again, and the case shrunk to what may be kept in
// tests/testdata/regress. `command` is empty for a case that has a file.
std::optional<std::string> RunCase(const TestCase& test,
                                   const std::string& command);

// The generated case of `seed`. If the process dies in it, the command is
// printed all the same (TellCommandOnDeath).
std::optional<std::string> RunSeed(uint64_t seed, const OptionSet& options);

// From now on a fatal signal prints the command of the seed under way.
void TellCommandOnDeath();

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_SEED_RUN_H_
