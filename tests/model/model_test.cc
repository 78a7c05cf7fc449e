// SPDX-License-Identifier: Apache-2.0
// The engine against the model: generated cases, and those that are kept.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "tests/model/case/generator.h"
#include "tests/model/case/test_case.h"
#include "tests/model/model_flags.h"
#include "tests/model/seed_run.h"
#include "tests/nightly/test_result.h"

namespace rowan {
namespace {

class Model : public testing::TestWithParam<OptionSet> {};

TEST_P(Model, ReadsEqualTheModelThroughFlushesMergesAndDeaths) {
  const ModelFlags& flags = TheModelFlags();
  if (!flags.options.empty() && flags.options != GetParam().name) return;
  size_t operations = 0;
  for (uint64_t i = 0; i < flags.seeds && !HasFailure(); ++i) {
    const uint64_t seed = flags.first + i;
    operations += GenerateCase(seed, GetParam()).operations.size();
    if (const auto report = RunSeed(seed, GetParam())) ADD_FAILURE() << *report;
  }
  std::printf("%zu operations\n", operations);
  TellResult("model, " + std::string(GetParam().name), flags.seeds,
             HasFailure() ? 1 : 0,
             std::to_string(flags.first) + " to " +
                 std::to_string(flags.first + flags.seeds - 1));
}

INSTANTIATE_TEST_SUITE_P(Options, Model, testing::ValuesIn(OptionSets()),
                         [](const auto& info) {
                           return std::string(info.param.name);
                         });

std::vector<std::string> KeptCases() {
  if (!TheModelFlags().replay.empty()) return {TheModelFlags().replay};
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(
           ROWAN_SOURCE_DIR "/tests/testdata/regress")) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

TEST(Regress, EveryKeptCaseHolds) {
  const std::vector<std::string> paths = KeptCases();
  EXPECT_FALSE(paths.empty());
  for (const std::string& path : paths) {
    SCOPED_TRACE(path);
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    const absl::StatusOr<TestCase> test = ParseCase(text.str());
    ASSERT_TRUE(test.ok()) << test.status();
    const auto report =
        RunCase(*test, "build/release/bin/model_test --replay=" + path);
    if (report) ADD_FAILURE() << *report;
  }
}

}  // namespace
}  // namespace rowan
