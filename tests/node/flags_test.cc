// SPDX-License-Identifier: Apache-2.0
#include "node/flags.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rowan {
namespace {

using testing::HasSubstr;

struct Parsed {
  std::optional<Flags> flags;
  int exit_code = 0;
  std::string out, err;
};

Parsed Parse(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "rowand");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  Parsed parsed;
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  parsed.flags =
      ParseFlags(static_cast<int>(argv.size()), argv.data(), &parsed.exit_code);
  parsed.out = testing::internal::GetCapturedStdout();
  parsed.err = testing::internal::GetCapturedStderr();
  return parsed;
}

std::string FileWith(const std::string& text) {
  const std::string path =
      testing::TempDir() + "rowan_flags_" + std::to_string(getpid()) + ".yaml";
  std::ofstream(path) << text;
  return path;
}

TEST(Flags, FlagsOverrideTheFile) {
  const std::string file =
      FileWith("listen: {client: 127.0.0.1:1}\nmemory: {memtables: 99MiB}\n");
  const Parsed parsed =
      Parse({"--config", file, "--listen", "127.0.0.1:2", "--http", "[::1]:3",
             "--data-dir", "d", "--drain"});
  ASSERT_TRUE(parsed.flags.has_value()) << parsed.err;
  EXPECT_EQ(parsed.flags->config.listen_client, "127.0.0.1:2");
  EXPECT_EQ(parsed.flags->config.listen_http, "[::1]:3");
  EXPECT_EQ(parsed.flags->config.data_dir, "d");
  EXPECT_EQ(parsed.flags->config.memory_memtables, 99 << 20);
  EXPECT_TRUE(parsed.flags->drain);
}

TEST(Flags, BadConfigEndsWithTwoAndItsPlace) {
  const std::string file = FileWith("listen:\n  clinet: x\n");
  for (const bool check : {false, true}) {
    std::vector<std::string> arguments = {"--config", file};
    if (check) arguments.push_back("--check-config");
    const Parsed parsed = Parse(arguments);
    EXPECT_FALSE(parsed.flags.has_value());
    EXPECT_EQ(parsed.exit_code, 2);
    EXPECT_THAT(parsed.err, HasSubstr(file + ":2:3: unknown key"));
    EXPECT_THAT(parsed.err, HasSubstr("did you mean 'listen.client'?"));
  }
}

TEST(Flags, CheckAndPrintStopWithoutServing) {
  const Parsed check = Parse({"--check-config"});
  EXPECT_FALSE(check.flags.has_value());
  EXPECT_EQ(check.exit_code, 0);
  const Parsed print = Parse({"--print-config", "--listen", "127.0.0.1:5"});
  EXPECT_FALSE(print.flags.has_value());
  EXPECT_THAT(print.out, HasSubstr("client: \"127.0.0.1:5\""));
}

TEST(Flags, AddressesBeyondLoopbackNeedTheFlagAndWarn) {
  for (const char* flag : {"--listen", "--http"}) {
    const Parsed refused = Parse({flag, "0.0.0.0:1"});
    EXPECT_FALSE(refused.flags.has_value());
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.err, HasSubstr("--allow-unauthenticated"));
    const Parsed taken = Parse({flag, "0.0.0.0:1", "--allow-unauthenticated"});
    EXPECT_TRUE(taken.flags.has_value());
    EXPECT_THAT(taken.err, HasSubstr("warning: 0.0.0.0:1"));
  }
}

TEST(Flags, UnknownFlagsAndValuesEndWithTwo) {
  EXPECT_EQ(Parse({"--nonsense"}).exit_code, 2);
  EXPECT_EQ(Parse({"--listen", "nowhere"}).exit_code, 2);
  EXPECT_EQ(Parse({"--config", "/nonexistent.yaml"}).exit_code, 2);
}

TEST(Flags, HelpAndVersionEndWell) {
  EXPECT_EQ(Parse({"--help"}).exit_code, 0);
  const Parsed version = Parse({"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_THAT(version.out, HasSubstr("rowand 0."));
}

}  // namespace
}  // namespace rowan
