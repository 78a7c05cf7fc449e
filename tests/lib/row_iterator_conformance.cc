// SPDX-License-Identifier: Apache-2.0
#include "tests/lib/row_iterator_conformance.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "storage/model/key_codec.h"
#include "tests/lib/vector_row_iterator.h"

namespace rowan {
namespace {

using Kind = RowFragment::Kind;

bool HeadBefore(const VectorWideRow& a, const VectorWideRow& b) {
  return a.token != b.token ? a.token < b.token
                            : a.partition_key < b.partition_key;
}

void ExpectOrdered(const std::vector<VectorWideRow>& all) {
  for (size_t i = 1; i < all.size(); ++i) {
    EXPECT_TRUE(HeadBefore(all[i - 1], all[i])) << "wide row " << i;
  }
  for (const VectorWideRow& wide_row : all) {
    DeletionTime open;
    for (size_t i = 0; i < wide_row.fragments.size(); ++i) {
      const VectorFragment& here = wide_row.fragments[i];
      if (i > 0) {
        EXPECT_LT(wide_row.fragments[i - 1].position, here.position);
      }
      EXPECT_EQ(here.kind == Kind::kDeletionChange, IsBound(here.position));
      if (here.kind == Kind::kRow) continue;
      EXPECT_EQ(here.below, open) << "changes join, fragment " << i;
      EXPECT_FALSE(here.below == here.above) << "a change changes";
      open = here.above;
    }
    EXPECT_TRUE(open.none()) << "nothing is open behind the last change";
  }
}

// The bounds around every fragment, and the outermost ones.
std::set<std::string> BoundsOf(const VectorWideRow& wide_row) {
  std::set<std::string> bounds{std::string(kFirstBound),
                               std::string(kLastBound)};
  for (const VectorFragment& fragment : wide_row.fragments) {
    if (fragment.kind == Kind::kDeletionChange) {
      bounds.insert(fragment.position);
      continue;
    }
    const std::string prefix =
        fragment.position.substr(0, fragment.position.size() - 1);
    bounds.insert(prefix + position::kBefore);
    bounds.insert(prefix + position::kAfter);
  }
  return bounds;
}

// SeekRow from `bound` shows the fragments that the scan has on that side.
void ExpectSeekRow(RowIterator* rows, const VectorWideRow& scanned,
                   const std::string& bound, Direction direction) {
  std::vector<VectorFragment> expected;
  DeletionTime open;
  for (const VectorFragment& fragment : scanned.fragments) {
    const bool below = fragment.position < bound;
    if (below == (direction == Direction::kReverse)) {
      expected.push_back(fragment);
    }
    if (below && fragment.kind == Kind::kDeletionChange) open = fragment.above;
  }
  if (direction == Direction::kReverse) {
    std::reverse(expected.begin(), expected.end());
  }
  ASSERT_TRUE(rows->SeekRow(bound, direction).ok());
  EXPECT_EQ(rows->open_deletion(), open);
  for (const VectorFragment& fragment : expected) {
    ASSERT_TRUE(rows->HasRow());
    EXPECT_EQ(VectorFragment::Of(rows->row()), fragment);
    ASSERT_TRUE(rows->NextRow().ok());
  }
  EXPECT_FALSE(rows->HasRow());
}

void ExpectHeadIs(const RowIterator& rows, const VectorWideRow* expected) {
  ASSERT_EQ(rows.HasWideRow(), expected != nullptr);
  if (expected == nullptr) return;
  VectorWideRow head = VectorWideRow::Of(rows.wide_row());
  head.fragments = expected->fragments;
  EXPECT_EQ(head, *expected);
}

void ExpectSeekWideRow(RowIterator* rows, const std::vector<VectorWideRow>& all,
                       size_t i) {
  const VectorWideRow* next = i + 1 < all.size() ? &all[i + 1] : nullptr;
  const std::string behind = all[i].partition_key + '\0';
  ASSERT_TRUE(rows->SeekWideRow(all[i].token, all[i].partition_key).ok());
  ExpectHeadIs(*rows, &all[i]);
  ASSERT_TRUE(rows->SeekWideRow(all[i].token, behind).ok());
  ExpectHeadIs(*rows, next);
  ASSERT_TRUE(rows->SeekWideRow(all[i].token, all[i].partition_key).ok());
  // Left before its fragments are read (rule 5).
  ASSERT_TRUE(rows->NextWideRow().ok());
  ExpectHeadIs(*rows, next);
  ASSERT_TRUE(rows->SeekWideRow(all[i].token, all[i].partition_key).ok());
  ExpectHeadIs(*rows, &all[i]);
}

}  // namespace

void ExpectRowIteratorConforms(
    const std::function<std::unique_ptr<RowIterator>()>& open) {
  const std::vector<VectorWideRow> all = ReadAll(open().get());
  ExpectOrdered(all);
  const std::unique_ptr<RowIterator> rows = open();
  EXPECT_FALSE(rows->HasWideRow()) << "nothing is positioned at first";
  for (size_t i = 0; i < all.size(); ++i) {
    ExpectSeekWideRow(rows.get(), all, i);
    for (const std::string& bound : BoundsOf(all[i])) {
      ExpectSeekRow(rows.get(), all[i], bound, Direction::kForward);
      ExpectSeekRow(rows.get(), all[i], bound, Direction::kReverse);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

}  // namespace rowan
