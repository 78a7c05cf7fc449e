// SPDX-License-Identifier: Apache-2.0
#include "storage/base/text/edit_distance.h"

#include "gtest/gtest.h"

namespace rowan {
namespace {

TEST(EditDistance, CountsLettersChangedAddedAndDropped) {
  EXPECT_EQ(EditDistance("", ""), 0u);
  EXPECT_EQ(EditDistance("text", "text"), 0u);
  EXPECT_EQ(EditDistance("", "int"), 3u);
  EXPECT_EQ(EditDistance("int", ""), 3u);
  EXPECT_EQ(EditDistance("text", "test"), 1u);
  EXPECT_EQ(EditDistance("text", "ext"), 1u);
  EXPECT_EQ(EditDistance("txt", "text"), 1u);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
}

}  // namespace
}  // namespace rowan
