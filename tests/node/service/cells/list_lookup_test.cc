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

Column ListColumn(ColumnType element = {TypeKind::kText}) {
  return {kList, "l", ListOf(std::move(element)), ColumnRole::kRegular};
}

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
  lookup.AskEqual("r", ListColumn(), "x");
  EXPECT_FALSE(lookup.empty());
  lookup.Take("other", RowOf({"x"}));
  lookup.Take("r", RowOf({"x", "y", "x"}));
  lookup.EndRead();
  EXPECT_EQ(*lookup.PathAt("r", kList, 0), "a");
  EXPECT_EQ(*lookup.PathAt("r", kList, 2), "c");
  EXPECT_THAT(*lookup.TakeEqual("r", kList), ElementsAre("a", "c"));
  EXPECT_THAT(*lookup.TakeEqual("r", kList), IsEmpty());
}

// Elements that were stored before nulls at the end were left out.
TEST(ListLookup, ElementsWithNullsAtTheEndAreEqualToThoseWithout) {
  const ColumnType pair = TupleOf({{TypeKind::kInt}, {TypeKind::kInt}});
  const std::string short_form("\0\0\0\4\0\0\0\1", 8);
  const std::string with_null = short_form + "\xff\xff\xff\xff";
  const std::string other = short_form + std::string("\0\0\0\4\0\0\0\0", 8);
  ListLookup lookup;
  lookup.AskEqual("r", ListColumn(pair), short_form);
  lookup.Take("r", RowOf({with_null, other, short_form}));
  lookup.EndRead();
  EXPECT_THAT(*lookup.TakeEqual("r", kList), ElementsAre("a", "c"));
  const std::string deep_short("\0\0\0\1\0\0\0\x8", 8);
  const std::string deep_null("\0\0\0\1\0\0\0\xc", 8);
  ListLookup deep;
  deep.AskEqual("r", ListColumn(Frozen(SetOf(pair))), deep_short + short_form);
  deep.Take("r", RowOf({deep_null + with_null}));
  deep.EndRead();
  EXPECT_THAT(*deep.TakeEqual("r", kList), ElementsAre("a"));
}

TEST(ListLookup, ARowThatComesAgainCountsOnce) {
  ListLookup lookup;
  lookup.AskIndex("", kList, 3);
  lookup.AskEqual("", ListColumn(), "x");
  for (int i = 0; i < 3; ++i) lookup.Take("", RowOf({"x", "y"}));
  lookup.EndRead();
  EXPECT_TRUE(absl::IsOutOfRange(lookup.PathAt("", kList, 3).status()));
  EXPECT_THAT(*lookup.TakeEqual("", kList), ElementsAre("a"));
}

TEST(ListLookup, AListThatNoRowShowedIsEmpty) {
  ListLookup lookup;
  lookup.AskIndex("r", kList, 0);
  lookup.AskEqual("r", ListColumn(), "x");
  lookup.EndRead();
  const absl::Status status = lookup.PathAt("r", kList, 0).status();
  EXPECT_EQ(status.message(),
            "the list has 0 elements, none at index 0; nothing was written");
  EXPECT_THAT(*lookup.TakeEqual("r", kList), IsEmpty());
}

TEST(ListLookup, RemovesAsManyAsItsLimitAndNoMore) {
  for (const size_t more : {0, 1}) {
    ListLookup lookup;
    lookup.AskEqual("r", ListColumn(), "x");
    lookup.Take("r", RowOf({}));
    lookup.AskEqual("s", ListColumn(), "x");
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
