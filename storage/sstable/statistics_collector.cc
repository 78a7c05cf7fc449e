// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/statistics_collector.h"

#include "storage/base/status_macros.h"
#include "storage/model/row_reader.h"

namespace rowan {
absl::Status StatisticsCollector::AddWideRow(const WideRowHead& head) {
  if (seen_.wide_rows == 0) {
    seen_.first_token = head.token;
    seen_.first_key = head.partition_key;
  }
  ++seen_.wide_rows;
  seen_.last_token = head.token;
  seen_.last_key.assign(head.partition_key);
  cells_before_ = summary_.cells;
  wide_row_deletions_ += !head.deletion.none();
  AddDeletion(head.deletion);
  return head.static_row.empty() ? absl::OkStatus() : AddImage(head.static_row);
}

absl::Status StatisticsCollector::AddFragment(const RowFragment& fragment) {
  AddPosition(fragment.position);
  if (fragment.kind == RowFragment::Kind::kRow) {
    ++seen_.rows;
    return AddImage(fragment.image);
  }
  // Every range counts once, where it opens.
  AddDeletion(fragment.above);
  return absl::OkStatus();
}

void StatisticsCollector::EndWideRow(uint64_t bytes) {
  wide_row_bytes_.Add(bytes);
  wide_row_cells_.Add(summary_.cells - cells_before_);
}

absl::Status StatisticsCollector::AddImage(std::string_view image) {
  RowSummary summary;
  RETURN_IF_ERROR(summary.AddRowImage(image));
  summary_.Add(summary);
  constexpr uint32_t kNever = std::numeric_limits<uint32_t>::max();
  if (summary.min_local_deletion_s == kNever) return absl::OkStatus();
  // Only rows that hold something that goes are read a second time.
  RowReader reader;
  RETURN_IF_ERROR(reader.Start(image));
  if (reader.liveness().expiring()) drop_times_.Add(reader.liveness().expiry_s);
  if (!reader.deletion().none())
    drop_times_.Add(reader.deletion().local_time_s);
  Cell cell;
  while (reader.HasCell()) {
    RETURN_IF_ERROR(reader.ReadCell(&cell));
    if (cell.kind != CellKind::kLive) drop_times_.Add(cell.local_time_s);
  }
  return absl::OkStatus();
}

void StatisticsCollector::AddDeletion(const DeletionTime& deletion) {
  if (deletion.none()) return;
  summary_.AddDeletion(deletion);
  drop_times_.Add(deletion.local_time_s);
}

void StatisticsCollector::AddPosition(std::string_view position) {
  if (seen_.min_position.empty() || position < seen_.min_position) {
    seen_.min_position.assign(position);
  }
  if (position > seen_.max_position) seen_.max_position.assign(position);
}

void StatisticsCollector::Fill(SSTableStatistics* s) const {
  s->wide_rows = seen_.wide_rows;
  s->rows = seen_.rows;
  s->first_token = seen_.first_token;
  s->last_token = seen_.last_token;
  s->first_key = seen_.first_key;
  s->last_key = seen_.last_key;
  s->min_position = seen_.min_position;
  s->max_position = seen_.max_position;
  s->cells = summary_.cells;
  s->tombstones = summary_.tombstones;
  s->min_timestamp = summary_.min_timestamp;
  s->max_timestamp = summary_.max_timestamp;
  s->min_local_deletion_s = summary_.min_local_deletion_s;
  s->max_local_deletion_s = summary_.max_local_deletion_s;
  s->min_ttl_s = summary_.min_ttl_s;
  s->max_ttl_s = summary_.max_ttl_s;
  s->drop_times = drop_times_;
  s->wide_row_bytes = wide_row_bytes_;
  s->wide_row_cells = wide_row_cells_;
  s->wide_row_deletions = wide_row_deletions_;
}

}  // namespace rowan
