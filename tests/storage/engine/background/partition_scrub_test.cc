// SPDX-License-Identifier: Apache-2.0
// A scrub that an operator asked for: what it keeps, what it tells, and what
// reads answer then.
#include "storage/engine/background/partition_scrub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/lib/engine_harness.h"

namespace rowan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr TableId kTable{1};
constexpr int kKeys = 60;
constexpr uint64_t kInData = 20'000;

class PartitionScrubTest : public ::testing::Test {
 protected:
  PartitionScrubTest() {
    world_.log_options.segment_bytes = 1 << 20;
    TableOptions options;
    options.partition_prefix_length = 0;
    options.compaction_scaling = 32;  // so few files are never merged
    schema_ = TestSchema(1, options);
    world_.tables = {schema_};
  }
  void SetUp() override { ASSERT_TRUE(world_.Open().ok()); }

  static std::string Key(int i) { return "k" + std::to_string(i); }
  static std::string RowOf(int i) {
    return Key(i) + "/1=" + std::string(1000, 'x');
  }
  void WriteKeys() {
    for (int i = 0; i < kKeys; ++i) {
      TestMutation one(schema_, Key(i));
      ASSERT_TRUE(world_.Write(one.Put(1, std::string(1000, 'x'), 10)).ok());
    }
    ASSERT_TRUE(world_.Flush(kTable).ok());
  }
  // A wide row of thirty rows, four in a block.
  void WriteLarge() {
    TestMutation large(schema_, "large");
    for (int ck = 0; ck < 30; ++ck) large.Put(ck, std::string(2000, 'x'), 10);
    ASSERT_TRUE(world_.Write(large).ok());
    ASSERT_TRUE(world_.Flush(kTable).ok());
  }
  std::vector<SSTableStatus> Files() {
    return world_.engine().SSTables(kTable);
  }
  void Damage(uint64_t at = kInData) {
    world_.fs().Corrupt(Files().front().path, at, "damage");
  }
  TableScrub MustScrub(const ScrubOrder& order = {}) {
    auto scrub = world_.Scrub(kTable, order);
    EXPECT_TRUE(scrub.ok()) << scrub.status();
    return scrub.ok() ? *std::move(scrub) : TableScrub();
  }
  static bool IsLost(const TableScrub& scrub, std::string_view key) {
    for (const ScrubbedFile& file : scrub.scrubbed) {
      for (const SSTableLoss& loss : file.lost) {
        const Token token = TokenOfKey(key);
        if (loss.first <= token && token <= loss.last) return true;
      }
    }
    return false;
  }
  // Each key answers its row, or loss where `scrub` says so. The lost ones.
  int ExpectRowsOrLoss(const TableScrub& scrub) {
    int lost = 0;
    for (int i = 0; i < kKeys; ++i) {
      const auto read = world_.ReadKey(kTable, Key(i));
      if (IsLost(scrub, Key(i))) {
        EXPECT_TRUE(absl::IsDataLoss(read.status())) << Key(i);
        ++lost;
      } else if (read.ok()) {
        EXPECT_THAT(*read, ElementsAre(RowOf(i)));
      } else {
        ADD_FAILURE() << Key(i) << ": " << read.status();
      }
    }
    return lost;
  }
  absl::StatusOr<std::vector<std::string>> ReadRows(int64_t first, int64_t last,
                                                    bool reverse = false) {
    ReadCommand command;
    command.table = kTable;
    command.token = TokenOfKey("large");
    command.partition_key = "large";
    command.slices = {{TestBound(*schema_, first, BoundSide::kBefore),
                       TestBound(*schema_, last, BoundSide::kAfter)}};
    command.reverse = reverse;
    return world_.ReadAll(std::move(command));
  }
  absl::StatusOr<std::vector<std::string>> Quarantine() {
    return world_.fs().List("/data/quarantine");
  }

  std::shared_ptr<const Schema> schema_;
  EngineHarness world_;
};

