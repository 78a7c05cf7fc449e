// SPDX-License-Identifier: Apache-2.0
#include "node/config/config_file.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/config/config_units.h"

namespace rowan {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> ErrorsOf(const std::string& text) {
  NodeConfig config = DefaultConfig();
  return ReadConfig("c.yaml", text, &config);
}

TEST(ConfigFile, GoodFileSetsItsKeysAndLeavesTheRest) {
  NodeConfig config = DefaultConfig();
  EXPECT_THAT(ReadConfig("c.yaml",
                         "listen:\n  client: 0.0.0.0:9000\n"
                         "memory: {memtables: 1GiB}\n"
                         "commitlog:\n  sync: periodic\n  sync_period: 20ms\n",
                         &config),
              IsEmpty());
  EXPECT_EQ(config.listen_client, "0.0.0.0:9000");
  EXPECT_EQ(config.listen_http, "127.0.0.1:7280");
  EXPECT_EQ(config.memory_memtables, int64_t{1} << 30);
  EXPECT_EQ(config.commitlog_sync, "periodic");
  EXPECT_EQ(config.commitlog_sync_period, 20'000'000);
}

TEST(ConfigFile, UnknownKeyNamesPlaceAndNearestKey) {
  EXPECT_THAT(ErrorsOf("listen:\n  http: 127.0.0.1:1\n  clinet: x:1\n"),
              ElementsAre("c.yaml:3:3: unknown key 'listen.clinet'; did you "
                          "mean 'listen.client'?"));
  EXPECT_THAT(ErrorsOf("comit_log:\n  sync: group\n"),
              ElementsAre("c.yaml:1:1: unknown key 'comit_log'; did you mean "
                          "'commitlog'?"));
}

TEST(ConfigFile, BadValueNamesPlaceAndWhatWasExpected) {
  EXPECT_THAT(
      ErrorsOf("memory:\n  memtables: 12\n"),
      ElementsAre("c.yaml:2:14: 'memory.memtables: 12': expected a size from "
                  "16MiB to 1TiB"));
  EXPECT_THAT(ErrorsOf("commitlog:\n  sync: sometimes\n"),
              ElementsAre(HasSubstr("expected one of group|periodic")));
  EXPECT_THAT(ErrorsOf("listen: {client: nowhere}\n"),
              ElementsAre(HasSubstr("expected host:port")));
  EXPECT_THAT(ErrorsOf("background:\n  flushes: [1]\n"),
              ElementsAre(HasSubstr("expected a number from 1 to 64")));
}

TEST(ConfigFile, AllErrorsAreReportedAtOnce) {
  EXPECT_EQ(
      ErrorsOf("a: 1\nlisten:\n  x: 1\nmemory:\n  memtables: no\n").size(), 3u);
}

TEST(ConfigFile, MalformedFilesAreErrorsWithAPlace) {
  EXPECT_THAT(ErrorsOf("listen: {client: \"x"),
              ElementsAre(HasSubstr("c.yaml:")));
  EXPECT_THAT(ErrorsOf("- a\n- b\n"), ElementsAre(HasSubstr("sections")));
  EXPECT_THAT(ErrorsOf("listen: here\n"), ElementsAre(HasSubstr("holds keys")));
  EXPECT_THAT(ErrorsOf("listen: {}\nlisten: {}\n"),
              ElementsAre(HasSubstr("comes twice")));
}

TEST(ConfigFile, EmptyFileIsTheDefault) {
  EXPECT_THAT(ErrorsOf(""), IsEmpty());
  EXPECT_THAT(ErrorsOf("# nothing\n"), IsEmpty());
  EXPECT_THAT(ErrorsOf("listen:\n"), IsEmpty());
}

TEST(ConfigFile, PrintedConfigReadsBackTheSame) {
  NodeConfig config = DefaultConfig();
  config.node_name = "a \"quoted\" name: #1";
  config.memory_memtables = 100 << 20;
  config.commitlog_sync_period = 1'500'000'000;
  NodeConfig back = DefaultConfig();
  EXPECT_THAT(ReadConfig("c.yaml", PrintConfig(config), &back), IsEmpty());
  for (const ConfigKey& key : ConfigKeys()) {
    EXPECT_EQ(ConfigValue(key, back), ConfigValue(key, config)) << key.name;
  }
}

TEST(ConfigKeys, TableIsSoundAndSmall) {
  EXPECT_LT(ConfigKeys().size(), 40u);
  for (const ConfigKey& key : ConfigKeys()) {
    NodeConfig config;
    EXPECT_TRUE(SetConfigValue(key, key.default_value, &config)) << key.name;
    EXPECT_EQ(ConfigValue(key, config), key.default_value) << key.name;
    EXPECT_FALSE(key.sentence.empty()) << key.name;
  }
}

TEST(ConfigUnits, SizesAndTimesNeedAUnit) {
  EXPECT_EQ(ParseSize("64MiB"), int64_t{64} << 20);
  EXPECT_EQ(ParseTime("100ms"), 100'000'000);
  EXPECT_EQ(ParseTime("2min"), 120'000'000'000);
  for (const char* bad : {"", "64", "64 MiB", "-1MiB", "MiB", "1.5GiB", "64mib",
                          "99999999999999999999B", "9999999999TiB"}) {
    EXPECT_FALSE(ParseSize(bad).has_value()) << bad;
  }
  EXPECT_EQ(FormatSize(1536), "1536B");
  EXPECT_EQ(FormatSize(0), "0B");
  EXPECT_EQ(FormatTime(90'000'000'000), "90s");
}

TEST(ConfigAddresses, OnlyLoopbackIsLoopback) {
  for (const char* address :
       {"127.0.0.1:1", "127.9.9.9:1", "localhost:1", "[::1]:1"}) {
    EXPECT_TRUE(IsLoopback(address)) << address;
  }
  for (const char* address : {"0.0.0.0:1", "[::]:1", "10.0.0.1:1",
                              "127.example.org:1", "example.org:1"}) {
    EXPECT_FALSE(IsLoopback(address)) << address;
  }
  for (const char* bad :
       {"", ":1", "host", "host:", "host:x", "host:65536", "::1:5", "a/b:1"}) {
    EXPECT_FALSE(IsAddress(bad)) << bad;
  }
}

}  // namespace
}  // namespace rowan
