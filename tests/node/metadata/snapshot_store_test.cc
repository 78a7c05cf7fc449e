// SPDX-License-Identifier: Apache-2.0
#include "node/metadata/snapshot_store.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/metadata/checked_file.h"
#include "node/metadata/snapshot_codec.h"
#include "storage/base/status_macros.h"
#include "tests/lib/mem_file_system.h"
#include "tests/lib/sim_random.h"
#include "tests/lib/test_tables.h"

namespace rowan {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr char kRoot[] = "/data/snapshots";

TableFiles SomeFiles() {
  TableFiles files;
  files.partitions.push_back(
      {PartitionId{4, 3}, {{"00000001.sst", 0, 100}, {"2.sst", 1, 50}}, ""});
  files.partitions.push_back({PartitionId{4, 9}, {}, "a hole"});
  return files;
}

class SnapshotStoreTest : public testing::Test {
 protected:
  SnapshotStoreTest() {
    fs_.WriteFile("/data/here", "");
    Open();
  }
  void Open() {
    auto store = SnapshotStore::Open(&fs_, kRoot);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  // Links that a crash would keep.
  absl::StatusOr<TableFiles> Link(const std::string& directory) {
    fs_.WriteFile(directory + "/00000001.sst", "x");
    fs_.WriteFile(directory + "/2.sst", "y");
    return SomeFiles();
  }
  absl::StatusOr<SnapshotInfo> Create(std::string_view name,
                                      bool or_like_it = false) {
    return store_->Create(
        name, or_like_it, 1'700'000'000'000'000, *TestSchema(7),
        [this](const std::string& directory) { return Link(directory); });
  }

  std::vector<SnapshotInfo> All() const { return store_->List("", 1000); }

  MemFileSystem fs_;
  std::unique_ptr<SnapshotStore> store_;
};

TEST_F(SnapshotStoreTest, SnapshotSurvivesAPowerCut) {
  const auto made = Create("s");
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->bytes, 150u);
  EXPECT_EQ(made->sstables, 2u);
  fs_.PowerCut();
  Open();
  EXPECT_THAT(store_->notes(), SizeIs(0));
  const auto found = store_->Read("s");
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->files, SomeFiles());
  EXPECT_EQ(found->created_at_us, 1'700'000'000'000'000);
  EXPECT_EQ(EncodeSchema(found->schema), EncodeSchema(*TestSchema(7)));
  const auto listed = All();
  ASSERT_THAT(listed, SizeIs(1));
  EXPECT_EQ(listed[0].name, "s");
  EXPECT_EQ(listed[0].created_at_us, found->created_at_us);
  EXPECT_EQ(listed[0].keyspace, "test");
  EXPECT_EQ(listed[0].table, "t7");
  EXPECT_EQ(listed[0].sstables, 2u);
  EXPECT_EQ(listed[0].bytes, 150u);
}

TEST_F(SnapshotStoreTest, PowerCutLeavesAWholeSnapshotOrNone) {
  bool ended = false;
  int whole = 0, none = 0;
  for (int nth = 1; !ended; ++nth) {
    fs_.FailNext(FileOp::kAnyChange, "", nth, absl::DataLossError("dead"),
                 true);
    ended = Create("s").ok();
    fs_.PowerCut();
    fs_.ClearFaults();
    Open();
    EXPECT_THAT(store_->notes(), SizeIs(0));
    const bool there = store_->Read("s").ok();
    if (ended) {
      EXPECT_TRUE(there);
    }
    EXPECT_EQ(*fs_.Exists(std::string(kRoot) + "/s"), there);
    ++(there ? whole : none);
    if (there) {
      ASSERT_TRUE(store_->Drop("s").ok());
    }
    ASSERT_LT(nth, 50);
  }
  EXPECT_GT(whole, 0);
  EXPECT_GT(none, 3);
}

// The process dies amid something, another one starts and is asked, then the
// power goes.
TEST_F(SnapshotStoreTest, WhatAStartHasSeenStaysSo) {
  int changed = 0;
  for (const bool drops : {false, true}) {
    bool ended = false;
    for (int nth = 1; !ended; ++nth) {
      SCOPED_TRACE(testing::Message() << (drops ? "drop " : "create ") << nth);
      if (drops) {
        ASSERT_TRUE(Create("s").ok());
      }
      fs_.FailNext(FileOp::kAnyChange, "", nth, absl::AbortedError("dies"),
                   true);
      ended = drops ? store_->Drop("s").ok() : Create("s").ok();
      fs_.Crash();
      fs_.ClearFaults();
      Open();
      const bool seen = store_->Read("s").ok();
      changed += seen != drops;
      fs_.PowerCut();
      Open();
      EXPECT_EQ(store_->Read("s").ok(), seen);
      EXPECT_THAT(store_->notes(), SizeIs(0));
      if (seen) {
        EXPECT_THAT(*fs_.List(std::string(kRoot) + "/s"), SizeIs(4));
        ASSERT_TRUE(store_->Drop("s").ok());
      }
      ASSERT_LT(nth, 50);
    }
  }
  EXPECT_GT(changed, 3);
}

TEST_F(SnapshotStoreTest, PowerCutInADropLeavesItWholeOrGone) {
  bool ended = false;
  for (int nth = 1; !ended; ++nth) {
    ASSERT_TRUE(Create("s").ok());
    fs_.FailNext(FileOp::kAnyChange, "", nth, absl::DataLossError("dead"),
                 true);
    ended = store_->Drop("s").ok();
    fs_.PowerCut();
    fs_.ClearFaults();
    Open();
    const std::string path = std::string(kRoot) + "/s";
    if (store_->Read("s").ok()) {
      EXPECT_FALSE(ended);
      EXPECT_THAT(*fs_.List(path), SizeIs(4));
      ASSERT_TRUE(store_->Drop("s").ok());
    }
    EXPECT_FALSE(*fs_.Exists(path));
    ASSERT_LT(nth, 50);
  }
}

TEST_F(SnapshotStoreTest, FailedLinkLeavesNothing) {
  const auto failed = store_->Create(
      "s", false, 1, *TestSchema(7),
      [this](const std::string& directory) -> absl::StatusOr<TableFiles> {
        RETURN_IF_ERROR(Link(directory).status());
        return absl::ResourceExhaustedError("disk full");
      });
  EXPECT_TRUE(absl::IsResourceExhausted(failed.status()));
  EXPECT_FALSE(*fs_.Exists(std::string(kRoot) + "/s"));
  EXPECT_TRUE(Create("s").ok());
}

TEST_F(SnapshotStoreTest, NamesAreTakenOrFollowed) {
  ASSERT_TRUE(Create("s").ok());
  EXPECT_TRUE(absl::IsAlreadyExists(Create("s").status()));
  EXPECT_EQ(Create("s", true)->name, "s-2");
  EXPECT_EQ(Create("s", true)->name, "s-3");
  EXPECT_THAT(All(), SizeIs(3));
  for (const char* bad : {"", ".", "..", ".s", "a/b", "a b", "\xc3\xa4"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(Create(bad).status())) << bad;
  }
  EXPECT_TRUE(Create(std::string(128, 'x')).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(Create(std::string(129, 'x')).status()));
  EXPECT_TRUE(absl::IsNotFound(store_->Drop("none")));
  EXPECT_TRUE(absl::IsNotFound(store_->Read("../snapshots/s").status()));
}

TEST_F(SnapshotStoreTest, WhatIsDamagedOrForeignStaysAndIsTold) {
  ASSERT_TRUE(Create("s").ok());
  fs_.Corrupt(std::string(kRoot) + "/s/snapshot", 30, "?");
  fs_.Corrupt(std::string(kRoot) + "/s/snapshot.copy", 30, "?");
  fs_.WriteFile(std::string(kRoot) + "/mine/file.txt", "x");
  Open();
  ASSERT_THAT(store_->notes(), SizeIs(2));
  EXPECT_THAT(store_->notes()[0], HasSubstr("mine is no snapshot"));
  EXPECT_THAT(store_->notes()[1], HasSubstr("checksum"));
  EXPECT_TRUE(*fs_.Exists(std::string(kRoot) + "/s/2.sst"));
  EXPECT_TRUE(*fs_.Exists(std::string(kRoot) + "/mine/file.txt"));
  EXPECT_THAT(All(), SizeIs(0));
  EXPECT_TRUE(absl::IsAlreadyExists(Create("s").status()));
  EXPECT_TRUE(*fs_.Exists(std::string(kRoot) + "/s/2.sst"));
}

TEST_F(SnapshotStoreTest, DamageOrLossOfOneDescriptionCostsNothing) {
  ASSERT_TRUE(Create("s").ok());
  ASSERT_TRUE(store_
                  ->Create("other", false, 1, *TestSchema(7),
                           [](const std::string&) { return TableFiles(); })
                  .ok());
  const std::string root(kRoot);
  const std::string good = fs_.ReadFile(root + "/s/snapshot").value();
  const std::string other = fs_.ReadFile(root + "/other/snapshot").value();
  for (const std::string name : {"snapshot", "snapshot.copy"}) {
    for (const std::string how : {"damaged", "removed", "another one"}) {
      SCOPED_TRACE(name + " " + how);
      const std::string path = root + "/s/" + name;
      if (how == "damaged") fs_.Corrupt(path, 30, "?");
      if (how == "removed") {
        ASSERT_TRUE(fs_.Remove(path).ok());
      }
      if (how == "another one") fs_.WriteFile(path, other);
      Open();
      EXPECT_THAT(store_->notes(), SizeIs(0));
      const auto found = store_->Read("s");
      ASSERT_TRUE(found.ok()) << found.status();
      EXPECT_EQ(found->files, SomeFiles());
      EXPECT_EQ(fs_.ReadFile(path).value(), good);
    }
  }
}

TEST_F(SnapshotStoreTest, ListsComeInPagesByName) {
  for (const char* name : {"c", "a", "b"}) ASSERT_TRUE(Create(name).ok());
  const auto page = store_->List("a", 1);
  ASSERT_THAT(page, SizeIs(1));
  EXPECT_EQ(page[0].name, "b");
  EXPECT_THAT(store_->List("b", 5), SizeIs(1));
  EXPECT_THAT(store_->List("c", 5), SizeIs(0));
}

// Others are answered while one waits for the disk.
TEST_F(SnapshotStoreTest, NameIsTakenAndNotThereWhileItIsMade) {
  ASSERT_TRUE(Create("old").ok());
  const auto made = store_->Create(
      "s", false, 1, *TestSchema(7), [this](const std::string& directory) {
        EXPECT_THAT(All(), SizeIs(1));
        EXPECT_TRUE(store_->Read("old").ok());
        EXPECT_TRUE(absl::IsNotFound(store_->Read("s").status()));
        EXPECT_TRUE(absl::IsNotFound(store_->Drop("s")));
        EXPECT_TRUE(absl::IsAlreadyExists(Create("s").status()));
        EXPECT_EQ(Create("s", true)->name, "s-2");
        EXPECT_TRUE(store_->Drop("old").ok());
        return Link(directory);
      });
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_THAT(All(), SizeIs(2));
}

TEST_F(SnapshotStoreTest, DropThatFailsCanBeRepeatedOrEndsAtTheNextStart) {
  for (int nth = 1; nth <= 8; ++nth) {
    ASSERT_TRUE(Create("s").ok());
    fs_.FailNext(FileOp::kAnyChange, "", nth, absl::DataLossError("EIO"));
    const bool dropped = store_->Drop("s").ok();
    fs_.ClearFaults();
    if (!dropped && store_->Read("s").ok()) {
      EXPECT_TRUE(store_->Drop("s").ok());
    } else if (!dropped) {
      EXPECT_THAT(All(), SizeIs(0));
      EXPECT_TRUE(absl::IsAlreadyExists(Create("s").status()));
      Open();
      EXPECT_THAT(store_->notes(), SizeIs(0));
    }
  }
}

// Nothing that this store didn't put there is removed.
TEST_F(SnapshotStoreTest, DirectoriesOfOthersStay) {
  const std::string root(kRoot);
  fs_.WriteFile(root + "/.trash/00000001.sst", "x");
  fs_.WriteFile(root + "/backup/00000001.sst", "x");
  fs_.WriteFile(root + "/backup/README", "x");
  fs_.WriteFile(root + "/backup2/mine.sst", "x");
  fs_.WriteFile(root + "/cut_short/00000001.sst", "x");
  fs_.WriteFile(root + "/cut_short/snapshot.tmp", "x");
  Open();
  EXPECT_THAT(store_->notes(), SizeIs(3));
  EXPECT_TRUE(*fs_.Exists(root + "/.trash/00000001.sst"));
  EXPECT_TRUE(*fs_.Exists(root + "/backup/00000001.sst"));
  EXPECT_TRUE(*fs_.Exists(root + "/backup2/mine.sst"));
  EXPECT_FALSE(*fs_.Exists(root + "/cut_short"));
  // Put there while the node runs.
  fs_.WriteFile(root + "/later/00000001.sst", "x");
  EXPECT_TRUE(absl::IsAlreadyExists(Create("later").status()));
  EXPECT_EQ(Create("backup", true)->name, "backup-2");
  EXPECT_TRUE(*fs_.Exists(root + "/later/00000001.sst"));
}

TEST_F(SnapshotStoreTest, DescriptionOfAnotherVersionIsLeftAlone) {
  ASSERT_TRUE(Create("s").ok());
  const std::string path = std::string(kRoot) + "/s";
  CheckedFile file = *ReadCheckedFile(fs_, path + "/snapshot");
  file.version = 2;
  ASSERT_TRUE(ReplaceCheckedFile(fs_, path, "snapshot", file).ok());
  Open();
  ASSERT_THAT(store_->notes(), SizeIs(1));
  EXPECT_THAT(store_->notes()[0], HasSubstr("version 2"));
  EXPECT_THAT(All(), SizeIs(0));
  EXPECT_TRUE(*fs_.Exists(path + "/2.sst"));
}

TEST(SnapshotBytes, HostileBytesAreRefusedOrRead) {
  Snapshot snapshot;
  snapshot.schema = *TestSchema(7);
  snapshot.files = SomeFiles();
  const std::string good = EncodeSnapshot(snapshot);
  ASSERT_TRUE(DecodeSnapshot(good).ok());
  EXPECT_FALSE(DecodeSnapshot(good + "x").ok());
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(DecodeSnapshot(good.substr(0, size)).ok()) << size;
  }
  SimRandom random(1);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = good;
    bytes[random.Below(bytes.size())] = static_cast<char>(random.Next());
    const auto decoded = DecodeSnapshot(bytes);
    if (!decoded.ok()) continue;
    for (const auto& partition : decoded->files.partitions) {
      for (const auto& file : partition.files) {
        EXPECT_EQ(file.name.find('/'), std::string::npos);
      }
    }
  }
}

}  // namespace
}  // namespace rowan
