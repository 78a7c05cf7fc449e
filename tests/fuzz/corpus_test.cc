// SPDX-License-Identifier: Apache-2.0
// Runs every target over its corpus and its seeds, in builds that have no
// fuzzer: what was found once stays found.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "gtest/gtest.h"
#include "tests/fuzz/fuzz_target.h"

namespace rowan {
namespace {

class Corpus : public testing::TestWithParam<FuzzTarget> {};

std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST_P(Corpus, IsDecodedOrRefused) {
  const FuzzTarget& target = GetParam();
  const auto folder = std::filesystem::path(ROWAN_FUZZ_CORPUS) / target.name;
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    SCOPED_TRACE(entry.path());
    target.run(ReadAll(entry.path()));
    ++files;
  }
  EXPECT_GT(files, 0) << "write them: tests/fuzz/run.sh --seeds";
  for (const std::string& seed : target.seeds()) {
    target.run(seed);
    // Cut short, and spoilt in places.
    for (size_t i = 0; i < seed.size(); i += 1 + seed.size() / 16) {
      target.run(seed.substr(0, i));
      std::string spoilt = seed;
      spoilt[i] = static_cast<char>(spoilt[i] ^ (1 << (i % 8)));
      target.run(spoilt);
    }
  }
  target.run("");
}

INSTANTIATE_TEST_SUITE_P(
    , Corpus, testing::ValuesIn(FuzzTargets().begin(), FuzzTargets().end()),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace rowan
