// SPDX-License-Identifier: Apache-2.0
#include "node/service/wire/composite_value.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/service/wire/request_error.h"
#include "node/service/wire/value_codec.h"
#include "storage/base/coding.h"
#include "storage/base/status_macros.h"
#include "storage/model/composite/type_name.h"
#include "storage/model/composite/value_parts.h"

namespace rowan {
namespace {

using Kind = v1::Value::KindCase;
using Values = google::protobuf::RepeatedPtrField<v1::Value>;

Kind KindOf(TypeKind type) {
  switch (type) {
    case TypeKind::kList:
      return Kind::kListValue;
    case TypeKind::kSet:
      return Kind::kSetValue;
    case TypeKind::kMap:
      return Kind::kMapValue;
    case TypeKind::kTuple:
      return Kind::kTupleValue;
    case TypeKind::kUserType:
      return Kind::kUdtValue;
    default:
      return Kind::kVectorValue;
  }
}

absl::Status CheckKind(const ColumnType& type, const v1::Value& value) {
  const Kind expected = KindOf(type.kind);
  if (value.kind_case() == expected) return absl::OkStatus();
  return WrongKind(type, expected, value);
}

absl::Status CheckElement(const v1::Value& element) {
  if (!element.has_null_value()) return absl::OkStatus();
  return BadRequest("NULL_ELEMENT", "an element, key or value can't be null");
}

absl::Status CheckElementCount(int size) {
  const auto count = static_cast<uint32_t>(size);
  if (count <= kElementsMax) return absl::OkStatus();
  return OverLimit(absl::StatusCode::kInvalidArgument, "number of elements",
                   count, kElementsMax);
}

using VisitElement =
    absl::FunctionRef<absl::Status(const v1::Value&, const ColumnType&)>;

absl::Status VisitList(const ColumnType& element, const Values& values,
                       VisitElement visit) {
  RETURN_IF_ERROR(InField(CheckElementCount(values.size()), "values"));
  for (int i = 0; i < values.size(); ++i) {
    absl::Status status = CheckElement(values[i]);
    if (status.ok()) status = visit(values[i], element);
    if (!status.ok()) return InField(std::move(status), "values", i);
  }
  return absl::OkStatus();
}

absl::Status VisitMap(const ColumnType& type, const v1::MapValue& map,
                      VisitElement visit) {
  RETURN_IF_ERROR(InField(CheckElementCount(map.keys_size()), "keys"));
  if (map.keys_size() != map.values_size()) {
    return InField(
        BadRequest("VALUE_COUNT", absl::StrCat(map.keys_size(), " keys, but ",
                                               map.values_size(), " values")),
        "values");
  }
  const auto& types = type.arguments->types;
  for (int i = 0; i < map.keys_size(); ++i) {
    absl::Status status = CheckElement(map.keys(i));
    if (status.ok()) status = visit(map.keys(i), types[0]);
    if (!status.ok()) return InField(std::move(status), "keys", i);
    status = CheckElement(map.values(i));
    if (status.ok()) status = visit(map.values(i), types[1]);
    if (!status.ok()) return InField(std::move(status), "values", i);
  }
  return absl::OkStatus();
}

using VisitField = absl::FunctionRef<absl::Status(size_t, const v1::Value&)>;

absl::Status VisitInOrder(const ColumnType& type, const Values& values,
                          VisitField visit) {
  const size_t fields = type.arguments->types.size();
  if (static_cast<size_t>(values.size()) > fields) {
    const std::string name = TypeName(type);
    return InField(
        BadRequest("VALUE_COUNT", absl::StrCat("a ", name, " has ", fields,
                                               " fields; got ", values.size())),
        "values");
  }
  for (int i = 0; i < values.size(); ++i) {
    absl::Status status = visit(static_cast<size_t>(i), values[i]);
    if (!status.ok()) return InField(std::move(status), "values", i);
  }
  return absl::OkStatus();
}

// Each of `udt.fields()` names a field of the type, none twice.
absl::Status VisitByName(const ColumnType& type, const v1::UserValue& udt,
                         VisitField visit) {
  if (udt.fields_size() != udt.values_size()) {
    return InField(BadRequest("VALUE_COUNT",
                              absl::StrCat(udt.fields_size(), " fields, but ",
                                           udt.values_size(), " values")),
                   "values");
  }
  const std::vector<std::string>& names = type.arguments->field_names;
  std::vector<bool> given(names.size());
  for (int i = 0; i < udt.fields_size(); ++i) {
    const auto found = std::find(names.begin(), names.end(), udt.fields(i));
    const auto field = static_cast<size_t>(found - names.begin());
    if (found == names.end() || given[field]) {
      const std::string& name = type.arguments->name;
      return InField(
          BadRequest(found == names.end() ? "UNKNOWN_FIELD" : "FIELD_TWICE",
                     absl::StrCat("expected fields of ", name, ", each once")),
          "fields", i);
    }
    given[field] = true;
    absl::Status status = visit(field, udt.values(i));
    if (!status.ok()) return InField(std::move(status), "values", i);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> EncodeToString(const ColumnType& type,
                                           const v1::Value& value) {
  std::string kept;
  ASSIGN_OR_RETURN(const std::string_view bytes,
                   EncodeValue(type, value, [&kept](std::string built) {
                     kept = std::move(built);
                     return std::string_view(kept);
                   }));
  // A view into `value`, or `kept` or a part of it.
  return bytes.data() == kept.data() && bytes.size() == kept.size()
             ? std::move(kept)
             : std::string(bytes);
}

absl::StatusOr<std::string> EncodeElements(const ColumnType& type,
                                           const v1::Value& value) {
  std::vector<std::string> parts;
  RETURN_IF_ERROR(
      VisitElements(type, value,
                    [&](const v1::Value& element,
                        const ColumnType& element_type) -> absl::Status {
                      ASSIGN_OR_RETURN(parts.emplace_back(),
                                       EncodeToString(element_type, element));
                      return absl::OkStatus();
                    }));
  std::string joined = JoinParts(type, parts);
  if (type.kind == TypeKind::kMap &&
      LoadBig<uint32_t>(joined.data()) != parts.size() / 2) {
    return InField(
        InField(BadRequest("KEY_TWICE", "a map has each key once"), "keys"),
        "map_value");
  }
  return joined;
}

// Fields behind the last one that isn't null are left out.
absl::StatusOr<std::string> EncodeFields(const ColumnType& type,
                                         const v1::Value& value) {
  std::vector<std::optional<std::string>> fields;
  RETURN_IF_ERROR(VisitFields(
      type, value, [&](size_t i, const v1::Value& field) -> absl::Status {
        if (field.has_null_value()) return absl::OkStatus();
        if (i >= fields.size()) fields.resize(i + 1);
        ASSIGN_OR_RETURN(fields[i],
                         EncodeToString(type.arguments->types[i], field));
        return absl::OkStatus();
      }));
  std::string bytes;
  for (const auto& field : fields) AppendPart(field, &bytes);
  return bytes;
}

absl::StatusOr<std::string> EncodeVector(const ColumnType& type,
                                         const v1::VectorValue& vector) {
  const auto dimensions = static_cast<int>(type.arguments->dimensions);
  if (vector.values_size() != dimensions) {
    return InField(
        InField(BadRequest("VALUE_COUNT", absl::StrCat("expected ", dimensions,
                                                       " numbers; got ",
                                                       vector.values_size())),
                "values"),
        "vector_value");
  }
  std::string bytes;
  bytes.reserve(sizeof(float) * static_cast<size_t>(dimensions));
  for (const float number : vector.values()) {
    PutBig(std::bit_cast<uint32_t>(number), &bytes);
  }
  return bytes;
}

absl::StatusOr<std::string> EncodeToBytes(const ColumnType& type,
                                          const v1::Value& value) {
  switch (type.kind) {
    case TypeKind::kTuple:
    case TypeKind::kUserType:
      return EncodeFields(type, value);
    case TypeKind::kVector:
      RETURN_IF_ERROR(CheckKind(type, value));
      return EncodeVector(type, value.vector_value());
    default:
      return EncodeElements(type, value);
  }
}

// Sets the kind, with no part.
void StartComposite(const ColumnType& type, v1::Value* value) {
  switch (type.kind) {
    case TypeKind::kList:
      value->mutable_list_value();
      break;
    case TypeKind::kSet:
      value->mutable_set_value();
      break;
    case TypeKind::kMap:
      value->mutable_map_value();
      break;
    case TypeKind::kTuple:
      value->mutable_tuple_value();
      break;
    case TypeKind::kUserType:
      value->mutable_udt_value();
      break;
    default:
      value->mutable_vector_value();
      break;
  }
}

// Where part `i` of a value of `type` goes.
v1::Value* AddPart(const ColumnType& type, size_t i, v1::Value* value) {
  switch (type.kind) {
    case TypeKind::kList:
      return value->mutable_list_value()->add_values();
    case TypeKind::kSet:
      return value->mutable_set_value()->add_values();
    case TypeKind::kMap:
      return i % 2 == 0 ? value->mutable_map_value()->add_keys()
                        : value->mutable_map_value()->add_values();
    case TypeKind::kTuple:
      return value->mutable_tuple_value()->add_values();
    default:
      return value->mutable_udt_value()->add_values();
  }
}

}  // namespace

absl::Status VisitElements(const ColumnType& type, const v1::Value& value,
                           VisitElement visit) {
  RETURN_IF_ERROR(CheckKind(type, value));
  switch (type.kind) {
    case TypeKind::kMap:
      return InField(VisitMap(type, value.map_value(), visit), "map_value");
    case TypeKind::kSet:
      return InField(VisitList(type.arguments->types[0],
                               value.set_value().values(), visit),
                     "set_value");
    default:
      return InField(VisitList(type.arguments->types[0],
                               value.list_value().values(), visit),
                     "list_value");
  }
}

absl::Status VisitFields(const ColumnType& type, const v1::Value& value,
                         VisitField visit) {
  RETURN_IF_ERROR(CheckKind(type, value));
  if (type.kind == TypeKind::kTuple) {
    return InField(VisitInOrder(type, value.tuple_value().values(), visit),
                   "tuple_value");
  }
  const v1::UserValue& udt = value.udt_value();
  return InField(udt.fields().empty() ? VisitInOrder(type, udt.values(), visit)
                                      : VisitByName(type, udt, visit),
                 "udt_value");
}

absl::StatusOr<std::string_view> EncodeComposite(const ColumnType& type,
                                                 const v1::Value& value,
                                                 KeepBytes keep) {
  ASSIGN_OR_RETURN(std::string bytes, EncodeToBytes(type, value));
  return keep(std::move(bytes));
}

absl::Status DecodeComposite(const ColumnType& type, std::string_view bytes,
                             v1::Value* value) {
  StartComposite(type, value);
  absl::Status status;
  const bool whole =
      VisitParts(type, bytes, LaterFields::kSkip,
                 [&](size_t i, const ColumnType& part_type, ValuePart part) {
                   if (type.kind == TypeKind::kVector) {
                     value->mutable_vector_value()->add_values(
                         std::bit_cast<float>(LoadBig<uint32_t>(part->data())));
                     return true;
                   }
                   v1::Value* to = AddPart(type, i, value);
                   if (part) {
                     status = DecodeValue(part_type, *part, to);
                   } else {
                     to->set_null_value(v1::NULL_VALUE);
                   }
                   return status.ok();
                 });
  if (!status.ok()) return status;
  if (whole) return absl::OkStatus();
  const std::string name = TypeName(type);
  return absl::DataLossError(
      absl::StrCat("a stored ", name, " is not put together as its type says"));
}

}  // namespace rowan
