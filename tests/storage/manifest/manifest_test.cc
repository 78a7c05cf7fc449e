// SPDX-License-Identifier: Apache-2.0
#include "storage/manifest/manifest.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/lib/mem_file_system.h"
#include "tests/storage/manifest/sample_edits.h"

namespace rowan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kPath[] = "data/MANIFEST-1";

std::unique_ptr<Manifest> OpenOrDie(MemFileSystem* fs) {
  auto manifest = Manifest::Open(fs, "data");
  EXPECT_TRUE(manifest.ok()) << manifest.status();
  return *std::move(manifest);
}

// A manifest of some random edits, and the state after each of them.
struct History {
  explicit History(uint64_t seed, int edits) {
    MemFileSystem fs;
    EXPECT_TRUE(fs.CreateDirectory("data").ok());
    auto manifest = OpenOrDie(&fs);
    SimRandom random(seed);
    for (int i = 0;; ++i) {
      states.push_back(manifest->state());
      ends.push_back(fs.ReadFile(kPath)->size());
      if (i == edits) break;
      EXPECT_TRUE(
          manifest->Commit(RandomEdit(manifest->state(), &random)).ok());
    }
    bytes = fs.ReadFile(kPath).value();
  }
  std::vector<ManifestState> states;
  std::vector<size_t> ends;  // of the file, with each state
  std::string bytes;
};

TEST(Manifest, FirstOpenMakesAnEmptyDurableOne) {
  MemFileSystem fs;
  EXPECT_TRUE(absl::IsNotFound(Manifest::Open(&fs, "data").status()));
  ASSERT_TRUE(fs.CreateDirectory("data").ok());
  ASSERT_TRUE(fs.SyncDirectory("/").ok());
  auto manifest = OpenOrDie(&fs);
  EXPECT_EQ(manifest->state(), ManifestState());
  EXPECT_EQ(manifest->path(), kPath);
  fs.PowerCut();
  EXPECT_THAT(fs.List("data").value(), ElementsAre("MANIFEST-1"));
  EXPECT_EQ(OpenOrDie(&fs)->state(), ManifestState());
}

TEST(Manifest, CommittedEditsSurviveAPowerCutWithOneSyncEach) {
  MemFileSystem fs;
  fs.WriteFile("data/x", "");
  auto manifest = OpenOrDie(&fs);
  SimRandom random(5);
  for (int i = 0; i < 30; ++i) {
    fs.ResetCounters();
    ASSERT_TRUE(manifest->Commit(RandomEdit(manifest->state(), &random)).ok());
    EXPECT_LE(fs.Counters().syncs, 1u);
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

TEST(Manifest, TornEndIsCutAtEveryLength) {
  const History history(11, 8);
  for (size_t n = 0; n <= history.bytes.size(); ++n) {
    SCOPED_TRACE(n);
    MemFileSystem fs;
    fs.WriteFile(kPath, history.bytes.substr(0, n));
    auto manifest = Manifest::Open(&fs, "data");
    if (n < history.ends[0]) {  // header or snapshot: never torn
      EXPECT_TRUE(absl::IsDataLoss(manifest.status()));
      EXPECT_THAT(std::string(manifest.status().message()), HasSubstr(kPath));
      EXPECT_EQ(fs.ReadFile(kPath)->size(), n);
      continue;
    }
    ASSERT_TRUE(manifest.ok()) << manifest.status();
    size_t i = 0;
    while (i + 1 < history.ends.size() && history.ends[i + 1] <= n) ++i;
    EXPECT_EQ((*manifest)->state(), history.states[i]);
    EXPECT_EQ(fs.ReadFile(kPath)->size(), history.ends[i]);
    // And it goes on from there.
    SimRandom random(n + 1);
    ManifestEdit edit = RandomEdit((*manifest)->state(), &random);
    ASSERT_TRUE((*manifest)->Commit(edit).ok());
    const ManifestState expected = (*manifest)->state();
    fs.PowerCut();
    EXPECT_EQ(OpenOrDie(&fs)->state(), expected);
  }
}

TEST(Manifest, FlippedByteIsFoundOrCostsTheLastEditOnly) {
  const History history(12, 8);
  const size_t last = history.ends[history.ends.size() - 2];
  for (size_t i = 0; i < history.bytes.size(); ++i) {
    for (const int flip : {0x01, 0x80, 0xff}) {
      SCOPED_TRACE(i);
      std::string bytes = history.bytes;
      bytes[i] = static_cast<char>(bytes[i] ^ flip);
      MemFileSystem fs;
      fs.WriteFile(kPath, bytes);
      auto manifest = Manifest::Open(&fs, "data");
      if (i >= last) {
        ASSERT_TRUE(manifest.ok()) << manifest.status();
        EXPECT_EQ((*manifest)->state(),
                  history.states[history.states.size() - 2]);
        continue;
      }
      ASSERT_TRUE(absl::IsDataLoss(manifest.status()));
      size_t record = 0;
      while (history.ends[record] <= i) ++record;
      const size_t start =
          i < 24 ? 0 : (record == 0 ? 24 : history.ends[record - 1]);
      EXPECT_THAT(std::string(manifest.status().message()),
                  HasSubstr(std::string(kPath) + ": offset " +
                            std::to_string(start) + ":"));
      EXPECT_EQ(fs.ReadFile(kPath).value(), bytes);
    }
  }
}

TEST(Manifest, RecordOfAnotherPlaceOrFileIsNotTakenForOne) {
  const History history(13, 3);
  // The last record once more, behind itself: not valid there.
  MemFileSystem fs;
  fs.WriteFile(kPath, history.bytes + history.bytes.substr(history.ends[2]));
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

TEST(Manifest, EditThatDoesNotFitIsNotWritten) {
  MemFileSystem fs;
  fs.WriteFile("data/x", "");
  auto manifest = OpenOrDie(&fs);
  const std::string before = fs.ReadFile(kPath).value();
  EXPECT_TRUE(
      absl::IsDataLoss(manifest->Commit({.tables_dropped = {TableId{1}}})));
  EXPECT_EQ(fs.ReadFile(kPath).value(), before);
}

TEST(Manifest, NamesThatOnlyLookLikeManifestsAreLeftAlone) {
  MemFileSystem fs;
  for (const char* name : {"MANIFEST-", "MANIFEST-01", "MANIFEST-x",
                           "MANIFEST-99999999999999999999", "manifest-9"}) {
    fs.WriteFile(std::string("data/") + name, "");
  }
  EXPECT_EQ(OpenOrDie(&fs)->path(), kPath);
  EXPECT_EQ(fs.List("data")->size(), 6u);
}

}  // namespace
}  // namespace rowan
