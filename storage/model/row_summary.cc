// SPDX-License-Identifier: Apache-2.0
#include "storage/model/row_summary.h"

#include "storage/base/status_macros.h"
#include "storage/model/row_reader.h"

namespace rowan {

void RowSummary::AddDeletion(const DeletionTime& deletion) {
  if (deletion.none()) return;
  AddTimestamp(deletion.timestamp);
  AddLocalTime(deletion.local_time_s);
  ++tombstones;
}

absl::Status RowSummary::AddRowImage(std::string_view image) {
  RowReader reader;
  RETURN_IF_ERROR(reader.Start(image));
  const Liveness& marker = reader.liveness();
  if (!marker.none()) {
    AddTimestamp(marker.timestamp);
    if (marker.expiring()) {
      AddLocalTime(marker.expiry_s);
      AddTtl(marker.ttl_s);
    } else {
      AddForever();
    }
  }
  AddDeletion(reader.deletion());
  Cell cell;
  while (reader.HasCell()) {
    RETURN_IF_ERROR(reader.ReadCell(&cell));
    if (cell.kind == CellKind::kColumnDeletion) {
      AddDeletion(cell.column_deletion());
      continue;
    }
    ++cells;
    AddTimestamp(cell.timestamp);
    if (cell.kind == CellKind::kLive) {
      AddForever();
      continue;
    }
    AddLocalTime(cell.local_time_s);
    if (cell.kind == CellKind::kExpiring) AddTtl(cell.ttl_s);
    if (cell.kind == CellKind::kTombstone) ++tombstones;
  }
  return absl::OkStatus();
}

void RowSummary::Add(const RowSummary& other) {
  min_timestamp = std::min(min_timestamp, other.min_timestamp);
  max_timestamp = std::max(max_timestamp, other.max_timestamp);
  min_local_deletion_s =
      std::min(min_local_deletion_s, other.min_local_deletion_s);
  max_local_deletion_s =
      std::max(max_local_deletion_s, other.max_local_deletion_s);
  if (other.max_ttl_s != 0) {
    AddTtl(other.min_ttl_s);
    AddTtl(other.max_ttl_s);
  }
  cells += other.cells;
  tombstones += other.tombstones;
}

}  // namespace rowan
