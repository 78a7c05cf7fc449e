// SPDX-License-Identifier: Apache-2.0
#include "storage/memtable/delta_chain.h"

#include <string>

#include "gtest/gtest.h"
#include "tests/lib/row_literals.h"
#include "tests/storage/memtable/test_mutations.h"

namespace rowan {
namespace {

using test::ImageOf;
using test::OneCell;

class DeltaChainTest : public ::testing::Test {
 protected:
  std::string At(WideRowVersion version) {
    std::string_view image;
    EXPECT_TRUE(reader_.Read(chain_.newest(), version, &image).ok());
    return std::string(image);
  }

  MemoryBudget budget_{0};
  Arena arena_{&budget_};
  DeltaChain chain_;
  ChainReader reader_;
};

TEST_F(DeltaChainTest, EmptyChainShowsNothing) { EXPECT_EQ(At(9), ""); }

TEST_F(DeltaChainTest, OlderVersionDoesNotSeeNewerDelta) {
  chain_.Prepend(5, ImageOf(OneCell(1, 10, "a")), &arena_);
  EXPECT_EQ(At(4), "");
  EXPECT_EQ(At(5), ImageOf(OneCell(1, 10, "a")));
}

TEST_F(DeltaChainTest, SingleDeltaIsReadInPlace) {
  chain_.Prepend(1, ImageOf(OneCell(1, 10, "a")), &arena_);
  std::string_view image;
  ASSERT_TRUE(reader_.Read(chain_.newest(), 1, &image).ok());
  EXPECT_EQ(image.data(), chain_.newest()->image().data());
}

TEST_F(DeltaChainTest, MergesColumnsOfSeveralDeltas) {
  chain_.Prepend(1, ImageOf(OneCell(2, 10, "b")), &arena_);
  chain_.Prepend(2, ImageOf(OneCell(1, 11, "a")), &arena_);
  Row both = OneCell(1, 11, "a");
  both.cells.push_back(OneCell(2, 10, "b").cells[0]);
  EXPECT_EQ(At(2), ImageOf(both));
  EXPECT_EQ(At(1), ImageOf(OneCell(2, 10, "b")));
}

TEST_F(DeltaChainTest, TwoDeltasOfOneVersionAreSeenTogether) {
  chain_.Prepend(1, ImageOf(OneCell(1, 10, "old")), &arena_);
  chain_.Prepend(1, ImageOf(OneCell(1, 20, "new")), &arena_);
  EXPECT_EQ(At(1), ImageOf(OneCell(1, 20, "new")));
}

TEST_F(DeltaChainTest, EveryVersionStaysReadableAcrossFolds) {
  for (WideRowVersion version = 1; version <= 40; ++version) {
    const std::string value = std::to_string(version);
    chain_.Prepend(version, ImageOf(OneCell(1, version, value)), &arena_);
    for (WideRowVersion old = 1; old <= version; ++old) {
      EXPECT_EQ(At(old), ImageOf(OneCell(1, old, std::to_string(old))));
    }
  }
}

// A set that is overwritten again and again.
TEST_F(DeltaChainTest, FoldsKeepNoElementThatAColumnDeletionHides) {
  for (WideRowVersion version = 1; version <= 100; ++version) {
    const std::string path = std::to_string(version);
    const int64_t timestamp = 10 * int64_t{version};
    Row row;
    row.cells = {ColumnDeletion(1, timestamp - 1, 7),
                 Element(path, LiveCell(1, timestamp, ""))};
    chain_.Prepend(version, ImageOf(row), &arena_);
    EXPECT_EQ(At(version), ImageOf(row));
    EXPECT_LE(chain_.newest()->image_size, 64u);
  }
}

TEST_F(DeltaChainTest, NewestDeltaIsNeverDeep) {
  for (WideRowVersion version = 1; version <= 100; ++version) {
    chain_.Prepend(version, ImageOf(OneCell(1, version, "v")), &arena_);
    EXPECT_LE(chain_.newest()->depth, DeltaChain::kDepthMax);
  }
}

}  // namespace
}  // namespace rowan
