// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_STORAGE_MEMTABLE_TEST_MUTATIONS_H_
#define ROWAN_TESTS_STORAGE_MEMTABLE_TEST_MUTATIONS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "storage/base/coding.h"
#include "storage/memtable/memtable.h"
#include "storage/model/key_codec.h"
#include "storage/model/mutation.h"
#include "storage/model/row.h"

namespace rowan::test {

// Positions of a table with one clustering column of two bytes.
inline std::string Position(uint16_t number, char kind) {
  std::string position(1, position::kComponent);
  PutBig(number, &position);
  position.push_back(kind);
  return position;
}
inline std::string RowAt(uint16_t number) {
  return Position(number, position::kEnd);
}
inline std::string Before(uint16_t number) {
  return Position(number, position::kBefore);
}
inline std::string After(uint16_t number) {
  return Position(number, position::kAfter);
}

// A row of one live cell. `value` must outlive it.
inline Row OneCell(uint32_t column, int64_t timestamp, std::string_view value) {
  Row row;
  Cell cell;
  cell.column = ColumnId{column};
  cell.timestamp = timestamp;
  cell.value = value;
  row.cells.push_back(cell);
  return row;
}

inline std::string ImageOf(const Row& row) {
  std::string image;
  AppendRowImage(row, &image);
  return image;
}

inline Mutation MutationOf(Token token, std::string_view key) {
  Mutation mutation;
  mutation.token = token;
  mutation.partition_key = key;
  return mutation;
}

inline void AddRow(Mutation* mutation, uint16_t number, const Row& row) {
  mutation->rows.push_back({mutation->Keep(RowAt(number)), row});
}

inline void AddRange(Mutation* mutation, std::string start, std::string end,
                     DeletionTime deletion) {
  mutation->range_tombstones.push_back({mutation->Keep(std::move(start)),
                                        mutation->Keep(std::move(end)),
                                        deletion});
}

inline std::string Encode(const Mutation& mutation) {
  std::string bytes(EncodedMutationSize(mutation), '\0');
  EncodeMutation(mutation, bytes.data());
  return bytes;
}

// One try.
inline absl::Status Insert(std::string_view bytes, Memtable* memtable) {
  MutationReader reader(bytes);
  absl::Status status = reader.ReadHeader();
  return status.ok() ? memtable->Insert(&reader) : status;
}
inline absl::Status Insert(const Mutation& mutation, Memtable* memtable) {
  return Insert(Encode(mutation), memtable);
}

}  // namespace rowan::test

#endif  // ROWAN_TESTS_STORAGE_MEMTABLE_TEST_MUTATIONS_H_
