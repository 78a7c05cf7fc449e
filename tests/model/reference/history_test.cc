// SPDX-License-Identifier: Apache-2.0
// The model's own rules, each by hand: who checks must not be wrong alone.
#include "tests/model/reference/history.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "absl/strings/str_cat.h"

namespace rowan {
namespace {

constexpr uint32_t kMade = 1000;

struct Made {
  int64_t timestamp;
  const char* parts;
};

class HistoryTest : public testing::Test {
 protected:
  void Write(std::initializer_list<Made> writes) {
    for (const Made& made : writes) {
      const auto operation =
          ParseOperation(shape_, absl::StrCat("write key=0 ", made.parts));
      ASSERT_TRUE(operation.ok()) << operation.status();
      history_.Add(operation->writes[0], made.timestamp, kMade);
    }
  }

  // Rows as "0: m 0=b 1/2=a", a column by its number; "?" behind what a reader
  // may miss; the static row as "s: ...".
  std::string Look(uint32_t now_s = kMade, uint32_t clock_s = kMade) const {
    const SeenWideRow seen = history_.Look(0, now_s, clock_s);
    std::string text;
    if (seen.fixed) text += "s:" + Text(*seen.fixed) + "; ";
    for (const SeenRow& row : seen.rows) {
      absl::StrAppend(&text, row.name.components[0], ":", Text(row), "; ");
    }
    return text;
  }

  const TableShape shape_ =
      ParseShape("table clustering=int:desc statics=p regulars=p,e").value();
  History history_{&shape_};

 private:
  static std::string Text(const SeenRow& row) {
    std::string text;
    if (row.marker) text += row.marker_must ? " m" : " m?";
    for (const SeenCell& cell : row.cells) {
      absl::StrAppend(&text, " ", cell.column.number);
      if (cell.path >= 0) absl::StrAppend(&text, "/", cell.path);
      absl::StrAppend(&text, "=", cell.seen.value, cell.must ? "" : "?");
    }
    return text;
  }
};

TEST_F(HistoryTest, NewerWinsAndTiesGoToTheLargerBytes) {
  Write({{2, "set:0:r0=1"},
         {1, "set:0:r0=3"},
         {5, "set:1:r0=1"},
         {5, "set:1:r0=3"}});
  EXPECT_EQ(Look(), "1: 0=b; 0: 0=a; ");
}

TEST_F(HistoryTest, TombstoneThenExpiringThenPlainAtOneTimestamp) {
  Write({{5, "set:0:r0=3"}, {5, "set:0:r0=1+9"}});
  EXPECT_EQ(Look(), "0: 0=a; ");
  Write({{5, "unset:0:r0"}});
  EXPECT_EQ(Look(), "");
}

TEST_F(HistoryTest, DeletionsHideAtOrBelowTheirTimestamp) {
  Write({{5, "set:0:r0=1 set:1:r0=1 set:2:r0=1 mark:3"},
         {6, "set:0:r0=3 set:1:r0=3 set:2:r0=3 mark:3"},
         {5, "gone:0"},
         {6, "gone:1"},
         {6, "gone:[2..1)"}});
  EXPECT_EQ(Look(), "3: m; 0: 0=b; ");
  Write({{6, "gone"}});
  EXPECT_EQ(Look(), "");
}

// The clustering column descends: from 3 down to 2.
TEST_F(HistoryTest, RangesGoByTableOrder) {
  Write({{5, "mark:0 mark:1 mark:2 mark:3"}, {5, "gone:[3..2]"}});
  EXPECT_EQ(Look(), "1: m; 0: m; ");
  Write({{5, "gone:[0..1]"}});
  EXPECT_EQ(Look(), "1: m; 0: m; ");
}

TEST_F(HistoryTest, StaticRowGoesWithTheWideRowOnly) {
  Write({{5, "set:s:s0=1"}, {9, "gone:[-..-]"}});
  EXPECT_EQ(Look(), "s: 0=a; ");
  Write({{5, "gone"}});
  EXPECT_EQ(Look(), "");
}

TEST_F(HistoryTest, ColumnDeletionHidesItsElementsUpToIt) {
  Write({{5, "set:0:r1/0=1 set:0:r1/1=1 set:0:r0=1"},
         {6, "over:0:r1 set:0:r1/1=3"}});
  EXPECT_EQ(Look(), "0: 0=a 1/1=b; ");
  Write({{6, "clear:0:r1"}});
  EXPECT_EQ(Look(), "0: 0=a; ");
}

TEST_F(HistoryTest, RowLivesByItsMarkerOrItsCells) {
  Write({{5, "mark:0 set:1:r0=1+10 mark:1+5"}, {6, "unset:0:r0"}});
  EXPECT_EQ(Look(kMade + 4, kMade + 4), "1: m 0=a; 0: m; ");
  EXPECT_EQ(Look(kMade + 5, kMade + 5), "1: 0=a; 0: m; ");
  EXPECT_EQ(Look(kMade + 10, kMade + 10), "0: m; ");
}

TEST_F(HistoryTest, WhatExpiredSinceTheReadBeganMayBeMissed) {
  Write({{5, "set:0:r0=1+10 mark:0"}});
  EXPECT_EQ(Look(kMade, kMade + 10), "0: m 0=a?; ");
}

TEST_F(HistoryTest, ShorterOfTwoExpiringMayHaveBecomeATombstone) {
  Write({{5, "set:0:r0=1+10"}, {5, "set:0:r0=3+5"}});
  EXPECT_EQ(Look(kMade + 4, kMade + 4), "0: 0=a; ");
  EXPECT_EQ(Look(kMade + 5, kMade + 5), "0: 0=a?; ");
}

}  // namespace
}  // namespace rowan
