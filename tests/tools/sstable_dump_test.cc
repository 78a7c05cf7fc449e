// SPDX-License-Identifier: Apache-2.0
// Runs the program on real files: what only the program decides (options, exit
// status, streams). What it prints is tested in tests/storage/sstable.
#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "partitioner/murmur3.h"
#include "storage/base/posix_file_system.h"
#include "tests/storage/sstable/table_maker.h"

namespace rowan {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

struct Outcome {
  int exit_status = -1;
  std::string out;  // standard output, then standard error
};

Outcome Dump(const std::string& arguments) {
  const std::string command = SSTABLE_DUMP " " + arguments + " 2>&1";
  FILE* const pipe = popen(command.c_str(), "r");
  Outcome outcome;
  char bytes[4096];
  while (const size_t got = fread(bytes, 1, sizeof(bytes), pipe)) {
    outcome.out.append(bytes, got);
  }
  outcome.exit_status = WEXITSTATUS(pclose(pipe));
  return outcome;
}

class SSTableDump : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "/sstable_dump_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    VectorWideRow large = LargeWideRow(0, 500, 500);
    large.token = TokenOfKey(large.partition_key);
    first_ = directory_ + "/1.sst";
    WriteTable(&fs_, first_, {large});
    VectorWideRow small{.token = TokenOfKey("small"), .partition_key = "small"};
    second_ = directory_ + "/2.sst";
    WriteTable(&fs_, second_, {small});
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  PosixFileSystem fs_{1};
  std::string directory_, first_, second_;
};

TEST_F(SSTableDump, SeveralFilesMakeOneArray) {
  const Outcome outcome = Dump(first_ + " " + second_);
  EXPECT_EQ(outcome.exit_status, 0);
  const auto json = nlohmann::json::parse(outcome.out);
  ASSERT_EQ(json.size(), 2u);
  EXPECT_EQ(json[0]["rows"].size(), 500u);
  EXPECT_EQ(json[1]["partition"]["key"][0], "small");
}

TEST_F(SSTableDump, KeysAreChosenAndExcludedInAnyPlace) {
  EXPECT_EQ(Dump("-l -e -k small -k large " + first_ + " " + second_).out,
            "[\"large\"]\n[\"small\"]\n");
  EXPECT_EQ(Dump(first_ + " " + second_ + " -l -e -x large").out,
            "[\"small\"]\n");
}

TEST_F(SSTableDump, StatisticsAreText) {
  const Outcome outcome = Dump("--stats -t " + first_);
  EXPECT_EQ(outcome.exit_status, 0);
  EXPECT_THAT(outcome.out, HasSubstr("Rows: 500\n"));
  EXPECT_THAT(outcome.out, HasSubstr("Minimum timestamp: 1000\n"));
  EXPECT_THAT(outcome.out, HasSubstr("Column Count: largest 500 cells\n"
                                     "  256..511: 1\n"));
}

TEST_F(SSTableDump, DamageIsNamedAndTheRestPrinted) {
  auto file = fs_.Open(first_, {.write = true});
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE((*file)->WriteAt(100'000, "damage").ok());
  const Outcome outcome =
      Dump(directory_ + "/none.sst " + first_ + " " + second_);
  EXPECT_EQ(outcome.exit_status, 1);
  EXPECT_THAT(outcome.out,
              ContainsRegex("sstable-dump: .*/1.sst: block at offset [0-9]+: "
                            "checksum want .* got .*; lost: rows from .*\n"));
  EXPECT_THAT(outcome.out, ContainsRegex("sstable-dump: .*/none.sst"));
  EXPECT_THAT(outcome.out, HasSubstr("\"small\""));
}

TEST_F(SSTableDump, UsageErrorsExitWith2) {
  EXPECT_EQ(Dump("").exit_status, 2);
  EXPECT_EQ(Dump("--no-such-option x").exit_status, 2);
  const Outcome missing = Dump(directory_ + "/none.sst");
  EXPECT_EQ(missing.exit_status, 1);
  EXPECT_THAT(missing.out, HasSubstr("none.sst"));
}

TEST_F(SSTableDump, HelpAndVersionExitWith0) {
  const Outcome help = Dump("--help");
  EXPECT_EQ(help.exit_status, 0);
  EXPECT_THAT(help.out, HasSubstr("--stats"));
  const Outcome version = Dump("--version");
  EXPECT_EQ(version.exit_status, 0);
  EXPECT_THAT(version.out, MatchesRegex("sstable-dump [0-9.]+\n"));
}

}  // namespace
}  // namespace rowan
