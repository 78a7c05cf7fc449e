// SPDX-License-Identifier: Apache-2.0
// Schemas that change under writes, flushes and merges: dropped columns vanish
// for good, new ones lose nothing, options take effect.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "storage/model/schema_change.h"
#include "storage/sstable/sstable.h"
#include "tests/lib/engine_harness.h"

namespace rowan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr TableId kTable{1};
constexpr ColumnId kNote{5};
constexpr ColumnId kNewNote{6};

class AlterTableTest : public ::testing::Test {
 protected:
  AlterTableTest() {
    TableOptions options;
    options.partition_prefix_length = 0;
    schema_ = std::make_shared<Schema>(*TestSchema(1, options));
    schema_->columns.push_back(
        {kNote, "note", {TypeKind::kText}, ColumnRole::kRegular});
  }
  void Open() {
    world_.tables = {schema_};
    ASSERT_TRUE(world_.Open().ok());
  }
  // The next version, with `change` applied to it.
  template <typename Change>
  absl::Status Alter(Change change) {
    auto next = std::make_shared<Schema>(*schema_);
    ++next->version.value;
    change(next.get());
    EXPECT_TRUE(next->Validate().ok()) << next->Validate();
    const absl::Status status = world_.engine().AlterTable(next);
    if (status.ok()) world_.tables = {schema_ = next};
    return status;
  }
  void Drop(ColumnId column) {
    ASSERT_TRUE(Alter([column](Schema* next) {
                  const std::string name = next->FindColumn(column)->name;
                  ASSERT_TRUE(DropColumn(name, next).ok());
                }).ok());
  }
  void AddNewNote() {
    ASSERT_TRUE(
        Alter([](Schema* next) {
          next->columns.push_back(
              {kNewNote, "note", {TypeKind::kText}, ColumnRole::kRegular});
        }).ok());
  }
  TestMutation On(std::string_view key) { return {schema_, key}; }
  void Write(const TestMutation& mutation) {
    ASSERT_TRUE(world_.Write(mutation).ok());
  }
  std::vector<std::string> Rows() { return world_.Scan(kTable).value(); }
  uint64_t CellsInFiles() {
    uint64_t cells = 0;
    for (const auto& file : world_.engine().SSTables(kTable)) {
      cells += file.statistics.cells;
    }
    return cells;
  }
  // A file is being written.
  bool Writing() {
    const auto names = world_.fs().List("/data/1").value();
    return std::any_of(names.begin(), names.end(), [](const auto& name) {
      return name.find(".tmp") != std::string::npos;
    });
  }
  // Rows of 16 KiB in `column`: more than one step of a flush or merge.
  void WriteMuch(ColumnId column, int64_t timestamp) {
    const std::string big(16 << 10, 'x');
    for (int64_t row = 0; row < 100; ++row) {
      Write(On("big").Set(row, column, big, timestamp));
    }
  }

  std::shared_ptr<Schema> schema_;
  EngineHarness world_;
};

TEST_F(AlterTableTest, DroppedColumnIsSeenNowhere) {
  Open();
  Write(On("a").Put(1, "v", 10).Set(1, kNote, "-note", 10));
  Write(On("a").Set(2, kNote, "only a note", 10));
  Write(On("b").PutStatic("s", 10).Set(1, kNote, "only a note", 10));
  EXPECT_THAT(Rows(),
              testing::UnorderedElementsAre("a/1=v-note", "a/2=only a note",
                                            "b/1=only a note[s]"));
  Drop(kNote);
  const auto rest = testing::UnorderedElementsAre("a/1=v", "b[s]");
  EXPECT_THAT(Rows(), rest);
  world_.Crash();
  ASSERT_TRUE(world_.Open().ok());  // replayed
  EXPECT_THAT(Rows(), rest);
  ASSERT_TRUE(world_.Flush(kTable).ok());
  EXPECT_THAT(Rows(), rest);
  EXPECT_EQ(CellsInFiles(), 2u);
  Drop(kStaticColumn);
  EXPECT_THAT(Rows(), ElementsAre("a/1=v"));
  ASSERT_TRUE(world_.Compact(kTable).ok());
  EXPECT_THAT(Rows(), ElementsAre("a/1=v"));
  EXPECT_EQ(CellsInFiles(), 1u);
}

TEST_F(AlterTableTest, DroppedColumnIsHiddenInFilesAndGoneAfterAMerge) {
  Open();
  Write(On("a").Put(1, "v", 10).Set(1, kNote, "-note", 10));
  Write(On("a").Set(2, kNote, "only a note", 10));
  ASSERT_TRUE(world_.Flush(kTable).ok());
  Drop(kNote);
  EXPECT_THAT(Rows(), ElementsAre("a/1=v"));
  EXPECT_EQ(CellsInFiles(), 3u);
  ASSERT_TRUE(world_.Compact(kTable).ok());
  EXPECT_EQ(CellsInFiles(), 1u);
  EXPECT_THAT(Rows(), ElementsAre("a/1=v"));
}

TEST_F(AlterTableTest, OldValuesDoNotComeBackWithTheName) {
  Open();
  Write(On("a").Put(1, "v", 10).Set(1, kNote, "-old", 99));
  ASSERT_TRUE(world_.Flush(kTable).ok());
  Write(On("a").Put(2, "w", 10).Set(2, kNote, "-old", 99));
  Drop(kNote);
  AddNewNote();
  EXPECT_THAT(Rows(), ElementsAre("a/1=v", "a/2=w"));
  Write(On("a").Set(2, kNewNote, "-new", 11));
  const auto rows = ElementsAre("a/1=v", "a/2=w-new");
  EXPECT_THAT(Rows(), rows);
  world_.Crash();
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_THAT(Rows(), rows);
  ASSERT_TRUE(world_.Compact(kTable).ok());
  EXPECT_THAT(Rows(), rows);
}

