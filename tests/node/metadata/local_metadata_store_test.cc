// SPDX-License-Identifier: Apache-2.0
#include "node/metadata/local_metadata_store.h"

#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "node/metadata/checked_file.h"
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

// A crash, or an error followed by a power cut, at each step of a change.
TEST(LocalMetadataStore, ChangeIsWhollyThereOrNot) {
  int failed = 0;
  for (int nth = 1; nth <= 12; ++nth) {
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
  EXPECT_GE(failed, 4);  // write, sync, rename, directory sync
}

// The directory's sync fails once behind the rename.
TEST(LocalMetadataStore, WhatGetTellsAfterAnErrorSurvivesAPowerCut) {
  for (int nth = 1; nth <= 6; ++nth) {
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
