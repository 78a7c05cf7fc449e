// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdio>
#include <limits>
#include <string_view>

#include "tests/model/case/text_cursor.h"
#include "tests/model/model_flags.h"
#include "tests/model/seed_run.h"

namespace rowan {
namespace {

bool ParseFlag(std::string_view argument, ModelFlags* flags) {
  constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();
  TextCursor in(argument);
  if (in.Take("--options=")) {
    flags->options = in.rest();
    return true;
  }
  if (in.Take("--replay=")) {
    flags->replay = in.rest();
    return true;
  }
  if (in.Take("--seeds=")) {
    return in.TakeNumber(kMax, &flags->seeds) && in.AtEnd();
  }
  flags->seeds = 1;
  return in.Take("--seed=") && in.TakeNumber(kMax, &flags->first) && in.AtEnd();
}

}  // namespace

ModelFlags& TheModelFlags() {
  static ModelFlags flags;
  return flags;
}

}  // namespace rowan

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    if (rowan::ParseFlag(argv[i], &rowan::TheModelFlags())) continue;
    (void)std::fprintf(stderr, "model_test: unknown argument '%s'\n", argv[i]);
    return 2;
  }
  rowan::TellCommandOnDeath();
  return RUN_ALL_TESTS();
}
