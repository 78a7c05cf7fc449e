// SPDX-License-Identifier: Apache-2.0
#include "tests/lib/damage_model.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/lib/mem_file_system.h"

namespace rowan {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr OpenOptions kCreate{.write = true, .create = true};
constexpr uint64_t kSeeds = 200;

class DamageModelTest : public ::testing::Test {
 protected:
  DamageModelTest() { fs_.WriteFile("d/a", Old(8)); }

  // `blocks` of 4 KiB.
  static std::string Old(size_t blocks) {
    return std::string(blocks << 12, 'o');
  }
  static std::string New(size_t blocks) {
    return std::string(blocks << 12, 'n');
  }
  void Write(const std::string& path, uint64_t offset, std::string_view bytes) {
    ASSERT_TRUE(fs_.Open(path, kCreate).value()->WriteAt(offset, bytes).ok());
  }
  // The disk as a death leaves it.
  MemFileSystem& After(DamageModel model, uint64_t seed) {
    MemTree disk = fs_.Image();
    Damage(model, seed, &disk);
    after_.Load(std::move(disk));
    return after_;
  }
  std::string FileAfter(DamageModel model, uint64_t seed,
                        const std::string& path = "d/a") {
    return After(model, seed).ReadFile(path).value();
  }
  // All that the file can be afterwards.
  std::set<std::string> FilesAfter(DamageModel model) {
    std::set<std::string> files;
    for (uint64_t seed = 0; seed < kSeeds; ++seed) {
      files.insert(FileAfter(model, seed));
    }
    return files;
  }
  // The different ones of its units, as one letter each.
  static std::string Units(const std::string& bytes, size_t unit) {
    std::string units;
    for (size_t at = 0; at < bytes.size(); at += unit) {
      const size_t end = std::min(at + unit, bytes.size());
      const bool uniform =
          std::all_of(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                      bytes.begin() + static_cast<std::ptrdiff_t>(end),
                      [&](char c) { return c == bytes[at]; });
      units += !uniform ? '?' : bytes[at] == '\0' ? '0' : bytes[at];
    }
    return units;
  }

  MemFileSystem fs_, after_;
};

TEST_F(DamageModelTest, NamesOfModelsLeadBackToThem) {
  for (const DamageModel model : kDamageModels) {
    EXPECT_EQ(DamageModelNamed(DamageModelName(model)), model);
  }
  EXPECT_EQ(DamageModelNamed("flood"), std::nullopt);
}

TEST_F(DamageModelTest, ProcessLeavesAllOnItsWayAndNothingLeavesNothing) {
  Write("d/a", 4096, New(1));
  ASSERT_TRUE(fs_.Rename("d/a", "d/b").ok());
  EXPECT_EQ(Units(FileAfter(DamageModel::kProcess, 1, "d/b"), 4096),
            "onoooooo");
  EXPECT_THAT(after_.List("d").value(), ElementsAre("b"));
  after_.PowerCut();
  EXPECT_EQ(after_.ReadFile("d/a").value(), Old(8));
  EXPECT_EQ(FileAfter(DamageModel::kNothing, 1, "d/a"), Old(8));
  EXPECT_THAT(after_.List("d").value(), ElementsAre("a"));
}

TEST_F(DamageModelTest, SameSeedLeavesTheSame) {
  Write("d/a", 0, New(8));
  for (const DamageModel model : kDamageModels) {
    for (uint64_t seed = 0; seed < 10; ++seed) {
      EXPECT_EQ(FileAfter(model, seed), FileAfter(model, seed));
    }
  }
}

TEST_F(DamageModelTest, ImageIsNotTouchedByWhatComesOfItsCopies) {
  Write("d/a", 0, New(1));
  const MemTree image = fs_.Image();
  MemTree copy = image.Clone();
  Damage(DamageModel::kNothing, 1, &copy);
  after_.Load(image.Clone());
  EXPECT_EQ(Units(after_.ReadFile("d/a").value(), 4096), "nooooooo");
  after_.PowerCut();
  EXPECT_EQ(after_.ReadFile("d/a").value(), Old(8));
  after_.Load(image.Clone());
  EXPECT_EQ(Units(after_.ReadFile("d/a").value(), 4096), "nooooooo");
}

TEST_F(DamageModelTest, BlocksAreNewOrOldEachByItself) {
  Write("d/a", 2048, New(3));  // of the first and the last a half
  const std::set<std::string> files = FilesAfter(DamageModel::kBlocks);
  EXPECT_THAT(files.size(), Ge(12u));  // of 16
  for (const std::string& file : files) {
    const std::string halves = Units(file, 2048);
    EXPECT_EQ(halves.size(), 16u);
    EXPECT_EQ(halves.find_first_not_of("on"), std::string::npos);
    EXPECT_EQ(halves[2], halves[3]);  // one block
    EXPECT_EQ(halves[4], halves[5]);
    EXPECT_EQ(halves[0], 'o');
    EXPECT_EQ(halves[7], 'o');
  }
}

TEST_F(DamageModelTest, GrownFilesHoldZerosOrStaleBytesBehindTheirEnd) {
  fs_.WriteFile("d/short", "s");
  Write("d/short", 0, New(3));
  std::set<char> seen;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    const std::string file = FileAfter(DamageModel::kGrown, seed, "d/short");
    ASSERT_EQ(file.size(), New(3).size());
    for (const char block : Units(file.substr(4096), 4096)) seen.insert(block);
  }
  EXPECT_THAT(seen, UnorderedElementsAre('0', 'n', 'o'));
}

