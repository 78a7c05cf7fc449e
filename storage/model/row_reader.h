// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_ROW_READER_H_
#define ROWAN_STORAGE_MODEL_ROW_READER_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "storage/model/cell.h"
#include "storage/model/deletion_time.h"

namespace rowan {

// Reads a row image (FORMAT.md) front to back: marker and row tombstone first,
// then cell after cell, ascending by ComparePlaces(). No allocation; values and
// paths view into the image. Thread-compatible. Usage:
//   RowReader reader;
//   RETURN_IF_ERROR(reader.Start(image));
//   Cell cell;
//   while (reader.HasCell()) RETURN_IF_ERROR(reader.ReadCell(&cell));
// kDataLoss when the bytes are not a row image; the reader is then unusable
// until the next Start. Bytes after the last cell are an error of the call that
// reads it.
class RowReader {
 public:
  absl::Status Start(std::string_view image);
  bool HasCell() const { return cells_left_ > 0; }
  // REQUIRES: HasCell().
  absl::Status ReadCell(Cell* cell);

  const Liveness& liveness() const { return liveness_; }
  const DeletionTime& deletion() const { return deletion_; }
  uint32_t cells_left() const { return cells_left_; }

 private:
  // Whether `cell` may follow the cell read last in the same column.
  bool MayFollow(const Cell& cell) const;
  absl::Status CheckEnd() const;

  std::string_view rest_;
  Liveness liveness_;
  DeletionTime deletion_;
  uint32_t cells_left_ = 0;
  // Of the cell read last.
  uint32_t column_ = 0;
  CellKind kind_ = CellKind::kLive;
  std::string_view path_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_ROW_READER_H_
