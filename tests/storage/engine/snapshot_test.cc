// SPDX-License-Identifier: Apache-2.0
// A table's files linked elsewhere, and tables made of such links.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <initializer_list>

#include "tests/lib/engine_harness.h"

namespace rowan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr TableId kTable{1};
constexpr char kLinks[] = "/snapshots/s";

class SnapshotTest : public ::testing::Test {
 protected:
  SnapshotTest() {
    world_.tables = {TestSchema(1)};
    world_.fs().WriteFile(std::string(kLinks) + "/here", "");
  }
  TestMutation On(std::string_view key) { return {TestSchema(1), key}; }
  void Write(const TestMutation& mutation) {
    ASSERT_TRUE(world_.Write(mutation).ok());
  }
  // Opens a world of its own whose table has a file with the row 1=x of each.
  void FlushRows(std::initializer_list<std::string_view> keys,
                 EngineHarness* world) {
    world->fs().WriteFile(std::string(kLinks) + "/here", "");
    world->tables = {TestSchema(1)};
    ASSERT_TRUE(world->Open().ok());
    for (const std::string_view key : keys) {
      ASSERT_TRUE(world->Write(On(key).Put(1, "x", 10)).ok());
    }
    ASSERT_TRUE(world->Flush(kTable).ok());
  }
  // The file goes, or its last byte is another one.
  void Spoil(const std::string& path, uint64_t bytes, bool missing,
             MemFileSystem* fs) {
    if (missing) {
      ASSERT_TRUE(fs->Remove(path).ok());
    } else {
      fs->Corrupt(path, bytes - 1, "?");
    }
  }
  // Two files of "a" and one of "b", and what is in memtables only.
  void Fill() {
    Write(On("a").Put(1, "x", 10).Put(2, "y", 10));
    ASSERT_TRUE(world_.Flush(kTable).ok());
    Write(On("a").Put(1, "xx", 20).DeleteRow(2, {20, 100}));
    Write(On("b").Put(1, "z", 10));
    ASSERT_TRUE(world_.Flush(kTable).ok());
    Write(On("a").Put(3, "later", 10));
  }
  absl::Status Restore(uint32_t id, const TableFiles& files) {
    const auto restored =
        world_.engine().RestoreTable(TestSchema(id), kLinks, files);
    if (!restored.ok()) return restored.status();
    world_.tables.push_back(TestSchema(id));
    damage_ = *restored;
    return absl::OkStatus();
  }
  std::vector<std::string> Rows(uint32_t id) {
    auto rows = world_.Scan(TableId{id}).value();
    std::sort(rows.begin(), rows.end());
    return rows;
  }

  EngineHarness world_;
  std::vector<std::string> damage_;  // that Restore told
};

TEST_F(SnapshotTest, RestoredTableHoldsWhatWasFlushed) {
  ASSERT_TRUE(world_.Open().ok());
  Fill();
  const auto files = world_.engine().LinkFiles(kTable, kLinks);
  ASSERT_TRUE(files.ok()) << files.status();
  EXPECT_THAT(files->partitions, SizeIs(2));
  ASSERT_TRUE(world_.engine().DropTable(kTable).ok());
  world_.tables.clear();
  ASSERT_TRUE(Restore(7, *files).ok());
  EXPECT_THAT(Rows(7), ElementsAre("a/1=xx", "b/1=z"));
  // It goes on as any table does, and its links are its own.
  ASSERT_TRUE(
      world_.Write(TestMutation(TestSchema(7), "a").Put(1, "new", 30)).ok());
  world_.PowerCut();
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_THAT(Rows(7), ElementsAre("a/1=new", "b/1=z"));
  ASSERT_TRUE(world_.Compact(TableId{7}).ok());
  EXPECT_THAT(Rows(7), ElementsAre("a/1=new", "b/1=z"));
  world_.PowerCut();
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_THAT(Rows(7), ElementsAre("a/1=new", "b/1=z"));
  // The snapshot is as it was.
  ASSERT_TRUE(Restore(8, *files).ok());
  EXPECT_THAT(Rows(8), ElementsAre("a/1=xx", "b/1=z"));
}

TEST_F(SnapshotTest, TableAndItsTwinsAreApart) {
  ASSERT_TRUE(world_.Open().ok());
  Fill();
  const auto files = world_.engine().LinkFiles(kTable, kLinks);
  ASSERT_TRUE(files.ok());
  ASSERT_TRUE(Restore(7, *files).ok());
  ASSERT_TRUE(Restore(8, *files).ok());
  // Merges of one, which name files by id, leave the others alone.
  ASSERT_TRUE(world_.Compact(TableId{7}).ok());
  ASSERT_TRUE(world_.Compact(kTable).ok());
  EXPECT_THAT(Rows(8), ElementsAre("a/1=xx", "b/1=z"));
  ASSERT_TRUE(world_.engine().DropTable(TableId{7}).ok());
  std::erase_if(world_.tables,
                [](const auto& schema) { return schema->id == TableId{7}; });
  world_.PowerCut();
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_THAT(Rows(8), ElementsAre("a/1=xx", "b/1=z"));
  EXPECT_THAT(Rows(1), ElementsAre("a/1=xx", "a/3=later", "b/1=z"));
}

