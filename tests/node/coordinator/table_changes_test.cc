// SPDX-License-Identifier: Apache-2.0
// The registry and a whole engine over one disk that forgets: what a change of
// a table leaves when the machine dies at any moment of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "node/coordinator/known_tables.h"
#include "node/coordinator/schema_registry.h"
#include "node/coordinator/table_snapshots.h"
#include "node/metadata/local_metadata_store.h"
#include "storage/base/status_macros.h"
#include "storage/model/schema_change.h"
#include "tests/lib/engine_harness.h"

namespace rowan {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kMetadata[] = "/node/metadata";
constexpr char kSnapshots[] = "/node/snapshots";

// A node without its service.
class World {
 public:
  World() {
    harness.fs().WriteFile(std::string(kMetadata) + "/here", "");
    Open();
  }
  ~World() {
    if (registry != nullptr) {
      EXPECT_TRUE(harness.Stop().ok());
    }
  }
  absl::Status OpenEngine() {
    metadata_ = *LocalMetadataStore::Open(&harness.fs(), kMetadata);
    ASSIGN_OR_RETURN(registry, SchemaRegistry::Open(metadata_.get()));
    harness.Know(KnownTablesOf(*registry->catalogue()));
    return harness.Open();
  }
  void Open() {
    const absl::Status status = OpenEngine();
    ASSERT_TRUE(status.ok()) << status;
    registry->set_engine(&harness.engine());
    store = *SnapshotStore::Open(&harness.fs(), kSnapshots);
    coordinator_ = std::make_unique<Coordinator>(
        registry.get(), store.get(), nullptr, &harness.clock(),
        &harness.engine(), &harness.executor(), CoordinatorOptions{});
  }
  // As the service does: with a snapshot.
  absl::Status Drop() {
    TableSnapshots snapshots = this->snapshots();
    std::optional<absl::Status> dropped;
    snapshots.Flush("test", "t1", std::numeric_limits<int64_t>::max(),
                    [&](absl::StatusOr<TableSnapshots::Flushed> flushed) {
                      if (!flushed.ok()) {
                        dropped = flushed.status();
                        return;
                      }
                      dropped =
                          registry
                              ->DropTable("test", "t1", false,
                                          [&](const Schema& table) {
                                            return snapshots
                                                .TakeBefore("dropped", table,
                                                            *flushed)
                                                .status();
                                          })
                              .status();
                    });
    EXPECT_TRUE(
        harness.executor().RunUntil([&] { return dropped.has_value(); }));
    return *dropped;
  }
  TableSnapshots snapshots() { return {coordinator_.get(), &changes_}; }
  std::vector<std::string> Snapshots() const {
    std::vector<std::string> names;
    for (const auto& info : store->List("", 100)) names.push_back(info.name);
    return names;
  }
  absl::Status Restore(const std::string& name,
                       const std::string& keyspace = "test") {
    const auto snapshot = store->Read(name);
    RETURN_IF_ERROR(snapshot.status());
    Schema schema = snapshot->schema;
    schema.keyspace = keyspace;
    return registry
        ->RestoreTable(std::move(schema), store->PathOf(name), snapshot->files)
        .status();
  }
  void PowerCut() {
    harness.PowerCut();
    Reopen();
  }
  void Crash() {
    harness.Crash();
    Reopen();
  }
  // ks.t, of TestSchema's columns.
  void MakeTable() {
    ASSERT_TRUE(registry->CreateKeyspace("test", true).ok());
    ASSERT_TRUE(registry->CreateTable(*TestSchema(1), false).ok());
  }
  std::shared_ptr<const Schema> Table() const {
    return registry->catalogue()->Find("test", "t1");
  }
  TestMutation On(std::string_view key) const { return {Table(), key}; }
  std::vector<std::string> Rows() { return harness.Scan(Table()->id).value(); }

  EngineHarness harness;
  std::unique_ptr<SchemaRegistry> registry;
  std::unique_ptr<SnapshotStore> store;

 private:
  void Reopen() {
    harness.fs().ClearFaults();
    registry.reset();
    Open();
  }

