// SPDX-License-Identifier: Apache-2.0
#include "storage/model/row_reader.h"

#include "storage/base/coding.h"
#include "storage/model/row_format.h"

namespace rowan {
namespace {

absl::Status MalformedRow(const char* what) {
  return absl::DataLossError(std::string("row image: ") + what);
}

bool GetTimestamp(std::string_view* in, int64_t* timestamp) {
  return GetLittle(in, timestamp) && *timestamp != kNoTimestamp;
}

// An expiry and the TTL it was written with.
bool GetExpiry(std::string_view* in, uint32_t* expiry_s, uint32_t* ttl_s) {
  return GetLittle(in, expiry_s) && GetVarint32(in, ttl_s) && *ttl_s != 0;
}

// When the cell expires or was deleted.
bool GetTimes(std::string_view* in, Cell* cell) {
  return cell->kind == CellKind::kExpiring
             ? GetExpiry(in, &cell->local_time_s, &cell->ttl_s)
             : GetLittle(in, &cell->local_time_s);
}

bool GetPath(std::string_view* in, Cell* cell) {
  return cell->kind != CellKind::kColumnDeletion && GetBytes(in, &cell->path) &&
         !cell->path.empty() && cell->path.size() <= kPathBytesMax;
}

}  // namespace

absl::Status RowReader::Start(std::string_view image) {
  rest_ = image;
  liveness_ = {};
  deletion_ = {};
  cells_left_ = 0;
  column_ = 0;
  uint8_t flags;
  if (!GetLittle(&rest_, &flags)) return MalformedRow("empty");
  if ((flags & ~row_flag::kKnown) != 0) return MalformedRow("unknown flags");
  const bool expires = (flags & row_flag::kMarkerExpires) != 0;
  if ((flags & row_flag::kMarker) != 0) {
    if (!GetTimestamp(&rest_, &liveness_.timestamp) ||
        (expires &&
         !GetExpiry(&rest_, &liveness_.expiry_s, &liveness_.ttl_s))) {
      return MalformedRow("bad marker");
    }
  } else if (expires) {
    return MalformedRow("an expiry without a marker");
  }
  if ((flags & row_flag::kDeletion) != 0 &&
      (!GetTimestamp(&rest_, &deletion_.timestamp) ||
       !GetLittle(&rest_, &deletion_.local_time_s))) {
    return MalformedRow("bad row deletion");
  }
  if ((flags & row_flag::kCells) == 0) return CheckEnd();
  if (!GetVarint32(&rest_, &cells_left_) || cells_left_ == 0 ||
      cells_left_ > rest_.size() / kCellBytesMin) {
    cells_left_ = 0;
    return MalformedRow("bad cell count");
  }
  return absl::OkStatus();
}

absl::Status RowReader::ReadCell(Cell* cell) {
  uint32_t delta;
  uint8_t flags;
  if (!GetVarint32(&rest_, &delta) || delta > UINT32_MAX - column_) {
    return MalformedRow("columns are not in ascending order");
  }
  column_ += delta;
  if (!GetLittle(&rest_, &flags) || (flags & ~cell_flag::kKnown) != 0) {
    return MalformedRow("unknown cell flags");
  }
  *cell = Cell{.column = ColumnId{column_},
               .kind = static_cast<CellKind>(flags & cell_flag::kKindMask)};
  if ((flags & cell_flag::kMarkerTimestamp) != 0) {
    if (liveness_.none()) return MalformedRow("no marker to take a time from");
    cell->timestamp = liveness_.timestamp;
  } else if (!GetTimestamp(&rest_, &cell->timestamp)) {
    return MalformedRow("bad cell timestamp");
  }
  if (cell->kind != CellKind::kLive && !GetTimes(&rest_, cell)) {
    return MalformedRow("bad cell expiry or deletion time");
  }
  if ((flags & cell_flag::kPath) != 0 && !GetPath(&rest_, cell)) {
    return MalformedRow("bad cell path");
  }
  if (delta == 0 && !MayFollow(*cell)) {
    return MalformedRow("cells are not in ascending order");
  }
  kind_ = cell->kind;
  path_ = cell->path;
  if (cell->has_value() && !GetBytes(&rest_, &cell->value)) {
    return MalformedRow("bad cell value length");
  }
  return --cells_left_ == 0 ? CheckEnd() : absl::OkStatus();
}

bool RowReader::MayFollow(const Cell& cell) const {
  return column_ != 0 && cell.kind != CellKind::kColumnDeletion &&
         (kind_ == CellKind::kColumnDeletion || path_ < cell.path);
}

absl::Status RowReader::CheckEnd() const {
  return rest_.empty() ? absl::OkStatus() : MalformedRow("bytes after the end");
}

}  // namespace rowan
