// SPDX-License-Identifier: Apache-2.0
#include "storage/base/ids.h"

#include <type_traits>

#include "absl/container/flat_hash_set.h"
#include "gtest/gtest.h"

namespace rowan {
namespace {

TEST(Ids, OrderAndHashFollowTheNumber) {
  EXPECT_LT(FileId{1}, FileId{2});
  EXPECT_EQ(FileId{}, FileId{0});
  absl::flat_hash_set<TableId> tables = {TableId{1}, TableId{2}, TableId{1}};
  EXPECT_EQ(tables.size(), 2u);
}

TEST(Ids, KindsDoNotMix) {
  static_assert(!std::is_convertible_v<TableId, ColumnId>);
  static_assert(!std::is_convertible_v<TableId, uint32_t>);
  static_assert(!std::is_same_v<FileId, LogPosition>);
}

}  // namespace
}  // namespace rowan
