// SPDX-License-Identifier: Apache-2.0
// A whole engine, its catalogue and the maker of backups in one simulated
// world; what a backup holds is asked from an engine on the restored files.
#include "node/backup/maker/backup_maker.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "node/backup/backup_check.h"
#include "node/backup/restore.h"
#include "node/coordinator/known_tables.h"
#include "node/metadata/local_metadata_store.h"
#include "storage/engine/state/file_names.h"
#include "storage/model/schema_change.h"
#include "tests/lib/engine_harness.h"

namespace rowan {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kBackups[] = "/elsewhere/backups";
constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

// A node without its service, on "/node" or another directory.
class World {
 public:
  explicit World(uint64_t seed = 0) : harness(seed) {
    harness.fs().WriteFile("/node/metadata/here", "");
    Open("/node");
  }
  ~World() { Stop(); }

  void Open(const std::string& path) {
    metadata_ = *LocalMetadataStore::Open(&harness.fs(), path + "/metadata");
    registry = *SchemaRegistry::Open(metadata_.get());
    harness.options.directory = path + "/storage";
    harness.log_options.directory = path + "/commitlog";
    harness.Know(KnownTablesOf(*registry->catalogue()));
    const absl::Status status = harness.Open();
    ASSERT_TRUE(status.ok()) << status;
    registry->set_engine(&harness.engine());
    timestamps_ = *HybridClock::Open(&harness.fs(), path, &harness.clock(),
                                     &harness.executor());
    coordinator_ = std::make_unique<Coordinator>(
        registry.get(), nullptr, timestamps_.get(), &harness.clock(),
        &harness.engine(), &harness.executor(), CoordinatorOptions{});
    maker = std::make_unique<BackupMaker>(
        BackupParts{.coordinator = coordinator_.get(),
                    .timestamps = timestamps_.get(),
                    .file_system = &harness.fs(),
                    .executor = &harness.executor(),
                    .node_id = "0123456789abcdef",
                    .node_name = "n1",
                    .directory = kBackups,
                    .work_path = path + "/backup",
                    .log_paths = {path + "/commitlog"}});
  }
  void Stop() {
    if (registry == nullptr) return;
    EXPECT_TRUE(harness.Stop().ok());
    Close();
  }
  // What is left when the engine has gone.
  void Close() {
    maker.reset();
    coordinator_.reset();
    timestamps_.reset();
    registry.reset();
  }

  void MakeTables() {
    ASSERT_TRUE(registry->CreateKeyspace("test", false).ok());
    for (uint32_t i = 1; i <= 2; ++i) {
      ASSERT_TRUE(registry->CreateTable(*TestSchema(i), false).ok());
    }
  }
  std::shared_ptr<const Schema> Table(int64_t i) const {
    return registry->catalogue()->Find("test", i % 2 == 0 ? "t1" : "t2");
  }
  // Row `i` of one table or the other, spread over their partitions.
  TestMutation RowOf(int64_t i) const {
    return TestMutation(Table(i), "key" + std::to_string(i % 7))
        .Put(i, "value", 1000 + i);
  }
  void Write(int64_t from, int64_t to) {
    for (int64_t i = from; i < to; ++i) {
      ASSERT_TRUE(harness.Write(RowOf(i)).ok());
    }
  }
  // The numbers of all rows, ascending.
  std::vector<int64_t> Rows() {
    std::vector<int64_t> rows;
    for (int64_t table = 0; table < 2; ++table) {
      const auto scanned = harness.Scan(Table(table)->id);
      for (const std::string& row : scanned.value()) {
        rows.push_back(std::stoll(row.substr(row.find('/') + 1)));
      }
    }
    std::sort(rows.begin(), rows.end());
    return rows;
  }
  std::string PathOf(const Backup::SSTableName& name) {
    return absl::StrCat("/node/storage/", TableDirectoryName(name.first), "/",
                        SSTableFileName(name.second));
  }

  absl::StatusOr<BackupMade> Make(const std::string& name,
                                  int64_t deadline_ns = kNever) {
    std::optional<absl::StatusOr<BackupMade>> made;
    maker->Make(name, deadline_ns, [&](absl::StatusOr<BackupMade> answer) {
      made = std::move(answer);
    });
    EXPECT_TRUE(harness.executor().RunUntil([&] { return made.has_value(); }));
    return *made;
  }
  BackupDirectory Directory() { return {&harness.fs(), kBackups}; }
  absl::StatusOr<RestoreResult> Restore(const std::string& name,
                                        const std::string& to) {
    return RestoreBackup(&harness.fs(), &random_, Directory(), name, to);
  }

  EngineHarness harness;
  std::unique_ptr<SchemaRegistry> registry;
  std::unique_ptr<BackupMaker> maker;

