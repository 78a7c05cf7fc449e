// SPDX-License-Identifier: Apache-2.0
#include "storage/model/composite/column_type.h"

#include <algorithm>
#include <set>
#include <utility>

#include "storage/base/status_macros.h"

namespace rowan {
namespace {

absl::Status Expected(const std::string& what) {
  return absl::InvalidArgumentError("expected " + what);
}

ColumnType Make(TypeKind kind, TypeArguments arguments) {
  return {kind, false,
          std::make_shared<const TypeArguments>(std::move(arguments))};
}

// How many types a kind takes; user types and tuples: how many at most.
size_t TypesMax(TypeKind kind) {
  switch (kind) {
    case TypeKind::kMap:
      return 2;
    case TypeKind::kTuple:
    case TypeKind::kUserType:
      return kTypeFieldsMax;
    default:
      return 1;
  }
}

absl::Status CheckCount(TypeKind kind, size_t count) {
  const size_t most = TypesMax(kind);
  if (most == kTypeFieldsMax ? count >= 1 && count <= most : count == most) {
    return absl::OkStatus();
  }
  if (most == kTypeFieldsMax) {
    return Expected("1 to " + std::to_string(most) + " fields");
  }
  return Expected(std::to_string(most) + " types inside");
}

std::string ArgumentName(const ColumnType& type, size_t i) {
  switch (type.kind) {
    case TypeKind::kMap:
      return i == 0 ? "key" : "value";
    case TypeKind::kTuple:
      return "field " + std::to_string(i + 1);
    case TypeKind::kUserType:
      return "field '" + type.arguments->field_names[i] + "'";
    default:
      return "element";
  }
}

bool MustHaveOrder(TypeKind kind, size_t i) {
  return kind == TypeKind::kSet || (kind == TypeKind::kMap && i == 0);
}

// Walks a type that may be anything. Every node takes from the bytes that are
// left, so that types shared again and again end the walk too.
class TypeCheck {
 public:
  absl::Status Check(const ColumnType& type, size_t depth) {
    if (!Take(IsComposite(type.kind) ? 2 : 1)) return TooLarge();
    if (IsScalar(type.kind)) {
      if (!type.frozen && type.arguments == nullptr) return absl::OkStatus();
      return Expected("a scalar that is not frozen and has no arguments");
    }
    if (!IsComposite(type.kind) || type.arguments == nullptr) {
      return Expected("a type");
    }
    if (depth > kTypeDepthMax) {
      return Expected("types at most " + std::to_string(kTypeDepthMax) +
                      " inside each other");
    }
    RETURN_IF_ERROR(CheckArguments(type));
    for (size_t i = 0; i < type.arguments->types.size(); ++i) {
      const absl::Status status =
          CheckInner(type.kind, i, type.arguments->types[i], depth + 1);
      if (!status.ok()) return Annotate(status, ArgumentName(type, i));
    }
    return absl::OkStatus();
  }

 private:
  static absl::Status TooLarge() {
    return Expected("a type of at most " + std::to_string(kTypeBytesMax) +
                    " bytes");
  }

  bool Take(size_t bytes) {
    if (bytes > bytes_left_) return false;
    bytes_left_ -= bytes;
    return true;
  }

  absl::Status CheckArguments(const ColumnType& type) {
    const TypeArguments& arguments = *type.arguments;
    RETURN_IF_ERROR(CheckCount(type.kind, arguments.types.size()));
    const bool is_vector = type.kind == TypeKind::kVector;
    if (is_vector ? arguments.dimensions < 1 ||
                        arguments.dimensions > kVectorDimensionsMax ||
                        arguments.types[0].kind != TypeKind::kFloat
                  : arguments.dimensions != 0) {
      return Expected("1 to " + std::to_string(kVectorDimensionsMax) +
                      " dimensions, of float, and of a vector only");
    }
    if (type.frozen && (is_vector || type.kind == TypeKind::kTuple)) {
      return Expected("no flag on what always is frozen");
    }
    // Dimensions, or the number of fields.
    if (!Take(2)) return TooLarge();
    return CheckNames(type.kind == TypeKind::kUserType, arguments);
  }

  absl::Status CheckNames(bool is_user_type, const TypeArguments& arguments) {
    const auto& names = arguments.field_names;
    if (!is_user_type) {
      return names.empty() && arguments.name.empty() &&
                     arguments.keyspace.empty()
                 ? absl::OkStatus()
                 : Expected("names in a user type only");
    }
    if (!IsName(arguments.keyspace) || !IsName(arguments.name) ||
        names.size() != arguments.types.size() ||
        !std::all_of(names.begin(), names.end(), IsName)) {
      return Expected(
          "keyspace, type and every field to be named with 1 to 48 of a-z, 0-9 "
          "and _, starting with a letter");
    }
    if (std::set(names.begin(), names.end()).size() != names.size()) {
      return Expected("field names that differ");
    }
    size_t bytes = 2 + arguments.keyspace.size() + arguments.name.size();
    for (const std::string& name : names) bytes += 1 + name.size();
    return Take(bytes) ? absl::OkStatus() : TooLarge();
  }

  absl::Status CheckInner(TypeKind kind, size_t i, const ColumnType& inner,
                          size_t depth) {
    if (HasCellPerElement(inner)) {
      return Expected("a collection or user type in here to be frozen<...>");
    }
    if (inner.kind == TypeKind::kCounter) {
      return Expected("a counter to be a column of its own");
    }
    RETURN_IF_ERROR(Check(inner, depth));
    if (!MustHaveOrder(kind, i) || HasOrder(inner)) return absl::OkStatus();
    return Expected("a type with an order; a duration has none");
  }

  size_t bytes_left_ = kTypeBytesMax;
};

}  // namespace

bool operator==(const ColumnType& a, const ColumnType& b) {
  if (a.kind != b.kind || a.frozen != b.frozen) return false;
  if (a.arguments == b.arguments) return true;
  return a.arguments != nullptr && b.arguments != nullptr &&
         *a.arguments == *b.arguments;
}

ColumnType ListOf(ColumnType element) {
  return Make(TypeKind::kList, {.types = {std::move(element)}});
}

ColumnType SetOf(ColumnType element) {
  return Make(TypeKind::kSet, {.types = {std::move(element)}});
}

ColumnType MapOf(ColumnType key, ColumnType value) {
  return Make(TypeKind::kMap, {.types = {std::move(key), std::move(value)}});
}

ColumnType TupleOf(std::vector<ColumnType> fields) {
  return Make(TypeKind::kTuple, {.types = std::move(fields)});
}

ColumnType VectorOf(uint16_t dimensions) {
  return Make(TypeKind::kVector,
              {.types = {{TypeKind::kFloat}}, .dimensions = dimensions});
}

ColumnType Frozen(ColumnType type) {
  type.frozen = true;
  return type;
}

bool HasCellPerElement(const ColumnType& type) {
  return IsComposite(type.kind) && !type.frozen &&
         type.kind != TypeKind::kTuple && type.kind != TypeKind::kVector;
}

bool CompositeHasOrder(const ColumnType& type) {
  const auto& types = type.arguments->types;
  return std::all_of(types.begin(), types.end(), HasOrder);
}

bool IsName(std::string_view name) {
  const bool starts_well = !name.empty() && name[0] >= 'a' && name[0] <= 'z';
  return starts_well && name.size() <= kNameLengthMax &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

absl::Status CheckType(const ColumnType& type) {
  return TypeCheck().Check(type, 1);
}

}  // namespace rowan
