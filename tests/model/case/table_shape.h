// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_CASE_TABLE_SHAPE_H_
#define ROWAN_TESTS_MODEL_CASE_TABLE_SHAPE_H_

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "partitioner/token.h"
#include "storage/model/schema.h"
#include "tests/model/case/column_values.h"

namespace rowan {

// The table of one case. Keys, rows, paths and values are small numbers here;
// what they are in bytes is said below and in column_values.h, so that the text
// of a case is short and the model needs no encoding to order rows.
struct TableShape {
  struct Clustering {
    TypeKind kind = TypeKind::kInt;  // int, text, blob or double
    bool descending = false;
  };
  int key_columns = 1;                 // 1 or 2
  std::vector<Clustering> clustering;  // 0..3
  std::vector<ColumnKind> statics;
  std::vector<ColumnKind> regulars;
  uint32_t grace_s = 0;
  bool fat = false;  // value 3 has 4000 bytes
};

inline constexpr int kShapeKeys = 8;  // wide rows
inline constexpr uint32_t kGraceForEver = 864'000;

// A row by the numbers of its components; `fixed` is the static row. No
// components: the only row of a table without clustering columns.
struct RowName {
  bool fixed = false;
  std::vector<int> components;
  friend auto operator<=>(const RowName&, const RowName&) = default;
};

// A static or regular column by its place among them.
struct ColumnName {
  bool fixed = false;
  int number = 0;
  friend auto operator<=>(const ColumnName&, const ColumnName&) = default;
};

// All rows that start with these components, or, from the other side, none.
struct Bound {
  std::vector<int> components;
  bool inclusive = true;
};
struct Slice {
  Bound start, end;
};

// "s0", "r1".
std::string NameOf(const ColumnName& column);

// "table keys=1 clustering=int,text:desc statics=p,e regulars=p,u grace=3 fat".
std::string FormatShape(const TableShape& shape);
absl::StatusOr<TableShape> ParseShape(std::string_view line);

// As it is at first; case/alteration.h changes it.
std::shared_ptr<const Schema> SchemaOf(const TableShape& shape,
                                       TableOptions options);
Column ColumnOf(const TableShape& shape, const ColumnName& column);
ColumnKind KindOf(const TableShape& shape, const ColumnName& column);
// Nullptr while the table has none.
const Column* FindColumn(const Schema& schema, const ColumnName& column);
// What a column takes turns with when it is renamed.
inline std::string OtherName(const std::string& name) {
  return name.ends_with('_') ? name.substr(0, name.size() - 1) : name + '_';
}
// The fields of a column's user type as the table has it; 0: it has none.
int FieldsOf(const Schema& schema, const ColumnName& column);

// In bytes. Keys 4 and 5 share a token.
Token TokenOfKeyNumber(int key);
std::string KeyBytes(const Schema& schema, int key);
std::string ComponentBytes(TypeKind kind, int number);
std::string RowPosition(const Schema& schema, const RowName& row);
std::string StartPosition(const Schema& schema, const Bound& bound);
std::string EndPosition(const Schema& schema, const Bound& bound);

// A place of a wide row, decoded: `side` is below (-1), at (0) or above (1) the
// rows that start with the components.
struct Place {
  std::vector<int> components;
  int side = 0;
};
// kNotFound when it holds what no case writes.
absl::StatusOr<Place> PlaceOf(const TableShape& shape, const Schema& schema,
                              std::string_view position);

// Table order by the numbers alone. Negative, 0 or positive.
int CompareRows(const TableShape& shape, const std::vector<int>& a,
                const std::vector<int>& b);
// Of two places beside rows (their `side` isn't 0).
int CompareSides(const TableShape& shape, const Place& a, const Place& b);
// Where a row lies of a place.
int CompareToPlace(const TableShape& shape, const std::vector<int>& row,
                   const Place& place);
bool InSlice(const TableShape& shape, const std::vector<int>& row,
             const Slice& slice);

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_CASE_TABLE_SHAPE_H_
