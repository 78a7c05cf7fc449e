// SPDX-License-Identifier: Apache-2.0
#include "storage/model/row_summary.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/lib/row_literals.h"
#include "tests/storage/model/random_row.h"

namespace rowan {
namespace {

// The same answers from a decoded row, by listing everything first.
RowSummary SlowSummary(const std::vector<Row>& rows) {
  std::vector<int64_t> timestamps;
  std::vector<uint32_t> local_times, ttls;
  bool forever = false;
  RowSummary summary;
  const auto add = [&](int64_t timestamp, uint32_t ttl_s, uint32_t expiry_s) {
    timestamps.push_back(timestamp);
    if (ttl_s == 0) {
      forever = true;
    } else {
      ttls.push_back(ttl_s);
      local_times.push_back(expiry_s);
    }
  };
  for (const Row& row : rows) {
    const Liveness& marker = row.liveness;
    if (!marker.none()) add(marker.timestamp, marker.ttl_s, marker.expiry_s);
    if (!row.deletion.none()) {
      timestamps.push_back(row.deletion.timestamp);
      local_times.push_back(row.deletion.local_time_s);
      ++summary.tombstones;
    }
    for (const Cell& cell : row.cells) {
      if (cell.kind != CellKind::kColumnDeletion) ++summary.cells;
      if (!cell.has_value()) {
        timestamps.push_back(cell.timestamp);
        local_times.push_back(cell.local_time_s);
        ++summary.tombstones;
      } else {
        add(cell.timestamp, cell.ttl_s, cell.local_time_s);
      }
    }
  }
  const auto extremes = [](const auto& all, auto* min, auto* max) {
    if (all.empty()) return;
    *min = *std::min_element(all.begin(), all.end());
    *max = *std::max_element(all.begin(), all.end());
  };
  extremes(timestamps, &summary.min_timestamp, &summary.max_timestamp);
  extremes(ttls, &summary.min_ttl_s, &summary.max_ttl_s);
  extremes(local_times, &summary.min_local_deletion_s,
           &summary.max_local_deletion_s);
  if (forever) summary.max_local_deletion_s = UINT32_MAX;
  return summary;
}

auto Fields(const RowSummary& s) {
  return std::make_tuple(s.min_timestamp, s.max_timestamp,
                         s.min_local_deletion_s, s.max_local_deletion_s,
                         s.min_ttl_s, s.max_ttl_s, s.cells, s.tombstones);
}

TEST(RowSummary, EqualsWhatTheDecodedRowsGive) {
  for (uint64_t seed = 1; seed <= 500; ++seed) {
    SimRandom random(seed);
    std::vector<Row> rows;
    RowSummary summary;
    for (uint64_t count = random.Below(4); count > 0; --count) {
      rows.push_back(RandomRow(random));
      std::string image;
      AppendRowImage(rows.back(), &image);
      ASSERT_TRUE(summary.AddRowImage(image).ok());
    }
    ASSERT_EQ(Fields(summary), Fields(SlowSummary(rows))) << "seed " << seed;
  }
}

TEST(RowSummary, SumOfPartsIsTheWhole) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SimRandom random(seed);
    RowSummary whole, left, right;
    for (uint64_t count = random.Below(6); count > 0; --count) {
      std::string image;
      AppendRowImage(RandomRow(random, 3), &image);
      ASSERT_TRUE(whole.AddRowImage(image).ok());
      ASSERT_TRUE(
          (random.Below(2) == 0 ? left : right).AddRowImage(image).ok());
    }
    left.Add(right);
    ASSERT_EQ(Fields(left), Fields(whole)) << "seed " << seed;
  }
}

TEST(RowSummary, NoDeletionAddsNothing) {
  RowSummary summary;
  summary.AddDeletion(DeletionTime{});
  EXPECT_EQ(Fields(summary), Fields(RowSummary{}));
  summary.AddDeletion(DeletionTime{5, 6});
  EXPECT_EQ(summary.tombstones, 1u);
  EXPECT_EQ(summary.max_timestamp, 5);
  EXPECT_EQ(summary.max_local_deletion_s, 6u);
}

TEST(RowSummary, ColumnDeletionIsATombstoneAndNoCell) {
  Row row;
  row.cells = {ColumnDeletion(1, 5, 6), Element("a", LiveCell(1, 7, ""))};
  std::string image;
  AppendRowImage(row, &image);
  RowSummary summary;
  ASSERT_TRUE(summary.AddRowImage(image).ok());
  EXPECT_EQ(summary.cells, 1u);
  EXPECT_EQ(summary.tombstones, 1u);
  EXPECT_EQ(summary.min_timestamp, 5);
  EXPECT_EQ(summary.min_local_deletion_s, 6u);
}

TEST(RowSummary, DamagedImageIsAnError) {
  RowSummary summary;
  EXPECT_EQ(summary.AddRowImage("\xff").code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace rowan