TEST_F(SnapshotTest, LinksOutliveTheTable) {
  ASSERT_TRUE(world_.Open().ok());
  Fill();
  const auto files = world_.engine().LinkFiles(kTable, kLinks);
  ASSERT_TRUE(files.ok());
  ASSERT_TRUE(world_.engine().DropTable(kTable).ok());
  world_.tables.clear();
  world_.PowerCut();
  ASSERT_TRUE(world_.Open().ok());
  for (const auto& partition : files->partitions) {
    for (const auto& file : partition.files) {
      const auto bytes =
          world_.fs().ReadFile(std::string(kLinks) + "/" + file.name);
      ASSERT_TRUE(bytes.ok()) << bytes.status();
      EXPECT_EQ(bytes->size(), file.bytes);
    }
  }
  EXPECT_THAT(world_.fs().List(kLinks).value(), SizeIs(4));  // and "here"
}

TEST_F(SnapshotTest, PowerCutInARestoreLeavesNothing) {
  bool ended = false;
  for (int nth = 1; !ended; ++nth) {
    SCOPED_TRACE(testing::Message() << "change of the disk " << nth);
    EngineHarness world;
    FlushRows({"a"}, &world);
    const auto files = world.engine().LinkFiles(kTable, kLinks);
    ASSERT_TRUE(files.ok());
    world.fs().FailNext(FileOp::kAnyChange, "", nth,
                        absl::DataLossError("dead"), true);
    ended = world.engine().RestoreTable(TestSchema(7), kLinks, *files).ok();
    world.PowerCut();
    world.fs().ClearFaults();
    // The catalogue has not heard of it.
    ASSERT_TRUE(world.Open().ok());
    EXPECT_FALSE(*world.fs().Exists("/data/7"));
    EXPECT_THAT(world.Scan(kTable).value(), ElementsAre("a/1=x"));
    ASSERT_TRUE(
        world.engine().RestoreTable(TestSchema(7), kLinks, *files).ok());
    EXPECT_THAT(world.Scan(TableId{7}).value(), ElementsAre("a/1=x"));
    ASSERT_LT(nth, 100);
  }
}

// "a" and "b" are in different partitions; what is wrong is in a file of "a".
TEST_F(SnapshotTest, DamagedOrMissingFileFailsOnlyTheReadsThatNeedIt) {
  for (const bool missing : {false, true}) {
    SCOPED_TRACE(missing ? "missing" : "damaged");
    EngineHarness world;
    FlushRows({"a", "b"}, &world);
    const auto files = world.engine().LinkFiles(kTable, kLinks);
    ASSERT_TRUE(files.ok());
    for (const auto& partition : files->partitions) {
      if (partition.id != PartitionId::Of(TokenOfKey("a"), 4)) continue;
      const auto& file = partition.files.front();
      Spoil(std::string(kLinks) + "/" + file.name, file.bytes, missing,
            &world.fs());
    }
    const auto damage =
        world.engine().RestoreTable(TestSchema(7), kLinks, *files);
    ASSERT_TRUE(damage.ok()) << damage.status();
    EXPECT_THAT(*damage, SizeIs(1));
    world.tables = {TestSchema(1), TestSchema(7)};
    for (int start = 0; start < 2; ++start) {
      EXPECT_TRUE(absl::IsDataLoss(world.ReadKey(TableId{7}, "a").status()));
      EXPECT_THAT(world.ReadKey(TableId{7}, "b").value(), ElementsAre("b/1=x"));
      EXPECT_TRUE(
          world.Write(TestMutation(TestSchema(7), "b").Put(1, "x", 20)).ok());
      world.PowerCut();
      ASSERT_TRUE(world.Open().ok());
    }
  }
}

TEST_F(SnapshotTest, DiskThatRefusesIsNoDamage) {
  ASSERT_TRUE(world_.Open().ok());
  Fill();
  const auto files = world_.engine().LinkFiles(kTable, kLinks);
  ASSERT_TRUE(files.ok());
  for (const FileOp op : {FileOp::kLink, FileOp::kOpen}) {
    world_.fs().FailNext(op, "/data/7/", 1,
                         absl::ResourceExhaustedError("too many"));
    EXPECT_TRUE(absl::IsResourceExhausted(Restore(7, *files)));
    EXPECT_FALSE(*world_.fs().Exists("/data/7"));
    EXPECT_EQ(world_.engine().FindTable(TableId{7}), nullptr);
  }
}

