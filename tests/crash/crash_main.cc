// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstdio>
#include <string_view>

#include "absl/strings/numbers.h"
#include "storage/base/logging.h"
#include "tests/crash/crash_flags.h"

namespace rowan {
namespace {

bool TakeNumber(std::string_view text, uint64_t* number) {
  return absl::SimpleAtoi(absl::string_view(text.data(), text.size()), number);
}

bool ParsePart(std::string_view text, CrashFlags* flags) {
  const size_t slash = text.find('/');
  return slash != std::string_view::npos &&
         TakeNumber(text.substr(0, slash), &flags->part) &&
         TakeNumber(text.substr(slash + 1), &flags->parts) &&
         1 <= flags->part && flags->part <= flags->parts;
}

bool ParseFlag(std::string_view argument, CrashFlags* flags) {
  const size_t equals = argument.find('=');
  if (equals == std::string_view::npos) return false;
  const std::string_view name = argument.substr(0, equals);
  const std::string_view value = argument.substr(equals + 1);
  if (name == "--states") return TakeNumber(value, &flags->states);
  if (name == "--part") return ParsePart(value, flags);
  flags->state = StatePath::Parse(value);
  return name == "--state" && flags->state.has_value();
}

}  // namespace

CrashFlags& TheCrashFlags() {
  static CrashFlags flags;
  return flags;
}

}  // namespace rowan

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    if (rowan::ParseFlag(argv[i], &rowan::TheCrashFlags())) continue;
    (void)std::fprintf(stderr, "crash_test: unknown argument '%s'\n", argv[i]);
    return 2;
  }
  // Starts on damaged disks warn thousands of times.
  rowan::SetLogging(rowan::LogLevel::kError, rowan::LogFormat::kText);
  return RUN_ALL_TESTS();
}
