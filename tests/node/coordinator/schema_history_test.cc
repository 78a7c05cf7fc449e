// SPDX-License-Identifier: Apache-2.0
// What SchemaRegistry leaves in the catalogue's history.
#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "node/coordinator/schema_registry.h"
#include "node/metadata/local_metadata_store.h"
#include "tests/lib/mem_file_system.h"
#include "tests/lib/memory_engine.h"
#include "tests/lib/sim_clock.h"

namespace rowan {
namespace {

constexpr char kDirectory[] = "/backup/catalogue";

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

class SchemaHistoryTest : public testing::Test {
 protected:
  SchemaHistoryTest() {
    fs_.WriteFile("/backup/README", "");
    Restart();
  }
  void Restart() {
    store_ = *LocalMetadataStore::Open(&fs_, "/m");
    registry_ = *SchemaRegistry::Open(store_.get());
    registry_->set_engine(&engine_);
    registry_->set_history(&history_);
  }
  std::vector<CatalogueVersion> Recorded() {
    const auto read = CatalogueHistory::Read(&fs_, kDirectory);
    EXPECT_TRUE(read.ok()) << read.status();
    return read.value_or(std::vector<CatalogueVersion>());
  }

  MemFileSystem fs_;
  SimClock clock_;
  MemoryEngine engine_;
  CatalogueHistory history_{&fs_, kDirectory, &clock_,
                            [] { return LogPosition{77}; }};
  std::unique_ptr<MetadataStore> store_;
  std::unique_ptr<SchemaRegistry> registry_;
};

TEST_F(SchemaHistoryTest, HoldsEveryVersion) {
  ASSERT_TRUE(registry_->CreateKeyspace("ks", false).ok());
  const auto change = registry_->CreateTable(TableNamed("t"), false);
  ASSERT_TRUE(change.ok());
  const auto recorded = Recorded();
  ASSERT_EQ(recorded.size(), change->catalogue_version);
  for (size_t i = 0; i < recorded.size(); ++i) {
    EXPECT_EQ(recorded[i].version, i + 1);
    EXPECT_EQ(recorded[i].position, LogPosition{77});
    EXPECT_EQ(recorded[i].restored_table, TableId());
  }
  const auto last = Catalogue::Decode(recorded.back().catalogue);
  ASSERT_TRUE(last.ok()) << last.status();
  EXPECT_NE(last->FindByFullName("ks.t"), nullptr);
}

TEST_F(SchemaHistoryTest, RefusesWhatItCantHold) {
  fs_.FailNext(FileOp::kAnyChange, "/backup", 1,
               absl::ResourceExhaustedError("no space"), /*sticky=*/true);
  EXPECT_EQ(registry_->CreateKeyspace("ks", false).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_FALSE(registry_->catalogue()->HasKeyspace("ks"));
  fs_.ClearFaults();
  EXPECT_EQ(registry_->CreateKeyspace("ks", false)->catalogue_version, 1u);
}

TEST_F(SchemaHistoryTest, ForgetsWhatWasNotStored) {
  fs_.FailNext(FileOp::kWrite, "/m/catalogue", 1,
               absl::ResourceExhaustedError("no space"));
  EXPECT_FALSE(registry_->CreateKeyspace("ks", false).ok());
  EXPECT_TRUE(Recorded().empty());
  // A death between the two.
  ASSERT_TRUE(history_.Record(1, TableId(), "never stored").ok());
  Restart();
  EXPECT_TRUE(Recorded().empty());
}

TEST_F(SchemaHistoryTest, MarksTheVersionThatMadeATableFromASnapshot) {
  ASSERT_TRUE(registry_->CreateKeyspace("ks", false).ok());
  ASSERT_TRUE(registry_->CreateTable(TableNamed("t"), false).ok());
  Schema kept = TableNamed("u");
  for (uint32_t i = 0; i < 2; ++i) kept.columns[i].id = ColumnId{i + 1};
  const auto restored = registry_->RestoreTable(kept, "/none", {});
  ASSERT_TRUE(restored.ok()) << restored.status();
  ASSERT_TRUE(registry_->CreateTable(TableNamed("v"), false).ok());
  for (const CatalogueVersion& version : Recorded()) {
    const bool made_it = version.version == restored->catalogue_version;
    EXPECT_EQ(version.restored_table,
              made_it ? restored->table->id : TableId());
  }
}

}  // namespace
}  // namespace rowan
