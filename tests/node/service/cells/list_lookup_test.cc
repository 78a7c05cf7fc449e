// SPDX-License-Identifier: Apache-2.0
#include "node/service/cells/list_lookup.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rowan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr ColumnId kList{3};

// Cells of column `kList` with these values at paths a, b, c, ..., between
// cells of other columns.
Row RowOf(const std::vector<std::string_view>& values) {
  static constexpr std::string_view kPaths = "abcdefgh";
  Row row;
  row.cells.push_back({.column = ColumnId{2}, .value = "x"});
  for (size_t i = 0; i < values.size(); ++i) {
    row.cells.push_back(
        {.column = kList, .value = values[i], .path = kPaths.substr(i, 1)});
  }
  row.cells.push_back({.column = ColumnId{4}, .value = "x", .path = "z"});
  return row;
}

TEST(ListLookup, FindsPathsByIndexAndByValue) {
  ListLookup lookup;
  EXPECT_TRUE(lookup.empty());
  lookup.AskIndex("r", kList, 2);
  lookup.AskIndex("r", kList, 0);
  lookup.AskEqual("r", kList, "x");
  EXPECT_FALSE(lookup.empty());
  lookup.Take("other", RowOf({"x"}));
  lookup.Take("r", RowOf({"x", "y", "x"}));
  lookup.EndRead();
  EXPECT_EQ(*lookup.PathAt("r", kList, 0), "a");
  EXPECT_EQ(*lookup.PathAt("r", kList, 2), "c");
  EXPECT_THAT(*lookup.TakeEqual("r", kList), ElementsAre("a", "c"));
  EXPECT_THAT(*lookup.TakeEqual("r", kList), IsEmpty());
}

TEST(ListLookup, ARowThatComesAgainCountsOnce) {
  ListLookup lookup;
  lookup.AskIndex("", kList, 3);
  lookup.AskEqual("", kList, "x");
  for (int i = 0; i < 3; ++i) lookup.Take("", RowOf({"x", "y"}));
  lookup.EndRead();
  EXPECT_TRUE(absl::IsOutOfRange(lookup.PathAt("", kList, 3).status()));
  EXPECT_THAT(*lookup.TakeEqual("", kList), ElementsAre("a"));
}

TEST(ListLookup, AListThatNoRowShowedIsEmpty) {
  ListLookup lookup;
  lookup.AskIndex("r", kList, 0);
  lookup.AskEqual("r", kList, "x");
  lookup.EndRead();
  const absl::Status status = lookup.PathAt("r", kList, 0).status();
  EXPECT_EQ(status.message(),
            "the list has 0 elements, none at index 0; nothing was written");
  EXPECT_THAT(*lookup.TakeEqual("r", kList), IsEmpty());
}

TEST(ListLookup, RemovesAsManyAsItsLimitAndNoMore) {
  for (const size_t more : {0, 1}) {
    ListLookup lookup;
    lookup.AskEqual("r", kList, "x");
    lookup.Take("r", RowOf({}));
    lookup.AskEqual("s", kList, "x");
    Row row;
    row.cells.resize(kListRemovalsMax + more,
                     {.column = kList, .value = "x", .path = "p"});
    lookup.Take("s", row);
    lookup.EndRead();
    EXPECT_EQ(lookup.TakeEqual("s", kList).ok(), more == 0);
    EXPECT_EQ(lookup.TakeEqual("r", kList).ok(), more == 0);
  }
}

}  // namespace
}  // namespace rowan
