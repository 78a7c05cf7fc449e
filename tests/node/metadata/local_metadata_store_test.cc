// SPDX-License-Identifier: Apache-2.0
#include "node/metadata/local_metadata_store.h"

#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "node/metadata/checked_file.h"
#include "storage/base/coding.h"
#include "storage/base/crc32c.h"
#include "tests/lib/mem_file_system.h"

namespace rowan {
namespace {

TEST(LocalMetadataStore, CasWantsTheVersionAtHand) {
  MemFileSystem fs;
  auto store = *LocalMetadataStore::Open(&fs, "m");
  EXPECT_EQ(store->Get("k")->version, 0u);
  EXPECT_EQ(*store->Cas("k", 0, "one"), 1u);
  EXPECT_EQ(*store->Cas("k", 1, "two"), 2u);
  EXPECT_TRUE(absl::IsAborted(store->Cas("k", 1, "late").status()));
  EXPECT_EQ(store->Get("k")->value, "two");
  EXPECT_EQ(store->Get("other")->version, 0u);
}

// Of a rename a power cut may have kept the new name and not the removal of the
// old one: both are one file then.
TEST(CheckedFile, LeftOverNameOfTheFileItselfIsNotWrittenThrough) {
  MemFileSystem fs;
  fs.WriteFile("d/keep", "");
  ASSERT_TRUE(ReplaceCheckedFile(fs, "d", "f", {1, "old"}).ok());
  ASSERT_TRUE(fs.Link("d/f", "d/f.tmp").ok());
  fs.FailNext(FileOp::kWrite, "d/f.tmp", 1, absl::AbortedError("dies"));
  EXPECT_FALSE(ReplaceCheckedFile(fs, "d", "f", {2, "new"}).ok());
  ASSERT_TRUE(ReadCheckedFile(fs, "d/f").ok());
  EXPECT_EQ(ReadCheckedFile(fs, "d/f")->payload, "old");
  ASSERT_TRUE(ReplaceCheckedFile(fs, "d", "f", {2, "new"}).ok());
  EXPECT_EQ(ReadCheckedFile(fs, "d/f")->payload, "new");
}

// A crash, or an error followed by a power cut, at each step of a change.
TEST(LocalMetadataStore, ChangeIsWhollyThereOrNot) {
  int failed = 0;
  for (int nth = 1; nth <= 20; ++nth) {
    MemFileSystem fs;
    {
      auto store = *LocalMetadataStore::Open(&fs, "m");
      ASSERT_TRUE(store->Cas("k", 0, "old").ok());
      // The store's directory itself is the data directory's business.
      ASSERT_TRUE(fs.SyncDirectory(".").ok());
      fs.FailNext(FileOp::kAnyChange, "m", nth,
                  absl::DataLossError("disk error"), /*sticky=*/true);
      const bool changed = store->Cas("k", 1, "new").ok();
      fs.ClearFaults();
      fs.PowerCut();
      auto again = *LocalMetadataStore::Open(&fs, "m");
      const auto value = again->Get("k");
      ASSERT_TRUE(value.ok()) << nth << ": " << value.status();
      if (changed) {
        EXPECT_EQ(value->value, "new") << nth;
      } else {
        ++failed;
        EXPECT_TRUE(value->value == "new" || value->value == "old") << nth;
      }
    }
  }
  // Twice write, sync and rename; directory sync.
  EXPECT_GE(failed, 7);
  EXPECT_LT(failed, 20);
}

// The directory's sync fails once behind the rename.
TEST(LocalMetadataStore, WhatGetTellsAfterAnErrorSurvivesAPowerCut) {
  for (int nth = 1; nth <= 20; ++nth) {
    MemFileSystem fs;
    auto store = *LocalMetadataStore::Open(&fs, "m");
    ASSERT_TRUE(store->Cas("k", 0, "old").ok());
    ASSERT_TRUE(fs.SyncDirectory(".").ok());
    fs.FailNext(FileOp::kAnyChange, "m", nth, absl::DataLossError("EIO"));
    if (store->Cas("k", 1, "new").ok()) continue;
    const auto told = store->Get("k");
    ASSERT_TRUE(told.ok()) << nth << ": " << told.status();
    fs.PowerCut();
    const auto found = (*LocalMetadataStore::Open(&fs, "m"))->Get("k");
    ASSERT_TRUE(found.ok()) << nth << ": " << found.status();
    EXPECT_EQ(found->value, told->value) << nth;
    EXPECT_EQ(found->version, told->version) << nth;
  }
}

TEST(LocalMetadataStore, NothingIsToldThatAPowerCutMightTakeBack) {
  MemFileSystem fs;
  auto store = *LocalMetadataStore::Open(&fs, "m");
  ASSERT_TRUE(store->Cas("k", 0, "old").ok());
  fs.FailNext(FileOp::kSyncDirectory, "m", 1, absl::DataLossError("EIO"),
              /*sticky=*/true);
  EXPECT_TRUE(absl::IsDataLoss(store->Cas("k", 1, "new").status()));
  EXPECT_TRUE(absl::IsDataLoss(store->Get("k").status()));
  EXPECT_TRUE(absl::IsDataLoss(store->Cas("k", 2, "newer").status()));
  EXPECT_EQ(store->Get("other")->version, 0u);
  fs.ClearFaults();
  EXPECT_EQ(store->Get("k")->value, "new");
  EXPECT_EQ(*store->Cas("k", 2, "newer"), 3u);
}

// A process died, or gave up, between the rename and the directory's sync.
TEST(LocalMetadataStore, WhatAStartSeesSurvivesAPowerCut) {
  MemFileSystem fs;
  {
    auto store = *LocalMetadataStore::Open(&fs, "m");
    ASSERT_TRUE(store->Cas("k", 0, "old").ok());
    ASSERT_TRUE(fs.SyncDirectory(".").ok());
    fs.FailNext(FileOp::kSyncDirectory, "m", 1, absl::DataLossError("EIO"),
                /*sticky=*/true);
    EXPECT_FALSE(store->Cas("k", 1, "new").ok());
    EXPECT_FALSE(store->Get("k").ok());
    fs.ClearFaults();
  }
  const auto seen = (*LocalMetadataStore::Open(&fs, "m"))->Get("k");
  EXPECT_EQ(seen->value, "new");
  fs.PowerCut();
  EXPECT_EQ((*LocalMetadataStore::Open(&fs, "m"))->Get("k")->value, "new");
}

// Out of file descriptors, say.
TEST(LocalMetadataStore, ErrorBeforeTheRenameLeavesTheOldValueKnown) {
  MemFileSystem fs;
  auto store = *LocalMetadataStore::Open(&fs, "m");
  ASSERT_TRUE(store->Cas("k", 0, "old").ok());
  fs.FailNext(FileOp::kOpen, "m", 1, absl::ResourceExhaustedError("EMFILE"),
              /*sticky=*/true);
  EXPECT_TRUE(absl::IsResourceExhausted(store->Cas("k", 1, "new").status()));
  EXPECT_EQ(store->Get("k")->value, "old");
  fs.ClearFaults();
  EXPECT_EQ(*store->Cas("k", 1, "new"), 2u);
}

class TwoFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    auto store = *LocalMetadataStore::Open(&fs_, "m");
    ASSERT_TRUE(store->Cas("k", 0, "older").ok());
    older_ = Bytes(kFirst);
    ASSERT_TRUE(store->Cas("k", 1, "value").ok());
    good_ = Bytes(kFirst);
    ASSERT_EQ(Bytes(kCopy), good_);
  }
  std::string Bytes(const char* path) {
    auto file = *fs_.Open(path, {});
    std::string bytes(*file->Size(), 0);
    EXPECT_EQ(*file->ReadAt(0, bytes), bytes.size());
    return bytes;
  }
  void Put(const char* path, const std::string& bytes) {
    auto file = *fs_.Open(path, {.write = true, .create = true});
    ASSERT_TRUE(file->Truncate(0).ok());
    ASSERT_TRUE(file->WriteAt(0, bytes).ok());
    ASSERT_TRUE(file->Sync().ok());
    ASSERT_TRUE(fs_.SyncDirectory("m").ok());
  }
  absl::StatusOr<VersionedValue> Start() {
    return (*LocalMetadataStore::Open(&fs_, "m"))->Get("k");
  }
  // A start finds the value, and leaves both files as they were, for good.
  void ExpectMended(const std::string& what) {
    const auto found = Start();
    ASSERT_TRUE(found.ok()) << what << found.status();
    EXPECT_EQ(found->value, "value") << what;
    EXPECT_EQ(found->version, 2u) << what;
    fs_.PowerCut();
    for (const char* path : {kFirst, kCopy}) {
      EXPECT_EQ(Bytes(path), good_) << what << path;
    }
  }

