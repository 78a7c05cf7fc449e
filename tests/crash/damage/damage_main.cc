// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "tests/crash/damage/damage_flags.h"

namespace rowan {
namespace {

bool ParseFlag(std::string_view argument, DamageFlags* flags) {
  if (argument == "--all") {
    flags->damages = 0;
    return true;
  }
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(absl::string_view(argument.data(), argument.size()),
                     absl::MaxSplits('=', 1));
  const auto& [name, value] = parts;
  if (name == "--kind") {
    flags->kind = value;
    return !value.empty();
  }
  if (name == "--damages") return absl::SimpleAtoi(value, &flags->damages);
  const std::vector<std::string> of = absl::StrSplit(value, '/');
  return name == "--part" && of.size() == 2 &&
         absl::SimpleAtoi(of[0], &flags->part) &&
         absl::SimpleAtoi(of[1], &flags->parts) && flags->part > 0 &&
         flags->part-- <= flags->parts;
}

}  // namespace

DamageFlags& TheDamageFlags() {
  static DamageFlags flags;
  return flags;
}

}  // namespace rowan

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    if (rowan::ParseFlag(argv[i], &rowan::TheDamageFlags())) continue;
    (void)std::fprintf(stderr, "damage_test: unknown argument '%s'\n", argv[i]);
    return 2;
  }
  return RUN_ALL_TESTS();
}