 private:
  SimRandom random_{1};
  std::unique_ptr<MetadataStore> metadata_;
  std::unique_ptr<HybridClock> timestamps_;
  std::unique_ptr<Coordinator> coordinator_;
};

std::vector<int64_t> UpTo(int64_t end) {
  std::vector<int64_t> numbers;
  for (int64_t i = 0; i < end; ++i) numbers.push_back(i);
  return numbers;
}

// Writes one row after the other until it is told to stop.
class Writer {
 public:
  Writer(World* world, int64_t from) : world_(world), begun_(from) { Next(); }
  void Stop() {
    stop_ = true;
    EXPECT_TRUE(world_->harness.executor().RunUntil(
        [&] { return under_way_ == nullptr; }));
  }
  int64_t begun() const { return begun_; }
  int64_t acknowledged() const { return begun_ - (answered_ ? 0 : 1); }

 private:
  void Next() {
    answered_ = false;
    under_way_ = std::make_unique<TestMutation>(world_->RowOf(begun_++));
    world_->harness.engine().Write(under_way_->mutation(),
                                   [this](const absl::Status& status) {
                                     EXPECT_TRUE(status.ok()) << status;
                                     answered_ = true;
                                     // A moment of rest, in which time passes.
                                     world_->harness.executor().PostAfter(
                                         std::chrono::milliseconds(1), [this] {
                                           under_way_.reset();
                                           if (!stop_) Next();
                                         });
                                   });
  }

  World* const world_;
  int64_t begun_;
  std::unique_ptr<TestMutation> under_way_;
  bool answered_ = true;
  bool stop_ = false;
};

class BackupUnderWrites : public testing::TestWithParam<uint64_t> {};

TEST_P(BackupUnderWrites, HoldsWhatWasAcknowledgedBeforeAndAPrefixOfTheRest) {
  World world(GetParam());
  world.MakeTables();
  world.Write(0, 40);
  Writer writer(&world, 40);
  ASSERT_TRUE(world.harness.executor().RunUntil(
      [&] { return writer.acknowledged() >= 60; }));
  const int64_t before = writer.acknowledged();
  const auto made = world.Make("monday");
  const int64_t after = writer.begun();
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_GT(after, before + 10);
  ASSERT_TRUE(world.harness.executor().RunUntil(
      [&] { return writer.acknowledged() >= after + 20; }));
  writer.Stop();
  const auto restored = world.Restore("monday", "/restored");
  ASSERT_TRUE(restored.ok()) << restored.status();
  EXPECT_EQ(restored->digest, made->digest);
  world.Stop();
  world.Open("/restored");
  const std::vector<int64_t> rows = world.Rows();
  EXPECT_GE(static_cast<int64_t>(rows.size()), before);
  EXPECT_LE(static_cast<int64_t>(rows.size()), after);
  EXPECT_EQ(rows, UpTo(static_cast<int64_t>(rows.size())));
  // And goes on, on a log of its own.
  world.Write(5000, 5003);
  EXPECT_THAT(world.Rows(), Contains(5002));
}

INSTANTIATE_TEST_SUITE_P(Seeds, BackupUnderWrites,
                         testing::Range<uint64_t>(0, 20));

TEST(BackupMaker, RestingNodeIsBackedUpToo) {
  World world;
  world.MakeTables();
  world.harness.executor().RunUntilIdle(std::chrono::seconds(1));
  ASSERT_TRUE(world.Make("empty").ok());
  world.Write(0, 10);
  world.harness.executor().RunUntilIdle(std::chrono::seconds(1));
  ASSERT_TRUE(world.Make("ten").ok());
  for (const auto& [name, rows] : {std::pair("empty", 0), {"ten", 10}}) {
    const std::string to = std::string("/restored-") + name;
    const auto restored = world.Restore(name, to);
    ASSERT_TRUE(restored.ok()) << restored.status();
    world.Stop();
    world.Open(to);
    EXPECT_EQ(world.Rows(), UpTo(rows));
  }
}

TEST(BackupMaker, SecondBackupAddsWhatIsNew) {
  World world;
  world.MakeTables();
  world.Write(0, 50);
  const auto first = world.Make("first");
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->files_copied, first->files);
  const auto second = world.Make("second");
  ASSERT_TRUE(second.ok()) << second.status();
  // The log, which goes on at another place, and no SSTable.
  EXPECT_EQ(second->files, first->files);
  EXPECT_EQ(second->files_copied,
            world.Directory().Read("second")->log.files.size());
  world.Write(50, 51);
  const auto third = world.Make("third");
  ASSERT_TRUE(third.ok()) << third.status();
  EXPECT_EQ(third->files, first->files + 1);
  EXPECT_EQ(third->files_copied,
            world.Directory().Read("third")->log.files.size() + 1);
  for (const char* name : {"first", "second", "third"}) {
    EXPECT_THAT(CheckBackup(world.Directory(), name)->damage, IsEmpty());
  }
}

TEST(BackupMaker, FileThatOnlyLooksLikeAnEarlierOneIsCopied) {
  World world;
  world.MakeTables();
  world.Write(0, 50);
  ASSERT_TRUE(world.Make("first").ok());
  // A copy of the data directory that went on by itself would have that.
  const Backup first = *world.Directory().Read("first");
  const auto& [name, object] = *first.sstables.begin();
  world.harness.fs().Corrupt(world.PathOf(name), object.bytes - 3, "???");
  ASSERT_TRUE(world.Make("second").ok());
  EXPECT_NE(world.Directory().Read("second")->sstables.at(name), object);
  EXPECT_THAT(CheckBackup(world.Directory(), "first")->damage, IsEmpty());
  EXPECT_THAT(CheckBackup(world.Directory(), "second")->damage, IsEmpty());
}