  static constexpr char kFirst[] = "m/k", kCopy[] = "m/k.copy";
  MemFileSystem fs_;
  std::string good_, older_;
};

TEST_F(TwoFilesTest, DamageToAnyByteOfOneIsMended) {
  ASSERT_TRUE(fs_.SyncDirectory(".").ok());
  for (const char* path : {kFirst, kCopy}) {
    for (size_t i = 0; i < good_.size(); ++i) {
      std::string damaged = good_;
      damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
      Put(path, damaged);
      ExpectMended(path + std::to_string(i));
      Put(path, good_.substr(0, i));
      ExpectMended("cut " + std::string(path) + std::to_string(i));
    }
  }
}

TEST_F(TwoFilesTest, MissingAndOldOnesAreWrittenAgain) {
  ASSERT_TRUE(fs_.SyncDirectory(".").ok());
  for (const char* path : {kFirst, kCopy}) {
    ASSERT_TRUE(fs_.Remove(path).ok());
    ExpectMended(path);
    Put(path, older_);
    ExpectMended(path);
  }
}

TEST_F(TwoFilesTest, DamageToBothIsAnErrorAndNothingIsWritten) {
  Put(kFirst, good_.substr(1));
  Put(kCopy, good_.substr(2));
  EXPECT_TRUE(absl::IsDataLoss(Start().status()));
  EXPECT_EQ(Bytes(kFirst), good_.substr(1));
  ASSERT_TRUE(fs_.Remove(kFirst).ok());
  EXPECT_TRUE(absl::IsDataLoss(Start().status()));
}

