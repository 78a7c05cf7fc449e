// SPDX-License-Identifier: Apache-2.0
#include "node/coordinator/schema_registry.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "node/coordinator/known_tables.h"
#include "node/metadata/local_metadata_store.h"
#include "tests/lib/mem_file_system.h"
#include "tests/lib/memory_engine.h"

namespace rowan {
namespace {

Schema TableNamed(const std::string& name) {
  Schema schema;
  schema.keyspace = "ks";
  schema.table = name;
  schema.columns.push_back({.name = "p",
                            .type = {TypeKind::kText},
                            .role = ColumnRole::kPartitionKey});
  schema.columns.push_back({.name = "v", .type = {TypeKind::kInt}});
  return schema;
}

class SchemaRegistryTest : public testing::Test {
 protected:
  SchemaRegistryTest() { Restart(); }
  // A new process on the same files, with the engine that the old one had.
  void Restart() {
    store_ = *LocalMetadataStore::Open(&fs_, "m");
    auto registry = SchemaRegistry::Open(store_.get());
    ASSERT_TRUE(registry.ok()) << registry.status();
    registry_ = *std::move(registry);
    registry_->set_engine(&engine_);
  }

  TableId NextId() { return *KnownTablesOf(*registry_->catalogue()).next; }

  MemFileSystem fs_;
  MemoryEngine engine_;
  std::unique_ptr<MetadataStore> store_;
  std::unique_ptr<SchemaRegistry> registry_;
};

TEST_F(SchemaRegistryTest, CatalogueSurvivesARestart) {
  ASSERT_TRUE(registry_->CreateKeyspace("ks", false).ok());
  const auto created = registry_->CreateTable(TableNamed("t"), false);
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->catalogue_version, 3u);  // the id, then the table
  Restart();
  const auto table = registry_->catalogue()->FindByFullName("ks.t");
  ASSERT_NE(table, nullptr);
  EXPECT_EQ(table->id, created->table->id);
  EXPECT_EQ(table->columns[1].id, ColumnId{2});
  EXPECT_EQ(registry_->Tables().size(), 1u);
}

TEST_F(SchemaRegistryTest, KeyspacesAreTakenUpToTheirLimit) {
  Catalogue full;
  for (size_t i = 1; i < SchemaRegistry::kKeyspacesMax; ++i) {
    full.AddKeyspace("k" + std::to_string(i));
  }
  ASSERT_TRUE(store_->Cas("catalogue", 0, full.Encode()).ok());
  Restart();
  EXPECT_TRUE(registry_->CreateKeyspace("last", false).ok());
  EXPECT_EQ(registry_->CreateKeyspace("more", false).status().code(),
            absl::StatusCode::kResourceExhausted);
}

TEST_F(SchemaRegistryTest, TableIsInTheEngineWhenItIsPublished) {
  ASSERT_TRUE(registry_->CreateKeyspace("ks", false).ok());
  const auto created = registry_->CreateTable(TableNamed("t"), false);
  ASSERT_TRUE(created.ok());
  EXPECT_NE(engine_.FindTable(created->table->id), nullptr);
  ASSERT_TRUE(registry_->DropTable("ks", "t", false).ok());
  EXPECT_EQ(engine_.FindTable(created->table->id), nullptr);
}

TEST_F(SchemaRegistryTest, FailedStoreLeavesNoTableBehind) {
  ASSERT_TRUE(registry_->CreateKeyspace("ks", false).ok());
  const uint32_t first = NextId().value;
  // Either file of the catalogue with the id, and of the one with the table.
  for (int nth = 1; nth <= 4; ++nth) {
    fs_.FailNext(FileOp::kWrite, "catalogue", nth,
                 absl::ResourceExhaustedError("no space"));
    EXPECT_FALSE(registry_->CreateTable(TableNamed("t"), false).ok());
    EXPECT_EQ(registry_->catalogue()->FindByFullName("ks.t"), nullptr);
    for (uint32_t id = first; id < first + 5; ++id) {
      EXPECT_EQ(engine_.FindTable(TableId{id}), nullptr);
    }
    fs_.ClearFaults();
  }
  EXPECT_TRUE(registry_->CreateTable(TableNamed("t"), false).ok());
}

// What an engine holds from next_table_id on, is of a later catalogue.
TEST_F(SchemaRegistryTest, IdIsGivenOutDurablyBeforeTheEngineHasTheTable) {
  ASSERT_TRUE(registry_->CreateKeyspace("ks", false).ok());
  ASSERT_TRUE(registry_->CreateTable(TableNamed("t"), false).ok());
  const std::vector<std::function<absl::Status()>> changes = {
      [&] { return registry_->CreateTable(TableNamed("u"), false).status(); },
      [&] { return registry_->TruncateTable("ks", "t").status(); }};
  for (const auto& change : changes) {
    const TableId next = NextId();
    // The catalogue with the table is not written any more.
    fs_.FailNext(FileOp::kWrite, "catalogue", 3, absl::DataLossError("dead"),
                 /*sticky=*/true);
    EXPECT_FALSE(change().ok());
    fs_.ClearFaults();
    ASSERT_TRUE(fs_.SyncDirectory(".").ok());
    fs_.PowerCut();
    Restart();
    EXPECT_GT(NextId(), next);
  }
}

TEST_F(SchemaRegistryTest, ChangeThatTheDiskTookInTheEndIsDone) {
  fs_.FailNext(FileOp::kSyncDirectory, "m", 1, absl::DataLossError("EIO"));
  const auto change = registry_->CreateKeyspace("ks", false);
  ASSERT_TRUE(change.ok()) << change.status();
  EXPECT_EQ(change->catalogue_version, 1u);
  EXPECT_EQ(registry_->CreateTable(TableNamed("t"), false)->catalogue_version,
            3u);
  ASSERT_TRUE(fs_.SyncDirectory(".").ok());
  fs_.PowerCut();
  Restart();
  EXPECT_NE(registry_->catalogue()->FindByFullName("ks.t"), nullptr);
}

TEST_F(SchemaRegistryTest, FullDiskRefusesChangesAndStopsNone) {
  ASSERT_TRUE(registry_->CreateKeyspace("ks", false).ok());
  fs_.FailNext(FileOp::kWrite, "catalogue", 1,
               absl::ResourceExhaustedError("no space"), /*sticky=*/true);
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(absl::IsResourceExhausted(
        registry_->CreateTable(TableNamed("t"), false).status()));
  }
  fs_.ClearFaults();
  EXPECT_TRUE(registry_->CreateTable(TableNamed("t"), false).ok());
}

