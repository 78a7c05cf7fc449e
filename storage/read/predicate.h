// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_READ_PREDICATE_H_
#define ROWAN_STORAGE_READ_PREDICATE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/base/ids.h"
#include "storage/model/composite/value_parts.h"
#include "storage/model/row.h"
#include "storage/model/schema.h"

namespace rowan {

enum class PredicateOp : uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kIn,           // equal to one of the operands
  kContains,     // a list or set has the element, a map the value
  kContainsKey,  // a map has the key
  kIsNull,
  kIsNotNull,
};

// The type of the operator's operands; nullptr where it takes none.
// kInvalidArgument when values of `type` can't be compared so: sizes of
// durations, maps, and what has a cell per element; elements of what has none.
absl::StatusOr<const ColumnType*> OperandType(const ColumnType& type,
                                              PredicateOp op);

// One comparison of a column with constants, made once and asked of many rows.
// A null fails each but kIsNull; so does kNotEqual (CQL's three-valued logic,
// seen from a filter).
//
// Values are compared by their key forms, whose memcmp order is the type's:
// equal decimals are equal, all NaNs are one value above all others, and -0 is
// below 0. Types without an order (a duration in them) compare bytes.
//
// What is stored may be of a later version of a user type: it is compared
// without the fields that the column's type here doesn't have.
//
// Immutable, thread-safe; keeps its operands. Cost: the column's value is
// checked and brought to its key form, for each asking.
class Predicate {
 public:
  // `operands` in Cassandra's serialisation, values of OperandType(); one, but
  // for kIn (any number) and the null operators (none). kInvalidArgument as
  // OperandType's, or for another number of operands.
  static absl::StatusOr<Predicate> Make(
      const Column& column, PredicateOp op,
      std::span<const std::string_view> operands);

  ColumnId column() const { return column_; }

  // Of a value in Cassandra's serialisation; nullopt is null. What has a cell
  // per element comes as its frozen form. kDataLoss when it is no value of the
  // column's type.
  absl::StatusOr<bool> Holds(ValuePart value) const;

  // Of a row's live cells, in the row's order; no row has no cell.
  absl::StatusOr<bool> HoldsFor(const Row* row) const;

 private:
  Predicate(const Column& column, PredicateOp op)
      : column_(column.id), type_(column.type), op_(op) {}

  bool Compare(std::string_view value) const;
  bool HasPart(std::string_view value) const;

  ColumnId column_;
  ColumnType type_;
  PredicateOp op_;
  std::vector<std::string> operands_;  // key forms, ascending
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_READ_PREDICATE_H_
