// SPDX-License-Identifier: Apache-2.0
// Death at every change that making, committing, rewriting and mending do, with
// every choice of what an uncertain disk has kept of it.
#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>

#include "gtest/gtest.h"
#include "storage/manifest/manifest.h"
#include "tests/storage/manifest/grown_manifest.h"

namespace rowan {
namespace {

// Prepares a directory, and then works on it until it dies.
struct Work {
  std::function<void(MemFileSystem*)> prepare;
  // Answers whether it came to its end.
  std::function<bool(MemFileSystem*)> run;
  ManifestState before, after;  // what a start finds
};

// What is committed after the death stays, and no older file comes back.
void ExpectItGoesOn(MemFileSystem* fs) {
  auto manifest = OpenOrDie(fs);
  ManifestState next = manifest->state();
  const ManifestEdit more{.next_file = FileId{next.next_file.value + 100}};
  EXPECT_TRUE(ApplyEdit(more, &next).ok());
  EXPECT_TRUE(manifest->Commit(more).ok());
  fs->PowerCut();
  manifest = OpenOrDie(fs);
  EXPECT_EQ(manifest->state(), next);
  EXPECT_TRUE(manifest->notes().empty());
}

// Dies at the `step`-th change; false when the work had fewer.
bool DieAtStep(const Work& work, int step, std::function<bool()> keep) {
  MemFileSystem fs;
  work.prepare(&fs);
  fs.FailNext(FileOp::kAnyChange, "", step, absl::AbortedError("dies"), true);
  const bool finished = work.run(&fs);
  keep == nullptr ? fs.Crash() : fs.PowerCut(keep);
  fs.ClearFaults();
  {
    const auto manifest = OpenOrDie(&fs);
    if (finished) {
      EXPECT_EQ(manifest->state(), work.after);
    } else {
      EXPECT_TRUE(manifest->state() == work.before ||
                  manifest->state() == work.after);
    }
    ExpectSoundPair(&fs, *manifest);
  }
  ExpectItGoesOn(&fs);
  return !finished;
}

// The n-th question is answered by bit n of `answers`, which is counted up
// until all questions have had all answers, or `choices_max` of them.
int DieEverywhere(const Work& work, uint32_t choices_max = 1 << 12) {
  int step = 1;
  for (bool died = true; died; ++step) {
    died = DieAtStep(work, step, nullptr);
    uint32_t questions = 0;
    for (uint32_t answers = 0;
         answers < std::min(choices_max, uint32_t{1} << questions); ++answers) {
      SCOPED_TRACE(testing::Message()
                   << "step " << step << " answers " << answers);
      uint32_t asked = 0;
      EXPECT_EQ(died, DieAtStep(work, step, [&asked, answers] {
                  return (answers >> std::min(asked++, 31u) & 1) != 0;
                }));
      questions = std::min(std::max(questions, asked), 20u);
      if (testing::Test::HasFailure()) return step;
    }
  }
  return step - 1;
}

bool Opens(MemFileSystem* fs) { return Manifest::Open(fs, "data").ok(); }

TEST(ManifestCrash, WhileTheFirstPairIsMade) {
  const Work work{[](MemFileSystem* fs) {
                    ASSERT_TRUE(fs->CreateDirectory("data").ok());
                    ASSERT_TRUE(fs->SyncDirectory("/").ok());
                  },
                  Opens};
  EXPECT_GT(DieEverywhere(work), 10);
}

TEST(ManifestCrash, WhileAnEditIsCommitted) {
  const ManifestHistory history(21, 4);
  const ManifestEdit edit{.tables_created = {{TableId{99}, LogPosition{5}}},
                          .next_file = FileId{1000}};
  Work work{[&](MemFileSystem* fs) { WritePair(fs, history.bytes); },
            [&](MemFileSystem* fs) {
              auto manifest = Manifest::Open(fs, "data");
              return manifest.ok() && (*manifest)->Commit(edit).ok();
            },
            history.states.back(), history.states.back()};
  ASSERT_TRUE(ApplyEdit(edit, &work.after).ok());
  EXPECT_GT(DieEverywhere(work), 6);
}

TEST(ManifestCrash, WhileAGrownPairIsRewritten) {
  Work work;
  work.prepare = [](MemFileSystem* fs) { WritePair(fs, GrownManifest()); };
  {
    MemFileSystem fs;
    work.prepare(&fs);
    work.before = work.after = OpenOrDie(&fs)->state();
  }
  const ManifestEdit edit = ReplaceFiles(work.before, 5);
  ASSERT_TRUE(ApplyEdit(edit, &work.after).ok());
  work.run = [&edit](MemFileSystem* fs) {
    auto manifest = Manifest::Open(fs, "data");
    return manifest.ok() && (*manifest)->Commit(edit).ok();
  };
  EXPECT_GT(DieEverywhere(work, /*choices_max=*/4), 16);
}

TEST(ManifestCrash, WhileADamagedFileIsMended) {
  const ManifestHistory history(22, 4);
  for (const char* damaged : {kFirst, kFirstCopy}) {
    for (const size_t at : {size_t{3}, history.bytes.size() - 1}) {
      const Work work{[&](MemFileSystem* fs) {
                        WritePair(fs, history.bytes);
                        fs->Corrupt(damaged, at, "?");
                      },
                      Opens, history.states.back(), history.states.back()};
      EXPECT_GT(DieEverywhere(work), 12);
    }
  }
}

TEST(ManifestCrash, WhileALostFileIsMadeAgain) {
  const ManifestHistory history(23, 4);
  for (const char* left : {kFirst, kFirstCopy}) {
    const Work work{
        [&](MemFileSystem* fs) { fs->WriteFile(left, history.bytes); }, Opens,
        history.states.back(), history.states.back()};
    EXPECT_GT(DieEverywhere(work), 12);
  }
}

TEST(ManifestCrash, WhileATornEndIsCut) {
  const ManifestHistory history(24, 4);
  const ManifestState& state = history.states[history.states.size() - 2];
  const Work work{[&](MemFileSystem* fs) {
                    WritePair(fs, history.bytes);
                    fs->Corrupt(kFirst, history.bytes.size() - 1, "?");
                    fs->Corrupt(kFirstCopy, history.bytes.size() - 2, "?");
                  },
                  Opens, state, state};
  EXPECT_GT(DieEverywhere(work), 12);
}

// A process that died between its writes and its syncs left an edit that is
// seen, acted on, and must not go away any more.
TEST(ManifestCrash, EditThatAStartHasSeenIsOnTheDisk) {
  const ManifestHistory history(25, 4);
  const size_t last = history.ends[history.ends.size() - 2];
  MemFileSystem fs;
  WritePair(&fs, history.bytes.substr(0, last));
  for (const char* path : {kFirst, kFirstCopy}) {
    auto file = fs.Open(path, {.write = true}).value();
    ASSERT_TRUE(file->WriteAt(last, history.bytes.substr(last)).ok());
  }
  fs.Crash();
  EXPECT_EQ(OpenOrDie(&fs)->state(), history.states.back());
  fs.PowerCut();
  EXPECT_EQ(OpenOrDie(&fs)->state(), history.states.back());
}

}  // namespace
}  // namespace rowan
