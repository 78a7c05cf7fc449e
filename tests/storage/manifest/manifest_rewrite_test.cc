// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/manifest/manifest.h"
#include "tests/storage/manifest/grown_manifest.h"

namespace rowan {
namespace {

using ::testing::HasSubstr;

TEST(ManifestRewrite, GrownPairIsReplacedByASmallOneOfTheSameState) {
  MemFileSystem fs;
  WritePair(&fs, GrownManifest());
  auto manifest = OpenOrDie(&fs);
  ManifestState expected = manifest->state();
  const ManifestEdit edit = ReplaceFiles(expected, 5);
  ASSERT_TRUE(ApplyEdit(edit, &expected).ok());
  ASSERT_TRUE(manifest->Commit(edit).ok());
  EXPECT_EQ(manifest->path(), "data/MANIFEST-2");
  EXPECT_EQ(manifest->state(), expected);
  EXPECT_LT(fs.ReadFile("data/MANIFEST-2")->size(), kRewriteBytes / 16);
  ExpectSoundPair(&fs, *manifest);
}

// What an operator takes away meanwhile is no obstacle.
TEST(ManifestRewrite, LostFileOfTheOldPairIsNoObstacle) {
  MemFileSystem fs;
  WritePair(&fs, GrownManifest());
  auto manifest = OpenOrDie(&fs);
  ASSERT_TRUE(fs.Remove(kFirstCopy).ok());
  ASSERT_TRUE(manifest->Commit(ReplaceFiles(manifest->state(), 5)).ok());
  ExpectSoundPair(&fs, *manifest);
}

TEST(ManifestRewrite, OlderAndUnfinishedFilesAreRemoved) {
  MemFileSystem fs;
  WritePair(&fs, GrownManifest());
  auto manifest = OpenOrDie(&fs);
  ASSERT_TRUE(manifest->Commit(ReplaceFiles(manifest->state(), 5)).ok());
  const ManifestState expected = manifest->state();
  for (const char* left : {"data/MANIFEST-1", "data/MANIFEST-1.copy",
                           "data/MANIFEST-3.tmp", "data/MANIFEST-3.copy.tmp"}) {
    SCOPED_TRACE(left);
    fs.WriteFile(left, GrownManifest());
    manifest = OpenOrDie(&fs);
    EXPECT_EQ(manifest->state(), expected);
    EXPECT_EQ(manifest->path(), "data/MANIFEST-2");
    ExpectSoundPair(&fs, *manifest);
  }
}

TEST(ManifestRewrite, DamagedNewestPairIsNeverReplacedByAnOlderOne) {
  MemFileSystem fs;
  WritePair(&fs, GrownManifest());
  WritePair(&fs, "ROWANMAN and then nonsense, long enough", "data/MANIFEST-2");
  auto manifest = Manifest::Open(&fs, "data");
  EXPECT_TRUE(absl::IsDataLoss(manifest.status()));
  EXPECT_THAT(std::string(manifest.status().message()),
              HasSubstr("data/MANIFEST-2 and data/MANIFEST-2.copy: offset 0"));
  EXPECT_EQ(fs.List("data")->size(), 4u);
}

TEST(ManifestRewrite, LeftoversOfAFirstStartAreNoObstacle) {
  MemFileSystem fs;
  fs.WriteFile("data/MANIFEST-1.tmp", std::string(5000, 'x'));
  fs.WriteFile("data/MANIFEST-1.copy.tmp", std::string(7000, 'x'));
  auto manifest = OpenOrDie(&fs);
  EXPECT_EQ(manifest->state(), ManifestState());
  ExpectSoundPair(&fs, *manifest);
}

}  // namespace
}  // namespace rowan
