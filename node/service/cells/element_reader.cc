// SPDX-License-Identifier: Apache-2.0
#include "node/service/cells/element_reader.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "node/service/wire/value_codec.h"
#include "storage/base/status_macros.h"
#include "storage/model/composite/element_path.h"
#include "storage/model/composite/type_name.h"

namespace rowan {
namespace {

absl::Status BadPath(const ColumnType& type) {
  const std::string name = TypeName(type);
  return absl::DataLossError(
      absl::StrCat("a stored element of a ", name, " has a malformed path"));
}

absl::Status AppendKeyed(const ColumnType& type, const Cell& cell,
                         v1::Value* value) {
  std::string bytes;
  if (!ReadPath(type, cell.path, &bytes)) return BadPath(type);
  if (type.kind == TypeKind::kSet) {
    return DecodeValue(*PathType(type), bytes,
                       value->mutable_set_value()->add_values());
  }
  v1::MapValue* map = value->mutable_map_value();
  RETURN_IF_ERROR(DecodeValue(*PathType(type), bytes, map->add_keys()));
  return DecodeValue(*ElementType(type, cell.path), cell.value,
                     map->add_values());
}

// Fields between those that have a value are null.
absl::Status AppendField(const ColumnType& type, const Cell& cell,
                         v1::Value* value) {
  const std::optional<size_t> field = FieldOfPath(type, cell.path);
  v1::UserValue* udt = value->mutable_udt_value();
  if (!field || *field < static_cast<size_t>(udt->values_size())) {
    return BadPath(type);
  }
  while (static_cast<size_t>(udt->values_size()) < *field) {
    udt->add_values()->set_null_value(v1::NULL_VALUE);
  }
  return DecodeValue(type.arguments->types[*field], cell.value,
                     udt->add_values());
}

}  // namespace

absl::Status AppendElement(const ColumnType& type, const Cell& cell,
                           v1::Value* value) {
  switch (type.kind) {
    case TypeKind::kList:
      return DecodeValue(*ElementType(type, cell.path), cell.value,
                         value->mutable_list_value()->add_values());
    case TypeKind::kUserType:
      return AppendField(type, cell, value);
    default:
      return AppendKeyed(type, cell, value);
  }
}

}  // namespace rowan