TEST_F(DamageModelTest, TornWritesComeInSectorsAndInAnyOrder) {
  Write("d/a", 0, std::string(2048, '1'));
  Write("d/a", 0, std::string(2048, '2'));
  std::set<std::string> starts;
  for (const std::string& file : FilesAfter(DamageModel::kTorn)) {
    EXPECT_EQ(Units(file, 512).find('?'), std::string::npos);
    starts.insert(Units(file, 512).substr(0, 4));
  }
  EXPECT_THAT(starts, AllOf(Contains("oooo"), Contains("2222")));
  EXPECT_THAT(starts.size(), Ge(20u));
  EXPECT_TRUE(std::any_of(starts.begin(), starts.end(), [](const auto& start) {
    return start.find("12") != std::string::npos;
  }));
}

TEST_F(DamageModelTest, DurableWriteIsThereInAllAndOverWhatWasBefore) {
  Write("d/a", 0, std::string(8192, '1'));
  fs_.Open("d/a", {.write = true})
      .value()
      ->WriteAsync(4096, std::string(4096, 'D'), WriteDurability::kDurable,
                   [](absl::Status status) { EXPECT_TRUE(status.ok()); });
  Write("d/a", 8192, std::string(4096, '2'));
  for (const DamageModel model : kDamageModels) {
    for (const std::string& file : FilesAfter(model)) {
      EXPECT_EQ(Units(file, 4096)[1], 'D') << DamageModelName(model);
    }
  }
}

TEST_F(DamageModelTest, NamesAreKeptAsAnyOfTheirChangesLeftThem) {
  Write("d/new", 0, "1");
  ASSERT_TRUE(fs_.Rename("d/new", "d/a").ok());
  Write("d/new", 0, "2");
  std::set<std::vector<std::string>> names;
  std::set<std::string> contents;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    const MemFileSystem& after = After(DamageModel::kNames, seed);
    names.insert(after_.List("d").value());
    contents.insert(after.ReadFile("d/new").value_or("none"));
  }
  EXPECT_THAT(names,
              UnorderedElementsAre(ElementsAre("a"), ElementsAre("a", "new")));
  // Its bytes are there or not, whatever becomes of the name.
  EXPECT_THAT(contents, UnorderedElementsAre("none", "", "1", "2"));
}

TEST_F(DamageModelTest, RemovalsAndLinksMayBeUndone) {
  ASSERT_TRUE(fs_.Link("d/a", "d/b").ok());
  ASSERT_TRUE(fs_.Remove("d/a").ok());
  std::set<std::vector<std::string>> names;
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    After(DamageModel::kNames, seed);
    names.insert(after_.List("d").value());
  }
  EXPECT_THAT(
      names, UnorderedElementsAre(IsEmpty(), ElementsAre("a"), ElementsAre("b"),
                                  ElementsAre("a", "b")));
}

TEST_F(DamageModelTest, WatcherSeesADurableWriteOnItsWay) {
  std::vector<FileOp> operations;
  std::set<std::string> torn;
  fs_.WatchChanges([&](FileOp op, std::string_view, const MemTree& before) {
    operations.push_back(op);
    for (uint64_t seed = 0; seed < kSeeds; ++seed) {
      MemTree disk = before.Clone();
      Damage(DamageModel::kTorn, seed, &disk);
      torn.insert(Units(disk.FindFile("d/a").value()->data.get(), 512));
    }
  });
  auto file = fs_.Open("d/a", {.write = true}).value();
  file->WriteAsync(0, std::string(1024, 'n'), WriteDurability::kDurable,
                   [](absl::Status status) { EXPECT_TRUE(status.ok()); });
  EXPECT_THAT(operations, ElementsAre(FileOp::kWrite, FileOp::kSync));
  EXPECT_EQ(torn.size(), 4u);
  fs_.PowerCut();
  EXPECT_EQ(Units(fs_.ReadFile("d/a").value(), 512).substr(0, 3), "nno");
}

}  // namespace
}  // namespace rowan
