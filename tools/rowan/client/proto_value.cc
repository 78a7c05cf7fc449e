// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/client/proto_value.h"

#include <bit>
#include <optional>
#include <utility>
#include <vector>

#include "storage/base/coding.h"
#include "storage/base/status_macros.h"
#include "storage/model/composite/value_parts.h"
#include "storage/model/value.h"
#include "tools/rowan/client/proto_scalar.h"

namespace rowan::cli {
namespace {

using Values = google::protobuf::RepeatedPtrField<v1::Value>;

constexpr char kNull[] = "null";

absl::Status Expected(const char* what) {
  return absl::InvalidArgumentError(std::string("expected ") + what);
}

// The message that holds the parts of a value of `type`; a map's keys in
// `first` and its values in `second`, which are one list for other kinds.
struct Parts {
  Values* first;
  Values* second;
};

Parts PartsOf(TypeKind kind, v1::Value* value) {
  Values* only = nullptr;
  switch (kind) {
    case TypeKind::kList:
      only = value->mutable_list_value()->mutable_values();
      break;
    case TypeKind::kSet:
      only = value->mutable_set_value()->mutable_values();
      break;
    case TypeKind::kMap:
      return {value->mutable_map_value()->mutable_keys(),
              value->mutable_map_value()->mutable_values()};
    case TypeKind::kTuple:
      only = value->mutable_tuple_value()->mutable_values();
      break;
    default:
      only = value->mutable_udt_value()->mutable_values();
      break;
  }
  return {only, only};
}

v1::Value VectorFromBytes(std::string_view bytes) {
  v1::Value value;
  v1::VectorValue* vector = value.mutable_vector_value();
  for (; bytes.size() >= sizeof(uint32_t);
       bytes.remove_prefix(sizeof(uint32_t))) {
    vector->add_values(std::bit_cast<float>(LoadBig<uint32_t>(bytes.data())));
  }
  return value;
}

bool IsInteger(TypeKind kind) {
  return (kind >= TypeKind::kTinyint && kind <= TypeKind::kBigint) ||
         kind == TypeKind::kCounter;
}

// Whether a proto value that reads as `got` may be one of `wanted`.
bool Reads(TypeKind wanted, TypeKind got) {
  return wanted == got || (IsInteger(wanted) && IsInteger(got)) ||
         (wanted == TypeKind::kAscii && got == TypeKind::kText) ||
         (wanted == TypeKind::kTimeuuid && got == TypeKind::kUuid);
}

absl::StatusOr<std::string> ScalarBytes(const ColumnType& type,
                                        const v1::Value& value) {
  ASSIGN_OR_RETURN(TypedBytes typed, BytesFromScalar(value));
  if (!Reads(type.kind, typed.kind)) {
    return Expected("a value of the column's kind");
  }
  if (type.kind == typed.kind || !IsInteger(type.kind)) return typed.bytes;
  // By way of the text, since a proto integer doesn't say its width.
  return ParseValue(type, FormatValue({typed.kind}, typed.bytes));
}

absl::StatusOr<std::string> ElementBytes(const ColumnType& type,
                                         const Values& first,
                                         const Values* second) {
  std::vector<std::string> parts;
  if (second != nullptr && first.size() != second->size()) {
    return Expected("a value for each key");
  }
  const auto& types = type.arguments->types;
  for (int i = 0; i < first.size(); ++i) {
    ASSIGN_OR_RETURN(parts.emplace_back(), BytesFromProto(types[0], first[i]));
    if (second == nullptr) continue;
    ASSIGN_OR_RETURN(parts.emplace_back(),
                     BytesFromProto(types[1], (*second)[i]));
  }
  return JoinParts(type, parts);
}

absl::StatusOr<std::string> FieldBytes(const ColumnType& type,
                                       const Values& values) {
  const auto& types = type.arguments->types;
  if (static_cast<size_t>(values.size()) > types.size()) {
    return Expected("no more fields than the type has");
  }
  std::string bytes;
  for (int i = 0; i < values.size(); ++i) {
    if (values[i].has_null_value()) {
      AppendPart({}, &bytes);
      continue;
    }
    ASSIGN_OR_RETURN(const std::string field,
                     BytesFromProto(types[static_cast<size_t>(i)], values[i]));
    AppendPart(field, &bytes);
  }
  return bytes;
}

absl::StatusOr<std::string> CompositeBytes(const ColumnType& type,
                                           const v1::Value& value) {
  if (type.kind == TypeKind::kList && value.has_list_value()) {
    return ElementBytes(type, value.list_value().values(), nullptr);
  }
  if (type.kind == TypeKind::kSet && value.has_set_value()) {
    return ElementBytes(type, value.set_value().values(), nullptr);
  }
  if (type.kind == TypeKind::kMap && value.has_map_value()) {
    return ElementBytes(type, value.map_value().keys(),
                        &value.map_value().values());
  }
  if (value.has_tuple_value() && type.kind == TypeKind::kTuple) {
    return FieldBytes(type, value.tuple_value().values());
  }
  if (value.has_udt_value() &&
      (type.kind == TypeKind::kUserType || type.kind == TypeKind::kTuple)) {
    return FieldBytes(type, value.udt_value().values());
  }
  if (value.has_vector_value() && type.kind == TypeKind::kVector) {
    std::string bytes;
    for (const float number : value.vector_value().values()) {
      PutBig(std::bit_cast<uint32_t>(number), &bytes);
    }
    return bytes;
  }
  return Expected("a value of the column's kind");
}

ColumnType TypeOfPart(const v1::Value& value) {
  ColumnType type = TypeOfProto(value);
  return HasCellPerElement(type) ? Frozen(std::move(type)) : type;
}

// Of elements, the first tells; a column without any prints no element.
ColumnType TypeOfFirst(const Values& values) {
  return values.empty() ? ColumnType{} : TypeOfPart(values[0]);
}

ColumnType TupleOfProto(const Values& values) {
  std::vector<ColumnType> fields;
  for (const v1::Value& value : values) fields.push_back(TypeOfPart(value));
  // A tuple without any is no type.
  if (fields.empty()) fields.emplace_back();
  return TupleOf(std::move(fields));
}

}  // namespace

absl::StatusOr<v1::Value> ProtoFromText(const ColumnType& type,
                                        std::string_view text) {
  ASSIGN_OR_RETURN(const std::string bytes, ParseValue(type, text));
  return ProtoFromBytes(type, bytes);
}

v1::Value ProtoFromBytes(const ColumnType& type, std::string_view bytes) {
  if (!IsComposite(type.kind)) return ScalarFromBytes(type.kind, bytes);
  if (type.kind == TypeKind::kVector) return VectorFromBytes(bytes);
  v1::Value value;
  const Parts parts = PartsOf(type.kind, &value);
  VisitParts(type, bytes, LaterFields::kRefuse,
             [&](size_t i, const ColumnType& part_type, ValuePart part) {
               v1::Value* to = (i % 2 == 0 ? parts.first : parts.second)->Add();
               if (part) {
                 *to = ProtoFromBytes(part_type, *part);
               } else {
                 to->set_null_value(v1::NULL_VALUE);
               }
               return true;
             });
  return value;
}

absl::StatusOr<std::string> BytesFromProto(const ColumnType& type,
                                           const v1::Value& value) {
  ASSIGN_OR_RETURN(std::string bytes, IsComposite(type.kind)
                                          ? CompositeBytes(type, value)
                                          : ScalarBytes(type, value));
  RETURN_IF_ERROR(CheckValue(type, bytes));
  return bytes;
}

std::string TextFromProto(const ColumnType& type, const v1::Value& value) {
  if (value.has_null_value()) return kNull;
  const auto bytes = BytesFromProto(type, value);
  return bytes.ok() ? FormatValue(type, *bytes) : "?";
}

std::string JsonFromProto(const ColumnType& type, const v1::Value& value) {
  const auto bytes = BytesFromProto(type, value);
  return bytes.ok() ? FormatJsonValue(type, *bytes) : kNull;
}

ColumnType TypeOfProto(const v1::Value& value) {
  using Kind = v1::Value::KindCase;
  switch (value.kind_case()) {
    case Kind::kListValue:
      return ListOf(TypeOfFirst(value.list_value().values()));
    case Kind::kSetValue:
      return SetOf(TypeOfFirst(value.set_value().values()));
    case Kind::kMapValue:
      return MapOf(TypeOfFirst(value.map_value().keys()),
                   TypeOfFirst(value.map_value().values()));
    case Kind::kTupleValue:
      return TupleOfProto(value.tuple_value().values());
    case Kind::kUdtValue:
      return TupleOfProto(value.udt_value().values());
    case Kind::kVectorValue:
      return VectorOf(
          static_cast<uint16_t>(value.vector_value().values_size()));
    default:
      break;
  }
  const auto typed = BytesFromScalar(value);
  return typed.ok() ? ColumnType{typed->kind} : ColumnType{};
}

}  // namespace rowan::cli
