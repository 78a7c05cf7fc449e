// SPDX-License-Identifier: Apache-2.0
#include "storage/compaction/strategy.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rowan {
namespace {

using testing::ElementsAre;

constexpr uint64_t kBase = 1 << 20;

CompactionFile WholeFile(uint64_t id, uint64_t bytes) {
  return {FileId{id}, bytes, Token::Min(), Token::Max()};
}
CompactionFile FileOver(uint64_t id, uint64_t first, uint64_t last) {
  return {FileId{id}, kBase, Token{first}, Token{last}};
}

// One partition that takes flushes of kBase bytes of new keys, and merges
// whatever is due after each.
class SimulatedPartition {
 public:
  explicit SimulatedPartition(int32_t scaling) : strategy_(scaling, kBase) {}

  void Flush() {
    files_.push_back(WholeFile(next_id_++, kBase));
    while (const auto pick = strategy_.Pick(files_)) {
      std::erase_if(files_, [&](const CompactionFile& file) {
        return std::count(pick->inputs.begin(), pick->inputs.end(), file.file);
      });
      files_.push_back(WholeFile(next_id_++, pick->input_bytes));
      rewritten_ += pick->input_bytes;
      EXPECT_EQ(pick->output_level, strategy_.LevelOf(pick->input_bytes));
    }
    most_files_ = std::max(most_files_, files_.size());
  }

  // "L0 1+1 L2 36; rewritten 240; most files 3", sizes in flushes.
  std::string Describe() const {
    std::map<uint32_t, std::string> levels;
    for (const CompactionFile& file : files_) {
      std::string& line = levels[strategy_.LevelOf(file.bytes)];
      if (!line.empty()) line += "+";
      line += std::to_string(file.bytes / kBase);
    }
    std::ostringstream out;
    for (const auto& [level, line] : levels)
      out << "L" << level << " " << line << " ";
    out << "rewritten " << rewritten_ / kBase << " most files " << most_files_;
    return out.str();
  }

