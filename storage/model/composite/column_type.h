// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_COMPOSITE_COLUMN_TYPE_H_
#define ROWAN_STORAGE_MODEL_COMPOSITE_COLUMN_TYPE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "storage/model/types/type_kind.h"

namespace rowan {

struct TypeArguments;

// A column's type: a scalar, or a tree of types that holds all that is needed
// to read its values (a user type carries its fields). Immutable once built;
// copies share the arguments. A scalar has none, so that its copy costs no
// count; where that matters too, pass a reference.
//
// Frozen: a value is one sequence of bytes, written and compared as a whole. A
// list, set, map or user type that is not has a cell per element. Tuples and
// vectors always are frozen and don't carry the flag.
struct ColumnType {
  TypeKind kind = TypeKind::kBlob;
  bool frozen = false;
  std::shared_ptr<const TypeArguments> arguments = nullptr;

  // Arguments are compared by what they hold.
  friend bool operator==(const ColumnType& a, const ColumnType& b);
};

struct TypeArguments {
  // list, set: the element; map: key, value; tuple and user type: the fields;
  // vector: float.
  std::vector<ColumnType> types;
  // User type only: its name, and those of the fields in order.
  std::string keyspace = {};
  std::string name = {};
  std::vector<std::string> field_names = {};
  uint16_t dimensions = 0;  // vector only

  friend bool operator==(const TypeArguments&, const TypeArguments&) = default;
};

// A list of lists of ints has depth 3.
inline constexpr size_t kTypeDepthMax = 16;
inline constexpr size_t kTypeFieldsMax = 256;
inline constexpr size_t kVectorDimensionsMax = 8192;
// Of EncodeType: five user types with as many and as long names as allowed.
inline constexpr size_t kTypeBytesMax = 65535;
inline constexpr size_t kNameLengthMax = 48;

ColumnType ListOf(ColumnType element);
ColumnType SetOf(ColumnType element);
ColumnType MapOf(ColumnType key, ColumnType value);
ColumnType TupleOf(std::vector<ColumnType> fields);
ColumnType VectorOf(uint16_t dimensions);
ColumnType Frozen(ColumnType type);

// A collection or user type that is not frozen.
bool HasCellPerElement(const ColumnType& type);

// Whether values can be compared: there is no duration anywhere in the type,
// which is valid (CheckType).
bool CompositeHasOrder(const ColumnType& type);
inline bool HasOrder(const ColumnType& type) {
  return IsComposite(type.kind) ? CompositeHasOrder(type)
                                : type.kind != TypeKind::kDuration;
}

// 1..48 of [a-z0-9_], starting with a letter.
bool IsName(std::string_view name);

// kInvalidArgument saying what was expected of what part, unless: arguments are
// those of the kind; types inside another are frozen; neither a set's element
// nor a map's key holds a duration; names are names, and fields have different
// ones; the bounds above are kept. Linear in kTypeBytesMax.
absl::Status CheckType(const ColumnType& type);

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_COMPOSITE_COLUMN_TYPE_H_