TEST_F(SnapshotTest, TableWithABadFileIsLinkedWithIt) {
  for (const bool missing : {false, true}) {
    SCOPED_TRACE(missing ? "missing" : "damaged");
    EngineHarness world;
    FlushRows({"a"}, &world);
    const auto bad = world.engine().SSTables(kTable).front();
    ASSERT_TRUE(world.Stop().ok());
    Spoil(bad.path, bad.file_bytes, missing, &world.fs());
    ASSERT_TRUE(world.Open().ok());
    const auto files = world.engine().LinkFiles(kTable, kLinks);
    ASSERT_TRUE(files.ok()) << files.status();
    ASSERT_THAT(files->partitions, SizeIs(1));
    EXPECT_THAT(files->partitions[0].files, SizeIs(1));
    const auto damage =
        world.engine().RestoreTable(TestSchema(7), kLinks, *files);
    ASSERT_TRUE(damage.ok()) << damage.status();
    EXPECT_THAT(*damage, SizeIs(1));
    EXPECT_TRUE(absl::IsDataLoss(world.Scan(TableId{7}).status()));
  }
}

TEST_F(SnapshotTest, FileThatVanishesWhileItIsOpenIsDataLoss) {
  ASSERT_TRUE(world_.Open().ok());
  Fill();
  const auto file = world_.engine().SSTables(kTable).front();
  ASSERT_TRUE(world_.fs().Remove(file.path).ok());
  const absl::Status status =
      world_.engine().LinkFiles(kTable, kLinks).status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
}

// A merge ends between the look at the partition and its first link, and takes
// the files away.
TEST_F(SnapshotTest, FilesThatAMergeTakesAwayAreLookedForAgain) {
  ASSERT_TRUE(world_.Open().ok());
  Write(On("a").Put(1, "x", 10));
  ASSERT_TRUE(world_.Flush(kTable).ok());
  Write(On("a").Put(2, "y", 10));
  ASSERT_TRUE(world_.Flush(kTable).ok());
  const auto before = world_.engine().SSTables(kTable);
  ASSERT_THAT(before, SizeIs(2));
  world_.fs().BeforeNextLink([&] { ASSERT_TRUE(world_.Compact(kTable).ok()); });
  const auto files = world_.engine().LinkFiles(kTable, kLinks);
  ASSERT_TRUE(files.ok()) << files.status();
  for (const auto& file : before) {
    ASSERT_FALSE(*world_.fs().Exists(file.path));
  }
  ASSERT_THAT(files->partitions, SizeIs(1));
  EXPECT_THAT(files->partitions[0].files, SizeIs(1));
  EXPECT_THAT(world_.fs().List(kLinks).value(), SizeIs(2));  // and "here"
  ASSERT_TRUE(Restore(7, *files).ok());
  EXPECT_THAT(Rows(7), ElementsAre("a/1=x", "a/2=y"));
}

TEST_F(SnapshotTest, LinksOfALookThatFailedAreTakenBack) {
  ASSERT_TRUE(world_.Open().ok());
  Fill();
  world_.fs().FailNext(FileOp::kLink, "", 2, absl::NotFoundError("merged"));
  const auto files = world_.engine().LinkFiles(kTable, kLinks);
  ASSERT_TRUE(files.ok()) << files.status();
  size_t count = 0;
  for (const auto& partition : files->partitions) {
    count += partition.files.size();
  }
  EXPECT_THAT(world_.fs().List(kLinks).value(), SizeIs(1 + count));
}

TEST_F(SnapshotTest, WhatAPartitionMayHaveLostIsRemembered) {
  ASSERT_TRUE(world_.Open().ok());
  Fill();
  TableFiles files = *world_.engine().LinkFiles(kTable, kLinks);
  // Longer than the manifest takes.
  files.partitions.front().lost = "a hole" + std::string(2000, '.');
  ASSERT_TRUE(Restore(7, files).ok());
  ASSERT_THAT(damage_, SizeIs(1));
  EXPECT_THAT(damage_[0], testing::HasSubstr("a hole"));
  EXPECT_TRUE(absl::IsDataLoss(world_.Scan(TableId{7}).status()));
  world_.Crash();
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_TRUE(absl::IsDataLoss(world_.Scan(TableId{7}).status()));
  world_.fs().WriteFile("/snapshots/t/here", "");
  const auto again = world_.engine().LinkFiles(TableId{7}, "/snapshots/t");
  ASSERT_TRUE(again.ok());
  EXPECT_THAT(again->partitions.front().lost, testing::StartsWith("a hole"));
}

TEST_F(SnapshotTest, NoTableAndNoDirectoryAreErrors) {
  ASSERT_TRUE(world_.Open().ok());
  Fill();
  EXPECT_TRUE(
      absl::IsNotFound(world_.engine().LinkFiles(TableId{9}, kLinks).status()));
  EXPECT_FALSE(world_.engine().LinkFiles(kTable, "/none").ok());
  EXPECT_TRUE(absl::IsAlreadyExists(
      world_.engine().RestoreTable(TestSchema(1), kLinks, {}).status()));
}

}  // namespace
}  // namespace rowan
