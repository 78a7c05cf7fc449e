// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_ROW_H_
#define ROWAN_STORAGE_MODEL_ROW_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "storage/model/cell.h"

namespace rowan {

// What is known of one row (or of the static row): its marker, its tombstone
// and its cells, ascending by ComparePlaces(), no place twice. Cell values and
// paths are views. A value type; reuse one object to avoid allocations.
struct Row {
  Liveness liveness;
  DeletionTime deletion;
  std::vector<Cell> cells;

  void Clear() {
    liveness = {};
    deletion = {};
    cells.clear();
  }
  bool empty() const {
    return liveness.none() && deletion.none() && cells.empty();
  }
};

// The encoded form of a Row, the same bytes in commit log, memtable and SSTable
// (storage/model/FORMAT.md), so that a row that comes from one source is copied
// and never decoded.
size_t RowImageSize(const Row& row);
// Appends exactly RowImageSize(row) bytes.
void AppendRowImage(const Row& row, std::string* out);
// Writes exactly RowImageSize(row) bytes; returns the end.
char* EncodeRowImage(const Row& row, char* out);
// Replaces *row by what `image` holds, its views into `image`. kDataLoss
// when the bytes are not a row; *row is then unspecified.
absl::Status DecodeRowImage(std::string_view image, Row* row);

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_ROW_H_