TEST_F(PartitionScrubTest, OfGoodFilesChangesNothing) {
  WriteKeys();
  const std::string before = Files().front().path;
  const TableScrub scrub = MustScrub();
  EXPECT_EQ(scrub.files, 1u);
  EXPECT_GT(scrub.bytes, 50'000u);
  EXPECT_THAT(scrub.scrubbed, IsEmpty());
  EXPECT_EQ(Files().front().path, before);
}

TEST_F(PartitionScrubTest, ReadsAnswerAllRowsButThoseThatItSaysAreLost) {
  WriteKeys();
  const std::string before = Files().front().path;
  Damage();
  const std::string damaged = *world_.fs().ReadFile(before);
  const TableScrub scrub = MustScrub();
  ASSERT_THAT(scrub.scrubbed, SizeIs(1));
  const ScrubbedFile& file = scrub.scrubbed[0];
  EXPECT_EQ(file.path, before);
  ASSERT_THAT(file.damages, SizeIs(1));
  EXPECT_THAT(file.damages[0], HasSubstr(before + ": block at offset"));
  EXPECT_EQ(file.replaced_by, Files().front().path);
  EXPECT_THAT(file.lost, SizeIs(1));
  const int lost = ExpectRowsOrLoss(scrub);
  EXPECT_GT(lost, 0);
  EXPECT_LT(lost, 10);
  EXPECT_EQ(file.wide_rows + static_cast<uint64_t>(lost), uint64_t{kKeys});
  // The damaged file is kept as it is.
  EXPECT_EQ(file.kept_at, "/data/quarantine/1-1.sst");
  EXPECT_EQ(*world_.fs().ReadFile(file.kept_at), damaged);
  EXPECT_FALSE(*world_.fs().Exists(before));
  EXPECT_TRUE(absl::IsDataLoss(world_.Scan(kTable).status()));
}

TEST_F(PartitionScrubTest, WhatIsLostIsRememberedAndToldAgain) {
  WriteKeys();
  Damage();
  const TableScrub scrub = MustScrub();
  world_.PowerCut();
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_GT(ExpectRowsOrLoss(scrub), 0);
  EXPECT_THAT(*Quarantine(), SizeIs(1));
  const TableScrub again = MustScrub();
  ASSERT_THAT(again.scrubbed, SizeIs(1));
  EXPECT_THAT(again.scrubbed[0].damages, IsEmpty());
  EXPECT_EQ(again.scrubbed[0].lost[0].first, scrub.scrubbed[0].lost[0].first);
  EXPECT_EQ(again.scrubbed[0].replaced_by, "");
}

// What was lost may have been the deletion of what an older file holds.
TEST_F(PartitionScrubTest, ALostDeletionLetsNothingBackUntilItIsAccepted) {
  WriteKeys();
  for (int i = 0; i < kKeys; ++i) {
    TestMutation one(schema_, Key(i));
    ASSERT_TRUE(world_.Write(one.DeleteRow(1, {20, 100})).ok());
  }
  ASSERT_TRUE(world_.Flush(kTable).ok());
  Damage(100);
  const TableScrub scrub = MustScrub();
  int lost = 0;
  for (int i = 0; i < kKeys; ++i) {
    const auto read = world_.ReadKey(kTable, Key(i));
    if (IsLost(scrub, Key(i))) {
      EXPECT_TRUE(absl::IsDataLoss(read.status()));
      ++lost;
    } else {
      EXPECT_THAT(*read, IsEmpty());
    }
  }
  EXPECT_GT(lost, 0);
  // No merge forgets it either.
  EXPECT_TRUE(absl::IsDataLoss(world_.Compact(kTable)));
  MustScrub({.accept_losses = true});
  const auto left = world_.Scan(kTable);
  ASSERT_TRUE(left.ok()) << left.status();
  EXPECT_THAT(*left, SizeIs(lost));
}

TEST_F(PartitionScrubTest, AcceptedLossesAreReadOverAndMerged) {
  WriteKeys();
  Damage();
  const TableScrub scrub = MustScrub();
  const TableScrub accepted = MustScrub({.accept_losses = true});
  ASSERT_THAT(accepted.scrubbed, SizeIs(1));
  EXPECT_TRUE(accepted.scrubbed[0].accepted);
  EXPECT_EQ(accepted.scrubbed[0].lost[0].first,
            scrub.scrubbed[0].lost[0].first);
  // It was not damaged: only the first one is kept.
  EXPECT_THAT(*Quarantine(), SizeIs(1));
  const auto left = world_.Scan(kTable);
  ASSERT_TRUE(left.ok()) << left.status();
  EXPECT_EQ(left->size(), scrub.scrubbed[0].wide_rows);
  EXPECT_TRUE(world_.Compact(kTable).ok());
  EXPECT_THAT(MustScrub().scrubbed, IsEmpty());
}

TEST_F(PartitionScrubTest, InAWideRowOnlyTheLostRowsAreNotAnswered) {
  WriteLarge();
  Damage(12'000);  // the second block: rows 4 to 7
  const TableScrub scrub = MustScrub();
  ASSERT_THAT(scrub.scrubbed, SizeIs(1));
  ASSERT_THAT(scrub.scrubbed[0].lost, SizeIs(1));
  EXPECT_EQ(LossText(*schema_, scrub.scrubbed[0].lost[0]),
            "rows from (3) to below (8) of wide row (large)");
  for (const bool reverse : {false, true}) {
    for (int ck = 0; ck < 30; ++ck) {
      const auto row = ReadRows(ck, ck, reverse);
      const bool lost = ck >= 4 && ck < 8;
      EXPECT_EQ(lost, absl::IsDataLoss(row.status())) << ck;
      if (!lost) {
        EXPECT_THAT(*row, SizeIs(1)) << ck;
      }
    }
    EXPECT_THAT(*ReadRows(0, 3, reverse), SizeIs(4));
    EXPECT_THAT(*ReadRows(8, 29, reverse), SizeIs(22));
    EXPECT_TRUE(absl::IsDataLoss(ReadRows(0, 29, reverse).status()));
  }
  // Newer writes go on and don't fill the gap: older ones may differ.
  TestMutation newer(schema_, "large");
  ASSERT_TRUE(world_.Write(newer.Put(5, "new", 99)).ok());
  EXPECT_TRUE(absl::IsDataLoss(ReadRows(5, 5).status()));
  // A page that ends before the gap answers.
  ReadCommand first;
  first.table = kTable;
  first.token = TokenOfKey("large");
  first.partition_key = "large";
  first.limit = 4;
  EXPECT_THAT(*world_.ReadAll(first), SizeIs(4));
  first.limit = 5;
  EXPECT_TRUE(absl::IsDataLoss(world_.ReadAll(first).status()));
}

TEST_F(PartitionScrubTest, WhatOnlyTheMemoryStillKnowsIsSavedWhole) {
  WriteKeys();
  const uint64_t end = world_.fs().ReadFile(Files().front().path)->size();
  Damage(end - 20);  // the footer, which a running node has read
  const TableScrub scrub = MustScrub();
  ASSERT_THAT(scrub.scrubbed, SizeIs(1));
  EXPECT_THAT(scrub.scrubbed[0].lost, IsEmpty());
  EXPECT_EQ(ExpectRowsOrLoss(scrub), 0);
  world_.Crash();
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_EQ(ExpectRowsOrLoss(scrub), 0);
  EXPECT_TRUE(world_.Scan(kTable).ok());
}

TEST_F(PartitionScrubTest, AFileThatCannotBeOpenedIsLostWhole) {
  WriteKeys();
  const std::string path = Files().front().path;
  const uint64_t end = world_.fs().ReadFile(path)->size();
  world_.Crash();
  world_.fs().Corrupt(path, end - 20, "damage");
  ASSERT_TRUE(world_.Open().ok());
  TableScrub scrub = MustScrub();
  ASSERT_THAT(scrub.scrubbed, SizeIs(1));
  ASSERT_THAT(scrub.scrubbed[0].lost, SizeIs(1));
  EXPECT_EQ(scrub.scrubbed[0].lost[0].first, Token::Min());
  EXPECT_EQ(scrub.scrubbed[0].lost[0].last, Token::Max());
  EXPECT_THAT(*Quarantine(), SizeIs(1));
  EXPECT_EQ(ExpectRowsOrLoss(scrub), kKeys);
  EXPECT_TRUE(absl::IsDataLoss(world_.Scan(kTable).status()));
  world_.Crash();
  ASSERT_TRUE(world_.Open().ok());
  EXPECT_EQ(ExpectRowsOrLoss(scrub), kKeys);
  MustScrub({.accept_losses = true});
  EXPECT_THAT(*world_.Scan(kTable), IsEmpty());
  EXPECT_THAT(Files(), IsEmpty());
}

TEST_F(PartitionScrubTest, AMissingFileLeavesNothingToKeep) {
  WriteKeys();
  const std::string path = Files().front().path;
  world_.Crash();
  ASSERT_TRUE(world_.fs().Remove(path).ok());
  ASSERT_TRUE(world_.Open().ok());
  const TableScrub scrub = MustScrub();
  ASSERT_THAT(scrub.scrubbed, SizeIs(1));
  EXPECT_EQ(scrub.scrubbed[0].kept_at, "");
  EXPECT_EQ(ExpectRowsOrLoss(scrub), kKeys);
}

TEST_F(PartitionScrubTest, ADryRunTellsTheSameAndChangesNothing) {
  WriteKeys();
  WriteLarge();
  Damage(12'000);
  const std::vector<SSTableStatus> before = Files();
  const TableScrub dry = MustScrub({.dry_run = true});
  EXPECT_EQ(Files().front().path, before.front().path);
  EXPECT_FALSE(*world_.fs().Exists("/data/quarantine"));
  ASSERT_THAT(dry.scrubbed, SizeIs(1));
  EXPECT_EQ(dry.scrubbed[0].kept_at, "");
  EXPECT_EQ(dry.scrubbed[0].replaced_by, "");
  const TableScrub real = MustScrub();
  ASSERT_THAT(real.scrubbed, SizeIs(1));
  EXPECT_EQ(dry.scrubbed[0].wide_rows, real.scrubbed[0].wide_rows);
  EXPECT_EQ(dry.scrubbed[0].rows, real.scrubbed[0].rows);
  EXPECT_EQ(dry.scrubbed[0].lost[0].from, real.scrubbed[0].lost[0].from);
}

TEST_F(PartitionScrubTest, WritesAndReadsGoOnMeanwhile) {
  WriteKeys();
  Damage();
  std::optional<TableScrub> done;
  world_.engine().Scrub(kTable, std::nullopt, {},
                        [&](absl::StatusOr<TableScrub> scrub) {
                          ASSERT_TRUE(scrub.ok()) << scrub.status();
                          done = *std::move(scrub);
                        });
  int written = 0;
  while (!done.has_value()) {
    ASSERT_LT(written, 1000);
    world_.executor().RunOne();
    TestMutation one(schema_, "during" + std::to_string(written++));
    ASSERT_TRUE(world_.Write(one.Put(1, "v", 10)).ok());
    if (written % 4 == 0) {
      ASSERT_TRUE(world_.Flush(kTable).ok());
    }
  }
  EXPECT_GT(ExpectRowsOrLoss(*done), 0);
  int lost = 0;
  for (int i = 0; i < written; ++i) {
    const std::string key = "during" + std::to_string(i);
    lost += IsLost(*done, key);
    EXPECT_EQ(IsLost(*done, key),
              absl::IsDataLoss(world_.ReadKey(kTable, key).status()));
  }
  EXPECT_LT(lost, written);
}

// Wherever it dies, the old file is in its place or the new one is, and the
// damaged bytes are there.
TEST_F(PartitionScrubTest, DeathAtAnyChangeLeavesOldOrNew) {
  WriteKeys();
  Damage();
  const std::string path = Files().front().path;
  const std::string damaged = *world_.fs().ReadFile(path);
  ASSERT_TRUE(world_.Stop().ok());
  const MemTree image = world_.fs().Image();
  int died = 0, kept_old = 0;
  for (int nth = 1;; ++nth) {
    SCOPED_TRACE(nth);
    world_.fs().Load(image.Clone());
    ASSERT_TRUE(world_.Open().ok());
    world_.fs().FailNext(FileOp::kAnyChange, "/data", nth,
                         absl::DataLossError("dead"), /*sticky=*/true);
    const auto scrub = world_.Scrub(kTable);
    world_.fs().ClearFaults();
    world_.PowerCut();
    ASSERT_TRUE(world_.Open().ok());
    const bool old = *world_.fs().Exists(path);
    EXPECT_EQ(*world_.fs().ReadFile(old ? path : "/data/quarantine/1-1.sst"),
              damaged);
    const TableScrub again = MustScrub();
    ASSERT_THAT(again.scrubbed, SizeIs(1));
    EXPECT_EQ(again.scrubbed[0].damages.empty(), !old);
    EXPECT_GT(ExpectRowsOrLoss(again), 0);
    kept_old += old;
    if (scrub.ok() && !old) break;
    ++died;
    ASSERT_TRUE(world_.Stop().ok());
  }
  EXPECT_GT(died, 10);
  EXPECT_GT(kept_old, 5);
}

}  // namespace
}  // namespace rowan