TEST_F(SchemaRegistryTest, NoChangeIsTakenAfterOneOfUnknownOutcome) {
  ASSERT_TRUE(registry_->CreateKeyspace("ks", false).ok());
  ASSERT_TRUE(registry_->CreateTable(TableNamed("t"), false).ok());
  ASSERT_TRUE(registry_->CreateTable(TableNamed("u"), false).ok());
  fs_.FailNext(FileOp::kSyncDirectory, "m", 1, absl::DataLossError("EIO"),
               /*sticky=*/true);
  const absl::Status unknown = registry_->DropTable("ks", "t", false).status();
  EXPECT_EQ(unknown.code(), absl::StatusCode::kUnknown) << unknown;
  fs_.ClearFaults();
  EXPECT_TRUE(absl::IsFailedPrecondition(
      registry_->CreateTable(TableNamed("v"), false).status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(
      registry_->DropTable("ks", "u", false).status()));
  EXPECT_EQ(engine_.FindTable(TableId{3}), nullptr);
  // Whether it was dropped is open; the other one is where it was.
  const auto catalogue = registry_->catalogue();
  EXPECT_EQ(catalogue->FindByFullName("ks.t"), nullptr);
  EXPECT_TRUE(catalogue->Withheld("ks.t"));
  EXPECT_TRUE(catalogue->Withheld(TableHandle{1}));
  EXPECT_NE(catalogue->FindByFullName("ks.u"), nullptr);
  EXPECT_FALSE(catalogue->Withheld("ks.u"));
  EXPECT_FALSE(catalogue->Withheld("ks.v"));
  EXPECT_NE(engine_.FindTable(TableId{1}), nullptr);
  Restart();
  EXPECT_TRUE(registry_->CreateTable(TableNamed("v"), false).ok());
}

TEST_F(SchemaRegistryTest, TableThatMayHaveBeenMadeIsWithheldUntilTheStart) {
  ASSERT_TRUE(registry_->CreateKeyspace("ks", false).ok());
  fs_.FailNext(FileOp::kSyncDirectory, "m", 2, absl::DataLossError("EIO"),
               /*sticky=*/true);
  EXPECT_FALSE(registry_->CreateTable(TableNamed("t"), false).ok());
  const auto catalogue = registry_->catalogue();
  EXPECT_EQ(catalogue->FindByFullName("ks.t"), nullptr);
  EXPECT_TRUE(catalogue->Withheld("ks.t"));
  EXPECT_TRUE(catalogue->Withheld(TableHandle{1}));
  fs_.ClearFaults();
  Restart();
  EXPECT_FALSE(registry_->catalogue()->Withheld("ks.t"));
}

TEST_F(SchemaRegistryTest, AlterationThatChangesNothingMakesNoVersion) {
  ASSERT_TRUE(registry_->CreateKeyspace("ks", false).ok());
  ASSERT_TRUE(registry_->CreateTable(TableNamed("t"), false).ok());
  const auto before = registry_->catalogue();
  const auto altered = registry_->AlterTable("ks", "t", [](Schema* schema) {
    schema->columns[1].name = std::string("v");
    return absl::OkStatus();
  });
  ASSERT_TRUE(altered.ok()) << altered.status();
  EXPECT_FALSE(altered->changed);
  EXPECT_EQ(altered->catalogue_version, 3u);
  EXPECT_EQ(altered->table, before->FindByFullName("ks.t"));
  EXPECT_EQ(registry_->catalogue(), before);
}

TEST_F(SchemaRegistryTest, ReadersOfAnOldCatalogueKeepIt) {
  ASSERT_TRUE(registry_->CreateKeyspace("ks", false).ok());
  ASSERT_TRUE(registry_->CreateTable(TableNamed("t"), false).ok());
  const auto before = registry_->catalogue();
  ASSERT_TRUE(registry_->DropTable("ks", "t", false).ok());
  EXPECT_NE(before->FindByFullName("ks.t"), nullptr);
  EXPECT_EQ(registry_->catalogue()->FindByFullName("ks.t"), nullptr);
}

TEST_F(SchemaRegistryTest, DamagedCatalogueIsAnError) {
  ASSERT_TRUE(registry_->CreateKeyspace("ks", false).ok());
  fs_.Corrupt("m/catalogue", 30, "x");
  fs_.Corrupt("m/catalogue.copy", 30, "x");
  store_ = *LocalMetadataStore::Open(&fs_, "m");  // as the next start does
  EXPECT_TRUE(absl::IsDataLoss(SchemaRegistry::Open(store_.get()).status()));
}

}  // namespace
}  // namespace rowan
