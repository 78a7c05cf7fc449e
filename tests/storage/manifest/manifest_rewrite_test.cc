// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/manifest/manifest.h"
#include "tests/lib/mem_file_system.h"

namespace rowan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr size_t kRewriteBytes = 1 << 20;

std::unique_ptr<Manifest> OpenOrDie(MemFileSystem* fs) {
  auto manifest = Manifest::Open(fs, "data");
  EXPECT_TRUE(manifest.ok()) << manifest.status();
  return *std::move(manifest);
}

// Replaces all files of 16 partitions by `count` new ones in each.
ManifestEdit ReplaceFiles(const ManifestState& state, int count) {
  const TableId table{1};
  ManifestEdit edit;
  const auto known = state.tables.find(table);
  if (known == state.tables.end()) {
    edit.tables_created.emplace_back(table, LogPosition{1});
  }
  uint64_t next_file = state.next_file.value;
  for (uint32_t bits = 0; bits < 16; ++bits) {
    ManifestEdit::PartitionEdit part{table, PartitionId{4, bits}};
    if (known != state.tables.end()) {
      for (const auto& file : known->second.partitions.at({4, bits}).files) {
        part.removed.push_back(file.file);
      }
    }
    for (int i = 0; i < count; ++i) {
      part.added.push_back({FileId{next_file++}, 0, 1 << 30});
    }
    edit.partitions.push_back(std::move(part));
  }
  return edit;
}

// A manifest whose next Commit rewrites it, as bytes.
const std::string& GrownManifest() {
  static const auto* bytes = new std::string([] {
    MemFileSystem fs;
    fs.WriteFile("data/x", "");
    auto manifest = OpenOrDie(&fs);
    while (fs.ReadFile("data/MANIFEST-1")->size() < kRewriteBytes) {
      EXPECT_TRUE(manifest->Commit(ReplaceFiles(manifest->state(), 60)).ok());
    }
    return fs.ReadFile("data/MANIFEST-1").value();
  }());
  return *bytes;
}

TEST(ManifestRewrite, GrownFileIsReplacedByASmallOneOfTheSameState) {
  MemFileSystem fs;
  fs.WriteFile("data/MANIFEST-1", GrownManifest());
  auto manifest = OpenOrDie(&fs);
  ManifestState expected = manifest->state();
  const ManifestEdit edit = ReplaceFiles(expected, 5);
  ASSERT_TRUE(ApplyEdit(edit, &expected).ok());
  ASSERT_TRUE(manifest->Commit(edit).ok());
  EXPECT_EQ(manifest->path(), "data/MANIFEST-2");
  EXPECT_EQ(manifest->state(), expected);
  EXPECT_THAT(fs.List("data").value(), ElementsAre("MANIFEST-2"));
  EXPECT_LT(fs.ReadFile("data/MANIFEST-2")->size(), kRewriteBytes / 16);
  manifest.reset();
  EXPECT_EQ(OpenOrDie(&fs)->state(), expected);
}

// Dies at the `step`-th change of a Commit that rewrites; false when the Commit
// had fewer steps.
bool DieAtStep(int step, bool power_cut) {
  MemFileSystem fs;
  fs.WriteFile("data/MANIFEST-1", GrownManifest());
  auto manifest = OpenOrDie(&fs);
  const ManifestState before = manifest->state();
  const ManifestEdit edit = ReplaceFiles(before, 5);
  ManifestState after = before;
  EXPECT_TRUE(ApplyEdit(edit, &after).ok());

  fs.FailNext(FileOp::kAnyChange, "", step, absl::AbortedError("dies"), true);
  const bool committed = manifest->Commit(edit).ok();
  power_cut ? fs.PowerCut() : fs.Crash();
  fs.ClearFaults();

  manifest = OpenOrDie(&fs);
  if (committed) {
    EXPECT_EQ(manifest->state(), after);
  } else {
    EXPECT_TRUE(manifest->state() == before || manifest->state() == after);
  }
  EXPECT_EQ(fs.List("data")->size(), 1u);  // no leftovers

  // What is committed now must not be lost by an older file coming back.
  ManifestState next = manifest->state();
  const ManifestEdit more = ReplaceFiles(next, 7);
  EXPECT_TRUE(ApplyEdit(more, &next).ok());
  EXPECT_TRUE(manifest->Commit(more).ok());
  fs.PowerCut();
  EXPECT_EQ(OpenOrDie(&fs)->state(), next);
  return !committed;
}

TEST(ManifestRewrite, DeathOfTheProcessAtAnyStepLosesNothing) {
  int step = 1;
  while (DieAtStep(step, /*power_cut=*/false)) ++step;
  EXPECT_GT(step, 8);
}

TEST(ManifestRewrite, PowerCutAtAnyStepLosesNothing) {
  int step = 1;
  while (DieAtStep(step, /*power_cut=*/true)) ++step;
  EXPECT_GT(step, 8);
}

TEST(ManifestRewrite, OlderAndUnfinishedFilesAreRemoved) {
  MemFileSystem fs;
  fs.WriteFile("data/MANIFEST-1", GrownManifest());
  fs.WriteFile("data/MANIFEST-3.tmp", "half");
  auto manifest = OpenOrDie(&fs);
  ASSERT_TRUE(manifest->Commit(ReplaceFiles(manifest->state(), 5)).ok());
  const ManifestState expected = manifest->state();
  manifest.reset();
  fs.WriteFile("data/MANIFEST-1", GrownManifest());
  EXPECT_EQ(OpenOrDie(&fs)->state(), expected);
  EXPECT_THAT(fs.List("data").value(), ElementsAre("MANIFEST-2"));
}

TEST(ManifestRewrite, DamagedNewestFileIsNeverReplacedByAnOlderOne) {
  MemFileSystem fs;
  fs.WriteFile("data/MANIFEST-1", GrownManifest());
  fs.WriteFile("data/MANIFEST-2", "ROWANMAN and then nonsense, long enough");
  auto manifest = Manifest::Open(&fs, "data");
  EXPECT_TRUE(absl::IsDataLoss(manifest.status()));
  EXPECT_THAT(std::string(manifest.status().message()),
              HasSubstr("data/MANIFEST-2: offset 0"));
  EXPECT_EQ(fs.List("data")->size(), 2u);
}

TEST(ManifestRewrite, LeftoverOfAFirstStartIsNoObstacle) {
  MemFileSystem fs;
  fs.WriteFile("data/MANIFEST-1.tmp", std::string(5000, 'x'));
  EXPECT_EQ(OpenOrDie(&fs)->state(), ManifestState());
  EXPECT_THAT(fs.List("data").value(), ElementsAre("MANIFEST-1"));
  EXPECT_EQ(OpenOrDie(&fs)->state(), ManifestState());
}

}  // namespace
}  // namespace rowan