// Written by a program to come.
TEST_F(TwoFilesTest, FileOfALaterFormatIsNotWrittenOver) {
  std::string later = good_.substr(0, good_.size() - 4);
  later[8] = 2;
  PutLittle<uint32_t>(Crc32c(later), &later);
  Put(kCopy, later);
  EXPECT_TRUE(absl::IsFailedPrecondition(Start().status()));
  EXPECT_EQ(Bytes(kCopy), later);
}

// What one file alone has may be lost with it.
TEST_F(TwoFilesTest, NothingIsToldBeforeBothFilesHoldIt) {
  Put(kCopy, good_.substr(1));
  fs_.FailNext(FileOp::kWrite, "m/k.copy", 1,
               absl::ResourceExhaustedError("no space"), /*sticky=*/true);
  EXPECT_TRUE(absl::IsResourceExhausted(Start().status()));
  fs_.ClearFaults();
  EXPECT_EQ(Start()->value, "value");
}

TEST(CheckedFile, EveryDamageIsFound) {
  const std::string good =
      EncodeCheckedFile({.version = 7, .payload = "payload"});
  EXPECT_EQ(DecodeCheckedFile(good)->payload, "payload");
  EXPECT_EQ(DecodeCheckedFile(good)->version, 7u);
  for (size_t i = 0; i < good.size(); ++i) {
    EXPECT_FALSE(DecodeCheckedFile(good.substr(0, i)).ok()) << i;
    std::string flipped = good;
    flipped[i] = static_cast<char>(flipped[i] ^ 1);
    EXPECT_FALSE(DecodeCheckedFile(flipped).ok()) << i;
  }
  EXPECT_FALSE(DecodeCheckedFile(good + "x").ok());
}

}  // namespace
}  // namespace rowan
