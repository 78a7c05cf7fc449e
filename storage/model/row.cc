// SPDX-License-Identifier: Apache-2.0
#include "storage/model/row.h"

#include "storage/base/check.h"
#include "storage/base/coding.h"
#include "storage/base/status_macros.h"
#include "storage/model/row_format.h"
#include "storage/model/row_reader.h"

namespace rowan {
namespace {

constexpr size_t kFlagsSize = 1;
constexpr size_t kTimestampSize = sizeof(int64_t);
constexpr size_t kSecondsSize = sizeof(uint32_t);

bool SharesMarkerTimestamp(const Row& row, const Cell& cell) {
  return !row.liveness.none() && cell.timestamp == row.liveness.timestamp;
}

uint8_t FlagsOf(const Row& row) {
  uint8_t flags = 0;
  if (!row.liveness.none()) {
    flags |= row_flag::kMarker;
    if (row.liveness.expiring()) flags |= row_flag::kMarkerExpires;
  }
  if (!row.deletion.none()) flags |= row_flag::kDeletion;
  if (!row.cells.empty()) flags |= row_flag::kCells;
  return flags;
}

size_t CellSize(const Row& row, const Cell& cell, uint32_t previous_column) {
  size_t size = VarintSize(cell.column.value - previous_column) + kFlagsSize;
  if (!SharesMarkerTimestamp(row, cell)) size += kTimestampSize;
  if (!cell.path.empty()) size += BytesSize(cell.path);
  if (!cell.has_value()) return size + kSecondsSize;
  if (cell.kind == CellKind::kExpiring) {
    size += kSecondsSize + VarintSize(cell.ttl_s);
  }
  return size + BytesSize(cell.value);
}

char* EncodePath(const Cell& cell, char* out) {
  ROWAN_CHECK(cell.path.size() <= kPathBytesMax);
  ROWAN_CHECK(cell.kind != CellKind::kColumnDeletion);
  return StoreBytes(cell.path, out);
}

char* EncodeCell(const Row& row, const Cell& cell, uint32_t previous_column,
                 char* out) {
  const bool shares = SharesMarkerTimestamp(row, cell);
  auto flags = static_cast<uint8_t>(cell.kind);
  if (shares) flags |= cell_flag::kMarkerTimestamp;
  if (!cell.path.empty()) flags |= cell_flag::kPath;
  out = StoreVarint(cell.column.value - previous_column, out);
  out = StoreLittle(flags, out);
  if (!shares) out = StoreLittle(cell.timestamp, out);
  if (cell.kind != CellKind::kLive) out = StoreLittle(cell.local_time_s, out);
  if (cell.kind == CellKind::kExpiring) {
    ROWAN_CHECK(cell.ttl_s != 0);
    out = StoreVarint(cell.ttl_s, out);
  }
  if (!cell.path.empty()) out = EncodePath(cell, out);
  return cell.has_value() ? StoreBytes(cell.value, out) : out;
}

}  // namespace

size_t RowImageSize(const Row& row) {
  size_t size = kFlagsSize;
  if (!row.liveness.none()) {
    size += kTimestampSize;
    if (row.liveness.expiring()) {
      size += kSecondsSize + VarintSize(row.liveness.ttl_s);
    }
  }
  if (!row.deletion.none()) size += kTimestampSize + kSecondsSize;
  if (!row.cells.empty()) size += VarintSize(row.cells.size());
  uint32_t column = 0;
  for (const Cell& cell : row.cells) {
    size += CellSize(row, cell, column);
    column = cell.column.value;
  }
  return size;
}

void AppendRowImage(const Row& row, std::string* out) {
  const size_t start = out->size();
  out->resize(start + RowImageSize(row));
  EncodeRowImage(row, out->data() + start);
}

char* EncodeRowImage(const Row& row, char* out) {
  out = StoreLittle(FlagsOf(row), out);
  if (!row.liveness.none()) {
    out = StoreLittle(row.liveness.timestamp, out);
    if (row.liveness.expiring()) {
      out = StoreLittle(row.liveness.expiry_s, out);
      out = StoreVarint(row.liveness.ttl_s, out);
    }
  }
  if (!row.deletion.none()) {
    out = StoreLittle(row.deletion.timestamp, out);
    out = StoreLittle(row.deletion.local_time_s, out);
  }
  if (!row.cells.empty()) out = StoreVarint(row.cells.size(), out);
  uint32_t column = 0;
  const Cell* previous = nullptr;
  for (const Cell& cell : row.cells) {
    ROWAN_CHECK(cell.column.value > column ||
                (previous != nullptr && ComparePlaces(*previous, cell) < 0));
    ROWAN_CHECK(cell.timestamp != kNoTimestamp);
    out = EncodeCell(row, cell, column, out);
    column = cell.column.value;
    previous = &cell;
  }
  return out;
}

absl::Status DecodeRowImage(std::string_view image, Row* row) {
  RowReader reader;
  RETURN_IF_ERROR(reader.Start(image));
  row->liveness = reader.liveness();
  row->deletion = reader.deletion();
  row->cells.resize(reader.cells_left());
  for (Cell& cell : row->cells) RETURN_IF_ERROR(reader.ReadCell(&cell));
  return absl::OkStatus();
}

}  // namespace rowan
