// SPDX-License-Identifier: Apache-2.0
#include "storage/manifest/manifest_state.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/storage/manifest/sample_edits.h"

namespace rowan {
namespace {

using ::testing::ElementsAre;

constexpr TableId kTable{7};
constexpr PartitionId kPart{2, 1};

class ManifestStateTest : public ::testing::Test {
 protected:
  ManifestStateTest() { EXPECT_TRUE(ApplyEdit(SampleEdit(), &state_).ok()); }
  absl::Status Apply(const ManifestEdit::PartitionEdit& part) {
    ManifestEdit edit;
    edit.partitions.push_back(part);
    return ApplyEdit(edit, &state_);
  }
  // Expects kDataLoss, and the state as it was.
  void ExpectMisfit(const ManifestEdit& edit) {
    const ManifestState before = state_;
    EXPECT_TRUE(absl::IsDataLoss(ApplyEdit(edit, &state_)));
    EXPECT_EQ(state_, before);
  }
  std::vector<uint64_t> Files() {
    std::vector<uint64_t> ids;
    for (const auto& file : state_.tables[kTable].partitions[kPart].files) {
      ids.push_back(file.file.value);
    }
    return ids;
  }

  ManifestState state_;
};

TEST_F(ManifestStateTest, EditAddsUpToItsParts) {
  ManifestState expected;
  expected.tables[kTable].created_at = LogPosition{4096};
  expected.tables[kTable].partitions[kPart] = {{{FileId{5}, 0, 1000}},
                                               LogPosition{8192}};
  expected.next_file = FileId{6};
  EXPECT_EQ(state_, expected);
}

TEST_F(ManifestStateTest, FlushesAppendAndMergesTakeThePlaceOfTheirInput) {
  ASSERT_TRUE(Apply({kTable, kPart, {{FileId{6}, 0, 1}}}).ok());
  ASSERT_TRUE(Apply({kTable, kPart, {{FileId{7}, 0, 1}}}).ok());
  EXPECT_THAT(Files(), ElementsAre(5, 6, 7));
  ASSERT_TRUE(Apply({kTable,
                     kPart,
                     {{FileId{8}, 1, 1}, {FileId{9}, 1, 1}},
                     {FileId{6}, FileId{5}}})
                  .ok());
  EXPECT_THAT(Files(), ElementsAre(8, 9, 7));
  EXPECT_EQ(state_.next_file, FileId{10});
}

TEST_F(ManifestStateTest, FileMayChangeItsLevelInOneEdit) {
  ASSERT_TRUE(Apply({kTable, kPart, {{FileId{5}, 3, 1000}}, {FileId{5}}}).ok());
  EXPECT_EQ(state_.tables[kTable].partitions[kPart].files[0].level, 3u);
}

TEST_F(ManifestStateTest, WhatDoesNotFitChangesNothing) {
  ManifestEdit good_then_bad;
  good_then_bad.partitions = {{kTable, kPart, {{FileId{6}, 0, 1}}},
                              {kTable, kPart, {}, {FileId{99}}}};
  ExpectMisfit(good_then_bad);
  ExpectMisfit({.partitions = {{kTable, kPart, {{FileId{5}, 0, 1}}}}});
  ExpectMisfit({.partitions = {{TableId{8}, kPart, {{FileId{6}, 0, 1}}}}});
  ExpectMisfit({.partitions = {{kTable, kPart, {}, {}, LogPosition{8191}}}});
  ExpectMisfit({.tables_created = {{kTable, LogPosition{1}}}});
  ExpectMisfit({.tables_dropped = {TableId{8}}});
  ExpectMisfit({.next_file = FileId{5}});
}

TEST_F(ManifestStateTest, TruncateRaisesThePositionOfAKnownTable) {
  ASSERT_TRUE(
      ApplyEdit({.tables_created = {{kTable, LogPosition{5000}}}}, &state_)
          .ok());
  EXPECT_EQ(state_.tables[kTable].created_at, LogPosition{5000});
  EXPECT_THAT(Files(), ElementsAre(5));
}

TEST_F(ManifestStateTest, LossStaysUntilItIsAcceptedOrTruncated) {
  ManifestEdit loss;
  loss.partitions = {{kTable, kPart}};
  loss.partitions[0].lost = "segment 7";
  const auto lost = [&] {
    return state_.tables[kTable].partitions[kPart].lost;
  };
  for (const ManifestEdit& end :
       {ManifestEdit{.losses_accepted_to = LogPosition{9000}},
        ManifestEdit{.tables_created = {{kTable, LogPosition{9000}}}}}) {
    ASSERT_TRUE(ApplyEdit(loss, &state_).ok());
    ASSERT_TRUE(Apply({kTable, kPart, {}, {}, LogPosition{8300}}).ok());
    EXPECT_EQ(lost(), "segment 7");
    ASSERT_TRUE(ApplyEdit(end, &state_).ok());
    EXPECT_EQ(lost(), "");
  }
  EXPECT_EQ(state_.losses_accepted_to, LogPosition{9000});
}

TEST_F(ManifestStateTest, DropTakesEverythingOfTheTable) {
  ASSERT_TRUE(ApplyEdit({.tables_dropped = {kTable}}, &state_).ok());
  EXPECT_TRUE(state_.tables.empty());
  EXPECT_EQ(state_.next_file, FileId{6});
}

TEST_F(ManifestStateTest, SnapshotMakesTheSameStateFromNothing) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    SCOPED_TRACE(seed);
    SimRandom random(seed);
    ManifestState state;
    for (int i = 0; i < 40; ++i) {
      ASSERT_TRUE(ApplyEdit(RandomEdit(state, &random), &state).ok());
    }
    ManifestState copy;
    ASSERT_TRUE(ApplyEdit(SnapshotOf(state), &copy).ok());
    EXPECT_EQ(copy, state);
  }
}

}  // namespace
}  // namespace rowan