TEST(BackupMaker, MissingSSTableIsToldAndMissesAfterTheRestoreToo) {
  World world;
  world.MakeTables();
  world.Write(0, 1);
  ASSERT_TRUE(world.Make("first").ok());
  const auto name = world.Directory().Read("first")->sstables.begin()->first;
  ASSERT_TRUE(world.harness.fs().Remove(world.PathOf(name)).ok());
  const auto second = world.Make("second");
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_THAT(second->missing,
              ElementsAre(HasSubstr("is missing on the node")));
  const auto restored = world.Restore("second", "/restored");
  ASSERT_TRUE(restored.ok()) << restored.status();
  world.Stop();
  world.Open("/restored");
  EXPECT_TRUE(
      absl::IsDataLoss(world.harness.Scan(world.Table(0)->id).status()));
}

TEST(BackupMaker, ChangeOfATableMeanwhileBeginsAgain) {
  World world;
  world.MakeTables();
  world.Write(0, 10);
  std::optional<absl::StatusOr<BackupMade>> made;
  world.maker->Make("monday", kNever, [&](absl::StatusOr<BackupMade> answer) {
    made = std::move(answer);
  });
  // The links are there, the log is still waited for.
  ASSERT_TRUE(world.harness.executor().RunUntil(
      [&] { return *world.harness.fs().Exists("/node/backup/sstables"); }));
  ASSERT_TRUE(
      world.registry
          ->AlterTable("test", "t1",
                       [](Schema* schema) { return DropColumn("v", schema); })
          .ok());
  ASSERT_TRUE(
      world.harness.executor().RunUntil([&] { return made.has_value(); }));
  ASSERT_TRUE(made->ok()) << made->status();
  const Backup backup = *world.Directory().Read("monday");
  EXPECT_EQ(backup.catalogue, world.registry->catalogue()->Encode());
}

TEST(BackupMaker, WhatEndsItIsToldAndLeavesNoBackup) {
  World world;
  world.MakeTables();
  world.Write(0, 10);
  EXPECT_TRUE(absl::IsInvalidArgument(world.Make("../x").status()));
  EXPECT_TRUE(absl::IsDeadlineExceeded(
      world.Make("late", world.harness.clock().MonotonicNanos() + 1).status()));
  ASSERT_TRUE(world.Make("monday").ok());
  EXPECT_TRUE(absl::IsAlreadyExists(world.Make("monday").status()));
  world.harness.fs().FailNext(FileOp::kWrite, "incoming", 1,
                              absl::ResourceExhaustedError("full"));
  EXPECT_TRUE(absl::IsResourceExhausted(world.Make("full").status()));
  world.maker->Make("one", kNever, [](const auto& made) {
    EXPECT_TRUE(absl::IsUnavailable(made.status())) << made.status();
  });
  EXPECT_EQ(world.maker->progress()->name, "one");
  EXPECT_THAT(world.Make("two").status().message(),
              HasSubstr("backup 'one' is being made"));
  world.maker->Stop();
  ASSERT_TRUE(world.harness.executor().RunUntil(
      [&] { return !world.maker->progress().has_value(); }));
  EXPECT_TRUE(absl::IsUnavailable(world.Make("three").status()));
  EXPECT_THAT(*world.Directory().Names(), ElementsAre("monday"));
  EXPECT_FALSE(*world.harness.fs().Exists("/node/backup"));
}

TEST(BackupMaker, PowerCutAnywhereLeavesAWholeBackupOrNone) {
  std::vector<MemTree> images;
  {
    World world;
    world.MakeTables();
    world.Write(0, 5);
    world.harness.fs().WatchChanges(
        [&](FileOp, std::string_view, const MemTree& before) {
          images.push_back(before);
        });
    ASSERT_TRUE(world.Make("monday").ok());
    world.harness.fs().WatchChanges(nullptr);
  }
  ASSERT_GT(images.size(), 60u);
  int whole = 0;
  World world;
  for (const MemTree& image : images) {
    for (const bool keep : {false, true}) {
      world.harness.fs().Load(image);
      world.harness.PowerCut([keep] { return keep; });
      world.Close();
      ASSERT_TRUE(RemoveBackupWork(&world.harness.fs(), "/node/backup").ok());
      world.Open("/node");
      EXPECT_EQ(world.Rows(), UpTo(5));
      const auto names = world.Directory().Names();
      if (names.ok() && !names->empty()) {
        ++whole;
      } else {
        const auto made = world.Make("monday");
        ASSERT_TRUE(made.ok()) << made.status();
      }
      EXPECT_THAT(CheckBackup(world.Directory(), "monday")->damage, IsEmpty());
    }
  }
  EXPECT_GT(whole, 0);
}

}  // namespace
}  // namespace rowan
