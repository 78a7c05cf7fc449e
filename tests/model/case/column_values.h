// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_CASE_COLUMN_VALUES_H_
#define ROWAN_TESTS_MODEL_CASE_COLUMN_VALUES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/model/composite/column_type.h"

namespace rowan {

// What a column of a case is. Its values, paths and whole values are numbers
// below kShapeValues; what they are in bytes, and how they compare, is said
// here, so that the model needs no encoding.
enum class ColumnKind : char {
  kPlain = 'p',      // a blob
  kElements = 'e',   // a map of blobs to blobs: a cell for each entry
  kFields = 'u',     // a user type of blobs: a cell for each field
  kSet = 's',        // a set of pairs of blobs: a cell for each
  kList = 'l',       // a list of blobs: a cell for each
  kFrozenMap = 'M',  // the next are one value each
  kFrozenFields = 'U',
  kFrozenSet = 'S',
  kFrozenList = 'L',
  kTuple = 't',  // of a blob and a pair of blobs
};
inline constexpr ColumnKind kColumnKinds[] = {
    ColumnKind::kPlain,        ColumnKind::kElements,  ColumnKind::kFields,
    ColumnKind::kSet,          ColumnKind::kList,      ColumnKind::kFrozenMap,
    ColumnKind::kFrozenFields, ColumnKind::kFrozenSet, ColumnKind::kFrozenList,
    ColumnKind::kTuple};

inline constexpr int kShapeValues = 4;    // of a component, a path, a cell
inline constexpr int kFieldsAtFirst = 2;  // of a user type; kShapeValues later

// `fields`: of a user type.
ColumnType TypeOf(ColumnKind kind, int fields = kFieldsAtFirst);
// A cell for each element or field.
bool HasElements(ColumnKind kind);

// Parts of a value as (path, value), ascending by path: fields that are there,
// entries, elements of a set without values, those of a list by their index.
using ValueElements = std::vector<std::pair<int64_t, int>>;

// Of the whole value `number`; fields from `fields` on are left out. A plain
// value is one element. Of tuples 1 and 2 are equal, and differ in bytes: one
// ends with a null that the other one lacks.
ValueElements WholeValue(ColumnKind kind, int number, int fields);
// What compares as values of the kind do.
std::vector<int64_t> OrderOf(ColumnKind kind, const ValueElements& elements);

// In Cassandra's serialisation; with `fat` value 3 has 4000 bytes.
std::string PlainBytes(int value, bool fat);
std::string WholeBytes(ColumnKind kind, int number, int fields, bool fat);
// What a cell of the column holds: an element, or the whole value.
std::string CellBytes(ColumnKind kind, int value, int fields, bool fat);

// Of two paths that are one place (a pair whose second part is null, or isn't
// there) the first one.
inline int64_t PlaceOfPath(ColumnKind kind, int64_t path) {
  return kind == ColumnKind::kSet && path == 2 ? 1 : path;
}
// A map's key or a set's element, as an operand.
std::string PathValueBytes(ColumnKind kind, int64_t path);
// -1 has none, but of a list.
std::string PathBytes(ColumnKind kind, int64_t path);

// The path of a list's element: elements at the back ascend with the time of
// their write, those in front descend. `index`: among all that the write puts
// into lists, below 64.
int64_t ListPath(bool front, int64_t timestamp_us, int index, int value);
// The other way round of PathBytes; REQUIRES: bytes that it made.
int64_t ListPathOf(std::string_view path_bytes);

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_CASE_COLUMN_VALUES_H_
