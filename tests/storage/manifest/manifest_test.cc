// SPDX-License-Identifier: Apache-2.0
#include "storage/manifest/manifest.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/storage/manifest/manifest_history.h"

namespace rowan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Manifest, FirstOpenMakesAnEmptyDurableOne) {
  MemFileSystem fs;
  EXPECT_TRUE(absl::IsNotFound(Manifest::Open(&fs, "data").status()));
  ASSERT_TRUE(fs.CreateDirectory("data").ok());
  ASSERT_TRUE(fs.SyncDirectory("/").ok());
  auto manifest = OpenOrDie(&fs);
  EXPECT_EQ(manifest->state(), ManifestState());
  EXPECT_EQ(manifest->path(), kFirst);
  fs.PowerCut();
  EXPECT_THAT(fs.List("data").value(),
              ElementsAre("MANIFEST-1", "MANIFEST-1.copy"));
  EXPECT_EQ(OpenOrDie(&fs)->state(), ManifestState());
}

TEST(Manifest, CommittedEditsSurviveAPowerCutWithOneSyncPerFile) {
  MemFileSystem fs;
  fs.WriteFile("data/x", "");
  auto manifest = OpenOrDie(&fs);
  SimRandom random(5);
  for (int i = 0; i < 30; ++i) {
    fs.ResetCounters();
    ASSERT_TRUE(manifest->Commit(RandomEdit(manifest->state(), &random)).ok());
    EXPECT_LE(fs.Counters().syncs, 2u);
    const ManifestState expected = manifest->state();
    fs.PowerCut();
    manifest = OpenOrDie(&fs);
    ASSERT_EQ(manifest->state(), expected) << i;
  }
}

TEST(Manifest, EmptyEditWritesNothing) {
  MemFileSystem fs;
  fs.WriteFile("data/x", "");
  auto manifest = OpenOrDie(&fs);
  fs.ResetCounters();
  EXPECT_TRUE(manifest->Commit({}).ok());
  EXPECT_EQ(fs.Counters().writes, 0u);
}

// As versions before the copy left them, or with the other file lost: a torn
// end is cut, and the second file made.
TEST(Manifest, TornEndOfAFileWithoutACopyIsCutAtEveryLength) {
  const ManifestHistory history(11, 8);
  for (size_t n = 0; n <= history.bytes.size(); ++n) {
    SCOPED_TRACE(n);
    MemFileSystem fs;
    fs.WriteFile(kFirst, history.bytes.substr(0, n));
    auto manifest = Manifest::Open(&fs, "data");
    if (n < history.ends[0]) {  // header or snapshot: never torn
      EXPECT_TRUE(absl::IsDataLoss(manifest.status()));
      EXPECT_EQ(fs.ReadFile(kFirst)->size(), n);
      continue;
    }
    ASSERT_TRUE(manifest.ok()) << manifest.status();
    size_t i = 0;
    while (i + 1 < history.ends.size() && history.ends[i + 1] <= n) ++i;
    EXPECT_EQ((*manifest)->state(), history.states[i]);
    EXPECT_EQ((*manifest)->cut_bytes(), n - history.ends[i]);
    ExpectSoundPair(&fs, **manifest);
    // And it goes on from there.
    SimRandom random(n + 1);
    ManifestEdit edit = RandomEdit((*manifest)->state(), &random);
    ASSERT_TRUE((*manifest)->Commit(edit).ok());
    const ManifestState expected = (*manifest)->state();
    fs.PowerCut();
    EXPECT_EQ(OpenOrDie(&fs)->state(), expected);
  }
}

TEST(Manifest, RecordOfAnotherPlaceOrFileIsNotTakenForOne) {
  const ManifestHistory history(13, 3);
  // The last record once more, behind itself: not valid there.
  MemFileSystem fs;
  fs.WriteFile(kFirst, history.bytes + history.bytes.substr(history.ends[2]));
  EXPECT_EQ(OpenOrDie(&fs)->state(), history.states[3]);
  fs.WriteFile("other/MANIFEST-2", history.bytes);
  auto renamed = Manifest::Open(&fs, "other");
  EXPECT_TRUE(absl::IsDataLoss(renamed.status()));
  EXPECT_THAT(std::string(renamed.status().message()),
              HasSubstr("holds manifest 1"));
}

