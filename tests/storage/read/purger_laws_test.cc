// SPDX-License-Identifier: Apache-2.0
// The laws of purging while nothing may be dropped yet, over every row of small
// worlds: what a merge makes of expired cells is the same at whatever times
// merges came by, and no reader of later sees one.
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "storage/model/reconcile.h"
#include "storage/read/purger.h"
#include "tests/storage/model/row_world.h"

namespace rowan {
namespace {

Row Applied(Row row) {
  ApplyDeletion({}, &row);
  return row;
}

Row Merged(const Row& from, Row into) {
  MergeRow(from, &into);
  return Applied(std::move(into));
}

Row Visible(uint32_t now_s, Row row) {
  KeepLive(now_s, &row);
  return row;
}

// A merge at `now_s`, far within the grace.
Row Purged(uint32_t now_s, Row row) {
  Purger purger(nullptr, now_s, std::numeric_limits<uint32_t>::max());
  purger.PurgeRow(&row);
  return row;
}

std::vector<std::vector<Row>> Worlds() {
  return {WorldOfCells().Rows(), WorldOfMarkers().Rows()};
}

TEST(PurgerLaws, MergesAtTwoTimesAreAMergeAtTheLaterOne) {
  for (const std::vector<Row>& rows : Worlds()) {
    for (const Row& each : rows) {
      const Row row = Applied(each);
      for (const uint32_t first_s : kRowWorldNows) {
        for (const uint32_t then_s : kRowWorldNows) {
          ASSERT_TRUE(SameRow(Purged(then_s, Purged(first_s, row)),
                              Purged(std::max(first_s, then_s), row)));
        }
      }
    }
  }
}

// Of one place no two cells that expire at different times meet at one
// timestamp here: of these it does matter (README.md, Decisions).
void ExpectMergesUnseen(const std::vector<Row>& rows, uint32_t merge_s,
                        uint32_t read_s) {
  for (const Row& a : rows) {
    const Row purged = Purged(merge_s, Applied(a));
    for (const Row& b : rows) {
      ASSERT_TRUE(SameRow(Visible(read_s, Merged(purged, b)),
                          Visible(read_s, Merged(a, b))));
    }
  }
}

TEST(PurgerLaws, ReaderSeesTheSameWhicheverRowsWereMergedBefore) {
  for (const std::vector<Row>& rows : Worlds()) {
    for (const uint32_t merge_s : kRowWorldNows) {
      for (const uint32_t read_s : kRowWorldNows) {
        if (merge_s <= read_s) ExpectMergesUnseen(rows, merge_s, read_s);
      }
    }
  }
}

}  // namespace
}  // namespace rowan
