// SPDX-License-Identifier: Apache-2.0
#include "storage/memtable/range_deletions.h"

#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace rowan {
namespace {

std::string Show(const std::vector<RangeTombstone>& tombstones) {
  std::vector<RangeTombstone> copy = tombstones;
  RangeDeletions ranges;
  ranges.Assign(&copy);
  std::string shown;
  for (size_t i = 0; i < ranges.size(); ++i) {
    const DeletionTime& above = ranges[i].above;
    shown += std::string(ranges[i].position) +
             (above.none() ? "-" : std::to_string(above.timestamp)) + " ";
  }
  return shown;
}

TEST(RangeDeletions, NothingGivesNothing) { EXPECT_EQ(Show({}), ""); }

TEST(RangeDeletions, OneRangeGivesStartAndEnd) {
  EXPECT_EQ(Show({{"b", "d", {7, 0}}}), "b7 d- ");
}

TEST(RangeDeletions, NewerRangeCutsAnOlderOne) {
  EXPECT_EQ(Show({{"b", "f", {7, 0}}, {"c", "d", {9, 0}}}), "b7 c9 d7 f- ");
}

TEST(RangeDeletions, OlderRangeInsideANewerOneVanishes) {
  EXPECT_EQ(Show({{"c", "d", {5, 0}}, {"b", "f", {7, 0}}}), "b7 f- ");
}

TEST(RangeDeletions, EqualNeighboursAreFused) {
  EXPECT_EQ(Show({{"b", "d", {7, 0}}, {"d", "f", {7, 0}}}), "b7 f- ");
}

TEST(RangeDeletions, DifferentNeighboursShareOneChange) {
  EXPECT_EQ(Show({{"b", "d", {7, 0}}, {"d", "f", {8, 0}}}), "b7 d8 f- ");
}

TEST(RangeDeletions, EmptyRangeDeletesNothing) {
  EXPECT_EQ(Show({{"b", "b", {7, 0}}, {"d", "c", {8, 0}}}), "");
}

class RangeDeletionsRandom : public ::testing::TestWithParam<uint32_t> {};

TEST_P(RangeDeletionsRandom, AgreesWithAskingEveryTombstone) {
  std::mt19937 random(GetParam());
  std::vector<std::string> places;
  for (char c = 'a'; c <= 'z'; ++c) places.emplace_back(1, c);
  std::vector<RangeTombstone> tombstones;
  for (int i = random() % 20; i > 0; --i) {
    const size_t start = random() % 25;
    const size_t end = start + 1 + random() % (25 - start);
    tombstones.push_back({places[start],
                          places[end],
                          {int64_t(random() % 6), uint32_t(random() % 2)}});
  }
  std::vector<RangeTombstone> copy = tombstones;
  RangeDeletions ranges;
  ranges.Assign(&copy);
  for (size_t i = 0; i + 1 < places.size(); ++i) {
    DeletionTime expected;  // between this place and the next
    for (const RangeTombstone& tombstone : tombstones) {
      if (tombstone.start <= places[i] && places[i] < tombstone.end) {
        expected = Newer(expected, tombstone.deletion);
      }
    }
    EXPECT_EQ(ranges.Below(ranges.LowerBound(places[i + 1])), expected)
        << "above " << places[i];
  }
  for (size_t i = 0; i < ranges.size(); ++i) {
    EXPECT_NE(ranges.Below(i), ranges[i].above);
    if (i > 0) {
      EXPECT_LT(ranges[i - 1].position, ranges[i].position);
    }
  }
  EXPECT_TRUE(ranges.Below(ranges.size()).none());
}

INSTANTIATE_TEST_SUITE_P(Seeds, RangeDeletionsRandom,
                         ::testing::Range(1u, 200u));

}  // namespace
}  // namespace rowan