  std::unique_ptr<MetadataStore> metadata_;
  std::unique_ptr<Coordinator> coordinator_;
  ChangeQueue changes_{&harness.executor(), &harness.clock()};
};

absl::Status DropV(Schema* schema) { return DropColumn("v", schema); }

TEST(TableChanges, TruncatedTableGoesOnWithoutItsRows) {
  World world;
  world.MakeTable();
  ASSERT_TRUE(world.harness.Write(world.On("a").Put(1, "file", 10)).ok());
  ASSERT_TRUE(world.harness.Flush(world.Table()->id).ok());
  ASSERT_TRUE(world.harness.Write(world.On("a").Put(2, "log", 10)).ok());
  const auto before = world.Table();
  const auto change = world.registry->TruncateTable("test", "t1");
  ASSERT_TRUE(change.ok()) << change.status();
  EXPECT_EQ(change->table, world.Table());
  EXPECT_EQ(world.Table()->handle, before->handle);
  EXPECT_EQ(world.Table()->version.value, before->version.value + 1);
  EXPECT_THAT(world.Rows(), IsEmpty());
  ASSERT_TRUE(world.harness.Write(world.On("a").Put(3, "new", 5)).ok());
  EXPECT_THAT(world.Rows(), ElementsAre("a/3=new"));
  world.PowerCut();
  EXPECT_THAT(world.Rows(), ElementsAre("a/3=new"));
  EXPECT_FALSE(
      *world.harness.fs().Exists("/data/" + std::to_string(before->id.value)));
}

TEST(TableChanges, PowerCutInATruncationLeavesAllRowsOrNone) {
  // What fails behind the commit is no error.
  int kept = 0, gone = 0, ended = 0;
  for (int nth = 1; ended < 4; ++nth) {
    SCOPED_TRACE(testing::Message() << "change of the disk " << nth);
    World world;
    world.MakeTable();
    ASSERT_TRUE(world.harness.Write(world.On("a").Put(1, "file", 10)).ok());
    ASSERT_TRUE(world.harness.Flush(world.Table()->id).ok());
    ASSERT_TRUE(world.harness.Write(world.On("a").Put(2, "log", 10)).ok());
    world.harness.fs().FailNext(FileOp::kAnyChange, "", nth,
                                absl::DataLossError("dead"), true);
    const bool done = world.registry->TruncateTable("test", "t1").ok();
    ended += done;
    world.PowerCut();
    const auto rows = world.Rows();
    EXPECT_THAT(rows, AnyOf(IsEmpty(), ElementsAre("a/1=file", "a/2=log")));
    if (done) {
      EXPECT_THAT(rows, IsEmpty());
    }
    ++(rows.empty() ? gone : kept);
    // And goes on.
    ASSERT_TRUE(world.harness.Write(world.On("a").Put(3, "new", 5)).ok());
    ASSERT_TRUE(world.registry->TruncateTable("test", "t1").ok());
    world.PowerCut();
    EXPECT_THAT(world.Rows(), IsEmpty());
    ASSERT_LT(nth, 100);
  }
  EXPECT_GT(kept, 3);
  EXPECT_GT(gone, 1);
}

TEST(TableChanges, WritersUnderWayDoNotReachTheNewData) {
  World world;
  world.MakeTable();
  world.harness.fs().HoldAsync(true, "/log");
  const TestMutation early = world.On("a").Put(1, "early", 99);
  const TestMutation late = world.On("a").Put(2, "late", 99);
  std::vector<absl::Status> answers;
  const auto write = [&](const TestMutation& mutation) {
    world.harness.engine().Write(mutation.mutation(), [&](absl::Status status) {
      answers.push_back(std::move(status));
    });
  };
  write(early);
  ASSERT_TRUE(world.registry->TruncateTable("test", "t1").ok());
  write(late);  // decoded before, arrives behind
  world.harness.fs().HoldAsync(false);
  world.harness.fs().ReleaseAll();
  ASSERT_TRUE(
      world.harness.executor().RunUntil([&] { return answers.size() == 2; }));
  EXPECT_TRUE(absl::IsNotFound(answers[0])) << answers[0];
  EXPECT_TRUE(answers[1].ok()) << answers[1];
  EXPECT_THAT(world.Rows(), IsEmpty());
  world.PowerCut();
  EXPECT_THAT(world.Rows(), IsEmpty());
}

TEST(TableChanges, PowerCutInAnAlterationLeavesOneVersionWhole) {
  bool ended = false;
  int before = 0, after = 0;
  for (int nth = 1; !ended; ++nth) {
    SCOPED_TRACE(testing::Message() << "change of the disk " << nth);
    World world;
    world.MakeTable();
    ASSERT_TRUE(world.harness.Write(world.On("a").Put(1, "x", 10)).ok());
    world.harness.fs().FailNext(FileOp::kAnyChange, "", nth,
                                absl::DataLossError("dead"), true);
    ended = world.registry->AlterTable("test", "t1", DropV).ok();
    if (!ended && world.Table() != nullptr) {
      EXPECT_THAT(world.Rows(), ElementsAre("a/1=x"));
    }
    world.PowerCut();
    const bool altered = world.Table()->FindColumn("v") == nullptr;
    EXPECT_EQ(world.Table()->version.value, altered ? 2u : 1u);
    EXPECT_THAT(world.Rows(), ElementsAre(altered ? "a/1=" : "a/1=x"));
    if (ended) {
      EXPECT_TRUE(altered);
    }
    ++(altered ? after : before);
    ASSERT_LT(nth, 100);
  }
  EXPECT_GT(before, 1);
  EXPECT_GT(after, 0);
}

// A catalogue that is not that of the data: a start on it would remove what it
// does not know.
TEST(TableChanges, LostOrOlderCatalogueIsRefusedAndNoFileRemoved) {
  World world;
  MemFileSystem& fs = world.harness.fs();
  const std::vector<std::string> paths = {"/node/metadata/catalogue",
                                          "/node/metadata/catalogue.copy"};
  ASSERT_TRUE(world.registry->CreateKeyspace("test", false).ok());
  const std::string older = fs.ReadFile(paths[0]).value();
  world.MakeTable();
  ASSERT_TRUE(world.harness.Write(world.On("a").Put(1, "file", 10)).ok());
  ASSERT_TRUE(world.harness.Flush(world.Table()->id).ok());
  const std::string directory =
      "/data/" + std::to_string(world.Table()->id.value);
  const auto files = fs.List(directory).value();
  ASSERT_THAT(files, SizeIs(1));
  const std::string latest = fs.ReadFile(paths[0]).value();
  ASSERT_TRUE(world.harness.Stop().ok());
  for (const bool removed : {true, false}) {
    SCOPED_TRACE(removed ? "removed" : "older");
    for (const std::string& path : paths) {
      if (removed) {
        ASSERT_TRUE(fs.Remove(path).ok());
      } else {
        fs.WriteFile(path, older);
      }
    }
    for (int start = 0; start < 2; ++start) {
      const absl::Status status = world.OpenEngine();
      EXPECT_TRUE(absl::IsDataLoss(status)) << status;
      EXPECT_THAT(std::string(status.message()),
                  HasSubstr("metadata/catalogue"));
    }
    EXPECT_EQ(fs.List(directory).value(), files);
  }
  for (const std::string& path : paths) fs.WriteFile(path, latest);
  world.Open();
  EXPECT_THAT(world.Rows(), ElementsAre("a/1=file"));
}

TEST(TableChanges, LostStorageIsRefusedAndNotMadeAnew) {
  World world;
  world.MakeTable();
  ASSERT_TRUE(world.harness.Write(world.On("a").Put(1, "file", 10)).ok());
  ASSERT_TRUE(world.harness.Stop(/*drain=*/true).ok());
  MemFileSystem& fs = world.harness.fs();
  const std::string table = "/data/" + std::to_string(world.Table()->id.value);
  std::vector<std::pair<std::string, std::string>> kept;
  for (const std::string& directory : {table, std::string("/data")}) {
    const std::vector<std::string> names = fs.List(directory).value();
    for (const std::string& name : names) {
      const std::string path = directory + "/" + name;
      if (path == table) continue;
      kept.emplace_back(path, fs.ReadFile(path).value());
      ASSERT_TRUE(fs.Remove(path).ok());
    }
    ASSERT_TRUE(fs.RemoveDirectory(directory).ok());
  }
  for (int start = 0; start < 2; ++start) {
    const absl::Status status = world.OpenEngine();
    EXPECT_TRUE(absl::IsDataLoss(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("/data has no"));
  }
  ASSERT_TRUE(fs.CreateDirectory(table).ok());
  for (const auto& [path, bytes] : kept) fs.WriteFile(path, bytes);
  world.Open();
  EXPECT_THAT(world.Rows(), ElementsAre("a/1=file"));
}

// Out of file descriptors: nothing was written, and everybody knows.
TEST(TableChanges, ChangeThatCannotBeginChangesNothing) {
  World world;
  world.MakeTable();
  world.harness.fs().FailNext(FileOp::kOpen, kMetadata, 1,
                              absl::ResourceExhaustedError("EMFILE"), true);
  EXPECT_TRUE(absl::IsResourceExhausted(
      world.registry->AlterTable("test", "t1", DropV).status()));
  EXPECT_NE(world.Table(), nullptr);
  world.harness.fs().ClearFaults();
  EXPECT_TRUE(world.registry->CreateKeyspace("more", false).ok());
}

// The disk fails once, or for a while, somewhere in a change. Whatever comes of
// that, a write that is acknowledged afterwards is there after a crash.
TEST(TableChanges, FailedChangeLosesNoLaterWrite) {
  const std::vector<absl::Status (*)(World*)> changes = {
      [](World* world) {
        return world->registry->TruncateTable("test", "t1").status();
      },
      [](World* world) {
        return world->registry->AlterTable("test", "t1", DropV).status();
      },
      [](World* world) {
        return world->registry->DropTable("test", "t1", false).status();
      }};
  int unknown = 0, refused = 0;
  for (size_t change = 0; change < changes.size(); ++change) {
    for (int fault = 2; fault < 40; ++fault) {
      const int nth = fault / 2;
      const bool sticky = fault % 2 == 1, power_cut = fault % 4 < 2;
      SCOPED_TRACE(testing::Message() << "change " << change << ", fault at "
                                      << nth << (sticky ? " and on" : ""));
      World world;
      world.MakeTable();
      world.harness.fs().FailNext(FileOp::kAnyChange, kMetadata, nth,
                                  absl::DataLossError("EIO"), sticky);
      const absl::Status status = changes[change](&world);
      world.harness.fs().ClearFaults();
      unknown += status.code() == absl::StatusCode::kUnknown;
      refused += !status.ok();
      const auto table = world.Table();
      if (table != nullptr && table->FindColumn("v") != nullptr) {
        ASSERT_TRUE(
            world.harness.Write(world.On("a").Put(3, "later", 50)).ok());
      }
      // The next change is taken, unless nobody knows what came of this one.
      EXPECT_EQ(world.registry->CreateKeyspace("more", false).ok(),
                status.code() != absl::StatusCode::kUnknown);
      const bool written = table != nullptr && table->columns.size() == 4;
      power_cut ? world.PowerCut() : world.Crash();
      if (!written) continue;
      ASSERT_NE(world.Table(), nullptr);
      EXPECT_THAT(world.Rows(), ElementsAre("a/3=later"));
    }
  }
  EXPECT_GE(unknown, 3);
  EXPECT_GT(refused, unknown);
}

TEST(TableChanges, RefusedAlterationChangesNothing) {
  World world;
  world.MakeTable();
  const auto before = world.Table();
  EXPECT_TRUE(absl::IsAborted(world.registry
                                  ->AlterTable("test", "t1",
                                               [](Schema* schema) {
                                                 schema->columns.clear();
                                                 return absl::AbortedError(
                                                     "no");
                                               })
                                  .status()));
  EXPECT_TRUE(
      absl::IsInvalidArgument(world.registry
                                  ->AlterTable("test", "t1",
                                               [](Schema* schema) {
                                                 schema->columns[3].name = "s";
                                                 return absl::OkStatus();
                                               })
                                  .status()));
  EXPECT_TRUE(absl::IsNotFound(
      world.registry->AlterTable("test", "none", DropV).status()));
  EXPECT_EQ(world.Table(), before);
  EXPECT_EQ(world.harness.engine().FindTable(before->id), before);
}

TEST(TableChanges, TruncatedAndAlteredTableComesBackWithItsHistory) {
  World world;
  world.MakeTable();
  ASSERT_TRUE(world.registry->AlterTable("test", "t1", DropV).ok());
  ASSERT_TRUE(world.registry->TruncateTable("test", "t1").ok());
  world.PowerCut();
  EXPECT_EQ(world.Table()->handle, TableHandle{1});
  EXPECT_EQ(world.Table()->id, TableId{2});
  EXPECT_EQ(world.Table()->version, SchemaVersion{3});
  EXPECT_THAT(world.Table()->dropped, ElementsAre(ColumnId{4}));
  EXPECT_EQ(world.registry->catalogue()->Find(TableHandle{1}), world.Table());
}

// a/1 in a file, a/2 in the log.
void FillTable(World* world) {
  world->MakeTable();
  ASSERT_TRUE(world->harness.Write(world->On("a").Put(1, "file", 10)).ok());
  ASSERT_TRUE(world->harness.Flush(world->Table()->id).ok());
  ASSERT_TRUE(world->harness.Write(world->On("a").Put(2, "log", 10)).ok());
}

TEST(TableChanges, DroppedTableComesBackFromItsSnapshot) {
  World world;
  FillTable(&world);
  ASSERT_TRUE(
      world.registry
          ->AlterTable("test", "t1",
                       [](Schema* schema) { return DropColumn("s", schema); })
          .ok());
  ASSERT_TRUE(world.Drop().ok());
  EXPECT_EQ(world.Table(), nullptr);
  const auto snapshots = world.Snapshots();
  ASSERT_EQ(snapshots.size(), 1u);
  EXPECT_EQ(
      snapshots.front(),
      "dropped-test.t1-" + std::to_string(world.harness.clock().WallSeconds()));
  world.PowerCut();
  ASSERT_TRUE(world.Restore(snapshots.front()).ok());
  EXPECT_THAT(world.Rows(), ElementsAre("a/1=file", "a/2=log"));
  EXPECT_GT(world.Table()->handle.value, 1u);
  EXPECT_THAT(world.Table()->dropped, ElementsAre(kStaticColumn));
  EXPECT_TRUE(absl::IsAlreadyExists(world.Restore(snapshots.front())));
  world.PowerCut();
  EXPECT_THAT(world.Rows(), ElementsAre("a/1=file", "a/2=log"));
}

TEST(TableChanges, PowerCutInADropLosesNoRow) {
  int there = 0, kept = 0, ended = 0;
  for (int nth = 1; ended < 4; ++nth) {
    SCOPED_TRACE(testing::Message() << "change of the disk " << nth);
    World world;
    FillTable(&world);
    world.harness.fs().FailNext(FileOp::kAnyChange, "", nth,
                                absl::DataLossError("dead"), true);
    const bool done = world.Drop().ok();
    ended += done;
    world.PowerCut();
    const auto snapshots = world.Snapshots();
    if (world.Table() == nullptr) {
      ++kept;
      ASSERT_EQ(snapshots.size(), 1u);
      ASSERT_TRUE(world.Restore(snapshots.front()).ok());
    } else {
      ++there;
      EXPECT_FALSE(done);
    }
    EXPECT_THAT(world.Rows(), ElementsAre("a/1=file", "a/2=log"));
    ASSERT_LT(nth, 200);
  }
  EXPECT_GT(there, 5);
  EXPECT_GT(kept, 1);
}

TEST(TableChanges, PowerCutInARestoreLeavesTheTableWholeOrNone) {
  bool ended = false;
  int none = 0, whole = 0;
  for (int nth = 1; !ended; ++nth) {
    SCOPED_TRACE(testing::Message() << "change of the disk " << nth);
    World world;
    FillTable(&world);
    ASSERT_TRUE(world.Drop().ok());
    const std::string name = world.Snapshots().front();
    world.harness.fs().FailNext(FileOp::kAnyChange, "", nth,
                                absl::DataLossError("dead"), true);
    ended = world.Restore(name).ok();
    world.PowerCut();
    if (world.Table() == nullptr) {
      ++none;
      EXPECT_FALSE(ended);
      ASSERT_TRUE(world.Restore(name).ok());
    } else {
      ++whole;
    }
    EXPECT_THAT(world.Rows(), ElementsAre("a/1=file", "a/2=log"));
    ASSERT_LT(nth, 100);
  }
  EXPECT_GT(none, 5);
  EXPECT_GT(whole, 0);
}

TEST(TableChanges, TableThatCanNotBeKeptIsNotDropped) {
  World world;
  FillTable(&world);
  world.harness.fs().FailNext(FileOp::kLink, "", 1,
                              absl::ResourceExhaustedError("no space"));
  EXPECT_TRUE(absl::IsResourceExhausted(world.Drop()));
  EXPECT_THAT(world.Rows(), ElementsAre("a/1=file", "a/2=log"));
  EXPECT_TRUE(world.Snapshots().empty());
  EXPECT_TRUE(world.Drop().ok());
}

ColumnType PointType(const std::string& keyspace,
                     std::vector<std::string> fields) {
  auto arguments = std::make_shared<TypeArguments>();
  arguments->keyspace = keyspace;
  arguments->name = "point";
  arguments->types.resize(fields.size(), {TypeKind::kText});
  arguments->field_names = std::move(fields);
  return {TypeKind::kUserType, false, std::move(arguments)};
}

// Of a table with a column of list<frozen<point(x, y)>>; the table is dropped.
class SnapshotOfTypedTable {
 public:
  SnapshotOfTypedTable() {
    EXPECT_TRUE(world.registry->CreateKeyspace("test", false).ok());
    EXPECT_TRUE(world.registry->CreateKeyspace("more", false).ok());
    const ColumnType point = PointType("test", {"x", "y"});
    EXPECT_TRUE(world.registry->CreateType(point, false).ok());
    Schema schema = *TestSchema(1);
    schema.columns.push_back({.name = "points", .type = ListOf(Frozen(point))});
    EXPECT_TRUE(world.registry->CreateTable(schema, false).ok());
    EXPECT_TRUE(world.harness.Write(world.On("a").Put(1, "x", 10)).ok());
    EXPECT_TRUE(world.Drop().ok());
    name = world.Snapshots().front();
  }
  // The type inside the restored column.
  const ColumnType& Restored(const std::string& keyspace) {
    table = world.registry->catalogue()->Find(keyspace, "t1");
    return table->columns.back().type.arguments->types[0];
  }

  World world;
  std::string name;
  std::shared_ptr<const Schema> table;
};

TEST(TableChanges, RestoredTableTakesItsTypeAsItHasGrown) {
  SnapshotOfTypedTable typed;
  ASSERT_TRUE(typed.world.registry
                  ->AlterType("test", "point",
                              [](TypeArguments* arguments) {
                                arguments->types.push_back({TypeKind::kInt});
                                arguments->field_names.push_back("z");
                                return absl::OkStatus();
                              })
                  .ok());
  const absl::Status status = typed.world.Restore(typed.name);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(typed.Restored("test").arguments->field_names.size(), 3u);
  EXPECT_TRUE(typed.Restored("test").frozen);
  EXPECT_THAT(typed.world.Rows(), ElementsAre("a/1=x"));
  // Later changes of the type reach it.
  ASSERT_TRUE(typed.world.registry
                  ->AlterType("test", "point",
                              [](TypeArguments* arguments) {
                                arguments->field_names[0] = "xx";
                                return absl::OkStatus();
                              })
                  .ok());
  EXPECT_EQ(typed.Restored("test").arguments->field_names[0], "xx");
}

TEST(TableChanges, RestoredTableTakesTheTypeOfItsNewKeyspace) {
  SnapshotOfTypedTable typed;
  EXPECT_TRUE(
      absl::IsFailedPrecondition(typed.world.Restore(typed.name, "more")));
  ASSERT_TRUE(
      typed.world.registry->CreateType(PointType("more", {"x", "y"}), false)
          .ok());
  const absl::Status status = typed.world.Restore(typed.name, "more");
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(typed.Restored("more").arguments->keyspace, "more");
  EXPECT_FALSE(typed.world.registry->DropType("more", "point", false).ok());
}

TEST(TableChanges, TypeThatIsAnotherIsNoTypeOfTheSnapshot) {
  for (const std::vector<std::string>& fields :
       {std::vector<std::string>{"y", "x"}, {"x"}, {"x", "yy", "y"}}) {
    SnapshotOfTypedTable typed;
    ASSERT_TRUE(typed.world.registry->DropType("test", "point", false).ok());
    EXPECT_TRUE(absl::IsFailedPrecondition(typed.world.Restore(typed.name)));
    ASSERT_TRUE(
        typed.world.registry->CreateType(PointType("test", fields), false)
            .ok());
    const absl::Status status = typed.world.Restore(typed.name);
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
    EXPECT_EQ(typed.world.Table(), nullptr);
  }
}

TEST(TableChanges, TableWithAMissingFileIsDroppedAndRestored) {
  World world;
  FillTable(&world);
  const auto file = world.harness.engine().SSTables(world.Table()->id).front();
  ASSERT_TRUE(world.harness.fs().Remove(file.path).ok());
  // While it is open nobody but the drop needs its name.
  EXPECT_TRUE(absl::IsDataLoss(world.Drop()));
  world.Crash();
  ASSERT_TRUE(world.Drop().ok());
  ASSERT_TRUE(world.Restore(world.Snapshots().front()).ok());
  EXPECT_TRUE(
      absl::IsDataLoss(world.harness.ReadKey(world.Table()->id, "a").status()));
}

TEST(TableChanges, TableThatWasMadeMeanwhileIsNotDropped) {
  World world;
  FillTable(&world);
  TableSnapshots::Flushed other = TestSchema(99);
  EXPECT_FALSE(world.registry
                   ->DropTable("test", "t1", false,
                               [&](const Schema& table) {
                                 return world.snapshots()
                                     .TakeBefore("dropped", table, other)
                                     .status();
                               })
                   .ok());
  EXPECT_NE(world.Table(), nullptr);
}

}  // namespace
}  // namespace rowan