 private:
  const CompactionStrategy strategy_;
  std::vector<CompactionFile> files_;
  uint64_t next_id_ = 1;
  uint64_t rewritten_ = 0;
  size_t most_files_ = 0;
};

std::string AfterFlushes(int32_t scaling, int flushes) {
  SimulatedPartition partition(scaling);
  for (int i = 0; i < flushes; ++i) partition.Flush();
  return partition.Describe();
}

// Each flush is merged into the one file of its level: a level of fan-out 6
// rewrites 2+3+4+5+6 of every 6 that pass through it.
TEST(CompactionStrategy, LeveledRewritesMuchAndKeepsFewFiles) {
  EXPECT_EQ(AfterFlushes(-4, 6), "L1 6 rewritten 20 most files 1");
  EXPECT_EQ(AfterFlushes(-4, 36), "L2 36 rewritten 240 most files 2");
  EXPECT_EQ(AfterFlushes(-4, 40), "L0 4 L2 36 rewritten 249 most files 2");
}

// As a binary counter: every byte is rewritten once a level.
TEST(CompactionStrategy, MiddleRewritesOncePerDoubling) {
  EXPECT_EQ(AfterFlushes(0, 32), "L5 32 rewritten 160 most files 5");
  EXPECT_EQ(AfterFlushes(0, 36), "L2 4 L5 32 rewritten 168 most files 5");
  EXPECT_EQ(AfterFlushes(0, 40), "L3 8 L5 32 rewritten 184 most files 5");
}

// Every byte is rewritten once per level of fan-out 6; up to 5 files a level.
TEST(CompactionStrategy, TieredRewritesLittleAndKeepsManyFiles) {
  EXPECT_EQ(AfterFlushes(4, 5), "L0 1+1+1+1+1 rewritten 0 most files 5");
  EXPECT_EQ(AfterFlushes(4, 36), "L2 36 rewritten 72 most files 10");
  EXPECT_EQ(AfterFlushes(4, 40), "L0 1+1+1+1 L2 36 rewritten 72 most files 10");
}

TEST(CompactionStrategy, LevelIsTheLogarithmOfTheSize) {
  const CompactionStrategy strategy(-4, kBase);
  EXPECT_EQ(strategy.fan_out(), 6u);
  EXPECT_EQ(strategy.threshold(), 2u);
  EXPECT_EQ(strategy.LevelOf(0), 0u);
  EXPECT_EQ(strategy.LevelOf(6 * kBase - 1), 0u);
  EXPECT_EQ(strategy.LevelOf(6 * kBase), 1u);
  EXPECT_EQ(strategy.LevelOf(36 * kBase - 1), 1u);
  EXPECT_EQ(strategy.LevelOf(36 * kBase), 2u);
  EXPECT_EQ(CompactionStrategy(4, kBase).threshold(), 6u);
  EXPECT_EQ(CompactionStrategy(0, kBase).threshold(), 2u);
  EXPECT_EQ(CompactionStrategy(32, 1).LevelOf(~uint64_t{0}), 12u);
}

TEST(CompactionStrategy, LowestDueLevelGoesFirst) {
  const CompactionStrategy strategy(0, kBase);
  const std::vector<CompactionFile> files = {
      WholeFile(1, 8 * kBase), WholeFile(2, 8 * kBase), WholeFile(3, kBase),
      WholeFile(4, kBase)};
  const auto pick = strategy.Pick(files);
  ASSERT_TRUE(pick.has_value());
  EXPECT_THAT(pick->inputs, ElementsAre(FileId{3}, FileId{4}));
  EXPECT_EQ(pick->output_level, 1u);
  EXPECT_EQ(strategy.PendingBytes(files), 18 * kBase);
}

TEST(CompactionStrategy, FilesThatDoNotOverlapAreNotDue) {
  const CompactionStrategy strategy(0, kBase);
  const std::vector<CompactionFile> apart = {FileOver(1, 0, 9),
                                             FileOver(2, 10, 19)};
  EXPECT_FALSE(strategy.Pick(apart).has_value());
  EXPECT_EQ(strategy.PendingBytes(apart), 0u);
  const std::vector<CompactionFile> touching = {FileOver(1, 0, 10),
                                                FileOver(2, 10, 19)};
  EXPECT_TRUE(strategy.Pick(touching).has_value());
}

TEST(CompactionStrategy, OverlapCountsAtOneTokenNotAlongTheChain) {
  // Four files in a chain, never more than two at one token.
  const std::vector<CompactionFile> chain = {
      FileOver(1, 0, 10), FileOver(2, 10, 20), FileOver(3, 20, 30),
      FileOver(4, 30, 40)};
  EXPECT_FALSE(CompactionStrategy(1, kBase).Pick(chain).has_value());
  EXPECT_TRUE(CompactionStrategy(0, kBase).Pick(chain).has_value());
}

TEST(CompactionStrategy, GroupWithMostFilesGoesFirst) {
  const std::vector<CompactionFile> files = {
      FileOver(1, 0, 9),   FileOver(2, 0, 9),   FileOver(3, 20, 29),
      FileOver(4, 20, 29), FileOver(5, 20, 29),
  };
  const auto pick = CompactionStrategy(0, kBase).Pick(files);
  ASSERT_TRUE(pick.has_value());
  EXPECT_THAT(pick->inputs, ElementsAre(FileId{3}, FileId{4}, FileId{5}));
}

TEST(CompactionStrategy, OldestGoFirstWhenThereAreTooMany) {
  std::vector<CompactionFile> files;
  for (uint64_t id = 50; id > 0; --id) files.push_back(WholeFile(id, kBase));
  const auto pick = CompactionStrategy(0, kBase).Pick(files);
  ASSERT_TRUE(pick.has_value());
  ASSERT_EQ(pick->inputs.size(), CompactionStrategy::kInputsMax);
  EXPECT_EQ(pick->inputs.front(), FileId{1});
  EXPECT_EQ(pick->inputs.back(), FileId{32});
}

TEST(CompactionStrategy, NothingIsDueAmongNoFiles) {
  EXPECT_FALSE(CompactionStrategy(2, kBase).Pick({}).has_value());
}

}  // namespace
}  // namespace rowan
