// SPDX-License-Identifier: Apache-2.0
#include "tools/rowan/import/json_column.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/model/composite/type_name.h"
#include "storage/model/composite/value_parts.h"
#include "storage/model/value.h"

namespace rowan::cli {
namespace {

using Kind = JsonValue::Kind;

absl::Status Expected(const ColumnType& type, const std::string& what) {
  return absl::InvalidArgumentError(
      absl::StrCat("expected ", what, " for a ", TypeName(type)));
}

absl::StatusOr<std::string> PartFromJson(const ColumnType& type,
                                         const JsonValue& json) {
  if (json.kind == Kind::kNull) return Expected(type, "no null");
  return BytesFromJson(type, json);
}

absl::StatusOr<std::string> ElementsFromJson(const ColumnType& type,
                                             const JsonValue& json) {
  const auto& types = type.arguments->types;
  std::vector<std::string> parts;
  for (size_t i = 0; i < json.parts.size(); ++i) {
    if (type.kind == TypeKind::kMap) {
      ASSIGN_OR_RETURN(parts.emplace_back(),
                       ParseValue(types[0], json.names[i]));
    }
    ASSIGN_OR_RETURN(parts.emplace_back(),
                     PartFromJson(types.back(), json.parts[i]));
  }
  return JoinParts(type, parts);
}

absl::StatusOr<std::string> VectorFromJson(const ColumnType& type,
                                           const JsonValue& json) {
  if (json.parts.size() != type.arguments->dimensions) {
    return Expected(type, absl::StrCat(type.arguments->dimensions, " numbers"));
  }
  std::string bytes;
  for (const JsonValue& part : json.parts) {
    ASSIGN_OR_RETURN(const std::string number,
                     PartFromJson(type.arguments->types[0], part));
    bytes += number;
  }
  return bytes;
}

// The field that part `i` is of: by place, or by name in a user type.
absl::StatusOr<size_t> FieldOf(const ColumnType& type, const JsonValue& json,
                               size_t i) {
  if (type.kind == TypeKind::kTuple) {
    if (i < type.arguments->types.size()) return i;
    return Expected(type, absl::StrCat(i, " fields at most"));
  }
  const auto& names = type.arguments->field_names;
  const auto found = std::find(names.begin(), names.end(), json.names[i]);
  if (found != names.end()) return static_cast<size_t>(found - names.begin());
  return Expected(type, "names of its fields");
}

// The normal form, as of literals.
absl::StatusOr<std::string> FieldsFromJson(const ColumnType& type,
                                           const JsonValue& json) {
  std::vector<std::optional<std::string>> fields;
  for (size_t i = 0; i < json.parts.size(); ++i) {
    ASSIGN_OR_RETURN(const size_t field, FieldOf(type, json, i));
    if (field >= fields.size()) fields.resize(field + 1);
    fields[field].reset();
    if (json.parts[i].kind == Kind::kNull) continue;
    ASSIGN_OR_RETURN(fields[field], BytesFromJson(type.arguments->types[field],
                                                  json.parts[i]));
  }
  while (!fields.empty() && !fields.back().has_value()) fields.pop_back();
  std::string bytes;
  for (const auto& field : fields) AppendPart(field, &bytes);
  return bytes;
}

}  // namespace

absl::StatusOr<std::string> BytesFromJson(const ColumnType& type,
                                          const JsonValue& json) {
  if (json.kind == Kind::kScalar) return ParseValue(type, json.text);
  if (!IsComposite(type.kind)) return Expected(type, "a plain value");
  const bool is_object =
      type.kind == TypeKind::kMap || type.kind == TypeKind::kUserType;
  if (json.kind != (is_object ? Kind::kObject : Kind::kArray)) {
    return Expected(type, is_object ? "an object" : "an array");
  }
  switch (type.kind) {
    case TypeKind::kTuple:
    case TypeKind::kUserType:
      return FieldsFromJson(type, json);
    case TypeKind::kVector:
      return VectorFromJson(type, json);
    default:
      return ElementsFromJson(type, json);
  }
}

}  // namespace rowan::cli