TEST_F(AlterTableTest, WriteOnItsWayIntoADroppedColumnIsTakenAndNotSeen) {
  Open();
  Write(On("a").Put(1, "v", 10));
  world_.fs().HoldAsync(true, "/log");
  const TestMutation late = On("a").Set(1, kNote, "-late", 20);
  absl::Status answer = absl::UnknownError("none yet");
  world_.engine().Write(late.mutation(),
                        [&](absl::Status status) { answer = status; });
  Drop(kNote);
  world_.fs().HoldAsync(false);
  world_.fs().ReleaseAll();
  world_.executor().RunUntilIdle();
  EXPECT_TRUE(answer.ok()) << answer;
  EXPECT_THAT(Rows(), ElementsAre("a/1=v"));
}

TEST_F(AlterTableTest, FlushAndMergeUnderWayGoOn) {
  Open();
  WriteMuch(kNote, 10);
  bool flushed = false;
  world_.engine().Flush(kTable, std::nullopt, [&](absl::Status status) {
    EXPECT_TRUE(status.ok()) << status;
    flushed = true;
  });
  ASSERT_TRUE(world_.executor().RunUntil([&] { return Writing(); }));
  Drop(kNote);
  AddNewNote();
  Write(On("a").Set(1, kNewNote, "new", 10));
  ASSERT_TRUE(world_.executor().RunUntil([&] { return flushed; }));
  EXPECT_THAT(Rows(), ElementsAre("a/1=new"));

  bool merged = false;
  WriteMuch(kNewNote, 10);
  world_.engine().Compact(kTable, std::nullopt, [&](absl::Status status) {
    EXPECT_TRUE(status.ok()) << status;
    merged = true;
  });
  ASSERT_TRUE(world_.executor().RunUntil(
      [&] { return world_.engine().SSTables(kTable).size() == 2; }));
  ASSERT_TRUE(world_.executor().RunUntil([&] { return Writing(); }));
  Drop(kNewNote);
  ASSERT_TRUE(world_.executor().RunUntil([&] { return merged; }));
  EXPECT_THAT(Rows(), IsEmpty());
  ASSERT_TRUE(world_.Compact(kTable).ok());
  EXPECT_EQ(CellsInFiles(), 0u);
}

// A node that crashed before its catalogue was durable, or a step that took its
// version too early: what isn't known is not thrown away.
TEST_F(AlterTableTest, ColumnsOfALaterVersionAreKept) {
  Open();
  Drop(kNote);
  Write(On("a").Put(1, "v", 10).Set(1, kNewNote, "-later", 10));
  ASSERT_TRUE(world_.Flush(kTable).ok());
  ASSERT_TRUE(world_.Compact(kTable).ok());
  AddNewNote();
  EXPECT_THAT(Rows(), ElementsAre("a/1=v-later"));
}

TEST_F(AlterTableTest, OptionsTakeEffect) {
  schema_->options.compaction_scaling = 32;
  Open();
  for (int64_t row = 0; row < 3; ++row) {
    Write(On("a").Put(row, "v", 10));
    ASSERT_TRUE(world_.Flush(kTable).ok());
  }
  world_.executor().RunUntilIdle();
  ASSERT_EQ(world_.engine().SSTables(kTable).size(), 3u);
  ASSERT_TRUE(Alter([](Schema* next) {
                next->options.compaction_scaling = 0;
                next->options.compression = Compression::kLz4;
              }).ok());
  world_.executor().RunUntilIdle();
  const auto files = world_.engine().SSTables(kTable);
  ASSERT_EQ(files.size(), 1u);
  const auto file = SSTable::Open(&world_.fs(), files[0].path);
  EXPECT_EQ((*file)->schema().options.compression, Compression::kLz4);
  EXPECT_EQ((*file)->schema().version, schema_->version);
}

TEST_F(AlterTableTest, ShorterGraceTakesEffectAtOnce) {
  schema_->options.tombstone_grace_s = std::numeric_limits<uint32_t>::max();
  Open();
  Write(On("a").DeleteRow(1, {10, 100}));
  ASSERT_TRUE(world_.Flush(kTable).ok());
  world_.executor().RunUntilIdle();
  ASSERT_EQ(world_.engine().SSTables(kTable).size(), 1u);
  ASSERT_TRUE(
      Alter([](Schema* next) { next->options.tombstone_grace_s = 0; }).ok());
  world_.executor().RunUntilIdle();
  EXPECT_EQ(world_.engine().SSTables(kTable).size(), 0u);
}

TEST_F(AlterTableTest, WhatCanNotBeChangedIsRefused) {
  Open();
  EXPECT_TRUE(absl::IsInvalidArgument(
      Alter([](Schema* next) { next->options.partition_prefix_length = 3; })));
  EXPECT_TRUE(absl::IsFailedPrecondition(
      Alter([](Schema* next) { --next->version.value; })));
  EXPECT_TRUE(
      absl::IsNotFound(Alter([](Schema* next) { next->id = TableId{9}; })));
  EXPECT_EQ(world_.engine().FindTable(kTable)->version, SchemaVersion{1});
}

}  // namespace
}  // namespace rowan
