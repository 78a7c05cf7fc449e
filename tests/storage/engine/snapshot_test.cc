// SPDX-License-Identifier: Apache-2.0
// A table's files linked elsewhere, and tables made of such links.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

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
    const absl::Status status =
        world_.engine().RestoreTable(TestSchema(id), kLinks, files);
    if (status.ok()) world_.tables.push_back(TestSchema(id));
    return status;
  }
  std::vector<std::string> Rows(uint32_t id) {
    auto rows = world_.Scan(TableId{id}).value();
    std::sort(rows.begin(), rows.end());
    return rows;
  }

  EngineHarness world_;
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
    world.fs().WriteFile(std::string(kLinks) + "/here", "");
    world.tables = {TestSchema(1)};
    ASSERT_TRUE(world.Open().ok());
    ASSERT_TRUE(world.Write(On("a").Put(1, "x", 10)).ok());
    ASSERT_TRUE(world.Flush(kTable).ok());
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

TEST_F(SnapshotTest, DamagedFileIsNotRestored) {
  ASSERT_TRUE(world_.Open().ok());
  Fill();
  auto files = world_.engine().LinkFiles(kTable, kLinks);
  ASSERT_TRUE(files.ok());
  const auto& file = files->partitions.front().files.front();
  world_.fs().Corrupt(std::string(kLinks) + "/" + file.name, file.bytes - 1,
                      "?");
  EXPECT_FALSE(Restore(7, *files).ok());
  EXPECT_FALSE(*world_.fs().Exists("/data/7"));
  EXPECT_EQ(world_.engine().FindTable(TableId{7}), nullptr);
  files->partitions.front().files.front().name = "99999999.sst";
  EXPECT_TRUE(absl::IsNotFound(Restore(7, *files)));
  EXPECT_FALSE(*world_.fs().Exists("/data/7"));
}

// The merge ends between the look at the partition and the first link.
TEST_F(SnapshotTest, FilesThatAMergeTakesAwayAreLookedForAgain) {
  ASSERT_TRUE(world_.Open().ok());
  Fill();
  const auto before = world_.engine().SSTables(kTable);
  ASSERT_FALSE(before.empty());
  world_.fs().FailNext(FileOp::kLink, "", 2, absl::NotFoundError("merged"));
  const auto files = world_.engine().LinkFiles(kTable, kLinks);
  ASSERT_TRUE(files.ok()) << files.status();
  size_t count = 0;
  for (const auto& partition : files->partitions) {
    count += partition.files.size();
  }
  EXPECT_EQ(count, before.size());
  EXPECT_THAT(world_.fs().List(kLinks).value(), SizeIs(1 + count));
}

TEST_F(SnapshotTest, WhatAPartitionMayHaveLostIsRemembered) {
  ASSERT_TRUE(world_.Open().ok());
  Fill();
  TableFiles files = *world_.engine().LinkFiles(kTable, kLinks);
  files.partitions.front().lost = "a hole";
  ASSERT_TRUE(Restore(7, files).ok());
  EXPECT_TRUE(absl::IsDataLoss(world_.Scan(TableId{7}).status()));
  world_.Crash();
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_TRUE(absl::IsDataLoss(world_.Scan(TableId{7}).status()));
  world_.fs().WriteFile("/snapshots/t/here", "");
  const auto again = world_.engine().LinkFiles(TableId{7}, "/snapshots/t");
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->partitions.front().lost, "a hole");
}

TEST_F(SnapshotTest, NoTableAndNoDirectoryAreErrors) {
  ASSERT_TRUE(world_.Open().ok());
  Fill();
  EXPECT_TRUE(
      absl::IsNotFound(world_.engine().LinkFiles(TableId{9}, kLinks).status()));
  EXPECT_FALSE(world_.engine().LinkFiles(kTable, "/none").ok());
  EXPECT_TRUE(absl::IsAlreadyExists(
      world_.engine().RestoreTable(TestSchema(1), kLinks, {})));
}

}  // namespace
}  // namespace rowan
