// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_CASE_PART_PARSER_H_
#define ROWAN_TESTS_MODEL_CASE_PART_PARSER_H_

#include <cstdint>
#include <vector>

#include "tests/model/case/operation.h"
#include "tests/model/case/text_cursor.h"

namespace rowan {

// Reads what the words of an operation are made of: rows, columns, slices and
// parts of writes. Each takes it from the front of *in; false as soon as
// something doesn't fit the text, or the table. `shape` must live as long.
class PartParser {
 public:
  explicit PartParser(const TableShape& shape) : shape_(shape) {}

  bool TakeRow(TextCursor* in, RowName* row);
  bool TakeColumn(TextCursor* in, ColumnName* column);
  bool TakeSlice(TextCursor* in, Slice* slice);
  bool TakePart(TextCursor* in, WritePart* part);

 private:
  bool TakeDeletion(TextCursor* in, WritePart* part);
  bool TakeNumbers(TextCursor* in, std::vector<int>* numbers);
  // Where the column is of a kind that the part can be of.
  bool TakeCellPlace(TextCursor* in, WritePart* part);
  static bool TakeValue(TextCursor* in, WritePart* part);
  static bool TakeTtl(TextCursor* in, uint32_t* ttl_s);

  const TableShape& shape_;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_CASE_PART_PARSER_H_
