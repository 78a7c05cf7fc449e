// SPDX-License-Identifier: Apache-2.0
#include "node/metadata/catalogue.h"

#include <memory>
#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace rowan {
namespace {

std::shared_ptr<const Schema> TableNamed(Catalogue* catalogue,
                                         const std::string& keyspace,
                                         const std::string& name) {
  auto schema = std::make_shared<Schema>();
  schema->id = catalogue->TakeTableId();
  schema->handle = TableHandle{schema->id.value};
  schema->version = SchemaVersion{1};
  schema->keyspace = keyspace;
  schema->table = name;
  schema->columns.push_back({.id = ColumnId{1},
                             .name = "pk",
                             .type = {TypeKind::kText},
                             .role = ColumnRole::kPartitionKey});
  return schema;
}

Catalogue Sample() {
  Catalogue catalogue;
  catalogue.AddKeyspace("a");
  catalogue.AddKeyspace("ab");
  catalogue.AddTable(TableNamed(&catalogue, "a", "t"));
  catalogue.AddTable(TableNamed(&catalogue, "a", "u"));
  catalogue.AddTable(TableNamed(&catalogue, "ab", "t"));
  return catalogue;
}

TEST(Catalogue, FindsTablesByNameAndByHandle) {
  const Catalogue catalogue = Sample();
  ASSERT_NE(catalogue.Find("ab", "t"), nullptr);
  EXPECT_EQ(catalogue.FindByFullName("ab.t"), catalogue.Find("ab", "t"));
  EXPECT_EQ(catalogue.Find(TableHandle{3}), catalogue.Find("ab", "t"));
  EXPECT_EQ(catalogue.Find("a", "none"), nullptr);
  EXPECT_EQ(catalogue.TablesIn("a"), 2u);
  EXPECT_EQ(catalogue.TablesIn("ab"), 1u);
}

TEST(Catalogue, IdsAreNotUsedAgainAfterADrop) {
  Catalogue catalogue = Sample();
  catalogue.RemoveTable(*catalogue.Find("ab", "t"));
  EXPECT_EQ(catalogue.Find(TableHandle{3}), nullptr);
  Catalogue back = *Catalogue::Decode(catalogue.Encode());
  EXPECT_EQ(back.TakeTableId(), TableId{4});
}

TEST(Catalogue, ReadsBackWhatItWrote) {
  const Catalogue catalogue = Sample();
  const auto back = Catalogue::Decode(catalogue.Encode());
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->Encode(), catalogue.Encode());
  EXPECT_EQ(back->keyspaces(), catalogue.keyspaces());
  EXPECT_EQ(back->tables().size(), 3u);
}

TEST(Catalogue, TableWithNewDataKeepsItsHandle) {
  Catalogue catalogue = Sample();
  auto emptied = std::make_shared<Schema>(*catalogue.Find("ab", "t"));
  emptied->id = catalogue.TakeTableId();
  catalogue.AddTable(emptied);
  const Catalogue back = *Catalogue::Decode(catalogue.Encode());
  ASSERT_NE(back.Find(TableHandle{3}), nullptr);
  EXPECT_EQ(back.Find(TableHandle{3})->id, TableId{4});
  EXPECT_EQ(back.Find(TableHandle{4}), nullptr);
  EXPECT_EQ(back.tables().size(), 3u);
}

TEST(Catalogue, IdsAndHandlesOfTwoTablesAreRefused) {
  const auto with_change = [](auto change) {
    Catalogue catalogue = Sample();
    auto changed = std::make_shared<Schema>(*catalogue.Find("ab", "t"));
    change(changed.get());
    catalogue.AddTable(changed);
    return Catalogue::Decode(catalogue.Encode()).status();
  };
  EXPECT_TRUE(with_change([](Schema*) {}).ok());
  EXPECT_TRUE(absl::IsDataLoss(
      with_change([](Schema* schema) { schema->id = TableId{1}; })));
  EXPECT_TRUE(absl::IsDataLoss(
      with_change([](Schema* schema) { schema->handle = TableHandle{1}; })));
  EXPECT_TRUE(absl::IsDataLoss(
      with_change([](Schema* schema) { schema->handle = TableHandle{9}; })));
}

ColumnType TypeNamed(const std::string& name, ColumnType field) {
  return {TypeKind::kUserType, false,
          std::make_shared<const TypeArguments>(
              TypeArguments{.types = {std::move(field)},
                            .keyspace = "a",
                            .name = name,
                            .field_names = {"f"}})};
}

TEST(Catalogue, UserTypesComeBackAndWithoutThemItIsAsBefore) {
  Catalogue catalogue = Sample();
  const std::string without = catalogue.Encode();
  const ColumnType inner = TypeNamed("x", {TypeKind::kInt});
  catalogue.AddType(TypeNamed("y", Frozen(inner)));
  catalogue.AddType(inner);
  const std::string bytes = catalogue.Encode();
  EXPECT_EQ(bytes.substr(0, without.size()), without);
  const auto back = Catalogue::Decode(bytes);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->types(), catalogue.types());
  EXPECT_EQ(back->TypesIn("a").size(), 2u);
  EXPECT_TRUE(back->TypesIn("ab").empty());
  ASSERT_NE(back->FindType("a", "x"), nullptr);
  EXPECT_EQ(*back->FindType("a", "x"), inner);
  Catalogue dropped = *back;
  dropped.RemoveType("a", "x");
  dropped.RemoveType("a", "y");
  EXPECT_EQ(dropped.Encode(), without);
}

TEST(Catalogue, HostileBytesAreRefusedOrRead) {
  Catalogue catalogue = Sample();
  catalogue.AddType(TypeNamed("x", {TypeKind::kInt}));
  const size_t whole_without = Sample().Encode().size();
  const std::string good = catalogue.Encode();
  for (size_t i = 0; i < good.size(); ++i) {
    EXPECT_EQ(Catalogue::Decode(good.substr(0, i)).ok(), i == whole_without)
        << i;
    for (const int bit : {0, 3, 7}) {
      std::string flipped = good;
      flipped[i] = static_cast<char>(flipped[i] ^ (1 << bit));
      Catalogue::Decode(flipped).status().IgnoreError();
    }
  }
}

TEST(Catalogue, NamesAreShortLowerCaseWords) {
  for (const char* good : {"a", "metrics", "a_1", "z9"}) {
    EXPECT_TRUE(Catalogue::ValidName(good)) << good;
  }
  for (const char* bad : {"", "A", "1a", "_a", "a-b", "a.b", "a b"}) {
    EXPECT_FALSE(Catalogue::ValidName(bad)) << bad;
  }
  EXPECT_TRUE(Catalogue::ValidName(std::string(48, 'a')));
  EXPECT_FALSE(Catalogue::ValidName(std::string(49, 'a')));
}

}  // namespace
}  // namespace rowan