TEST(Manifest, FailedSyncIsFinal) {
  MemFileSystem fs;
  fs.WriteFile("data/x", "");
  auto manifest = OpenOrDie(&fs);
  ASSERT_TRUE(manifest->Commit(SampleEdit()).ok());
  const ManifestState before = manifest->state();
  fs.FailNext(FileOp::kSync, "MANIFEST", 1, absl::DataLossError("EIO"));
  const ManifestEdit more{.next_file = FileId{100}};
  const absl::Status failed = manifest->Commit(more);
  EXPECT_TRUE(absl::IsDataLoss(failed));
  EXPECT_EQ(manifest->state(), before);
  fs.ResetCounters();
  EXPECT_EQ(manifest->Commit(more), failed);
  EXPECT_EQ(manifest->Commit({}), failed);
  EXPECT_EQ(fs.Counters().writes + fs.Counters().syncs, 0u);
  fs.PowerCut();
  EXPECT_EQ(OpenOrDie(&fs)->state(), before);
}

// An edit of which a part may be on the disk is left behind with its files.
TEST(Manifest, EditWithoutRoomIsAsIfItHadNeverBeen) {
  const absl::Status no_room = absl::ResourceExhaustedError("no space");
  for (const FileOp op : {FileOp::kWrite, FileOp::kSync}) {
    for (const int nth : {1, 2}) {
      MemFileSystem fs;
      fs.WriteFile("data/x", "");
      auto manifest = OpenOrDie(&fs);
      ASSERT_TRUE(manifest->Commit(SampleEdit()).ok());
      const ManifestState before = manifest->state();
      fs.FailNext(op, "MANIFEST", nth, no_room, /*sticky=*/true);
      const ManifestEdit lost{.next_file = FileId{100}};
      EXPECT_TRUE(absl::IsResourceExhausted(manifest->Commit(lost)));
      EXPECT_TRUE(absl::IsResourceExhausted(manifest->Commit(lost)));
      EXPECT_TRUE(absl::IsResourceExhausted(manifest->Settle()));
      EXPECT_EQ(manifest->state(), before);
      fs.ClearFaults();
      ASSERT_TRUE(manifest->Settle().ok());
      fs.PowerCut();
      EXPECT_EQ(OpenOrDie(&fs)->state(), before);
      EXPECT_EQ(fs.List("data").value().size(), 3u);
      manifest = OpenOrDie(&fs);
      ASSERT_TRUE(manifest->Commit(lost).ok());
      EXPECT_EQ(manifest->state().next_file, FileId{100});
    }
  }
}

TEST(Manifest, EditThatDoesNotFitIsNotWritten) {
  MemFileSystem fs;
  fs.WriteFile("data/x", "");
  auto manifest = OpenOrDie(&fs);
  const std::string before = fs.ReadFile(kFirst).value();
  EXPECT_TRUE(
      absl::IsDataLoss(manifest->Commit({.tables_dropped = {TableId{1}}})));
  EXPECT_EQ(fs.ReadFile(kFirst).value(), before);
}

TEST(Manifest, NamesThatOnlyLookLikeManifestsAreLeftAlone) {
  MemFileSystem fs;
  for (const char* name : {"MANIFEST-", "MANIFEST-01", "MANIFEST-x",
                           "MANIFEST-99999999999999999999", "manifest-9"}) {
    fs.WriteFile(std::string("data/") + name, "");
  }
  EXPECT_EQ(OpenOrDie(&fs)->path(), kFirst);
  EXPECT_EQ(fs.List("data")->size(), 7u);
}

}  // namespace
}  // namespace rowan
