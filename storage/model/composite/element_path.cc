// SPDX-License-Identifier: Apache-2.0
#include "storage/model/composite/element_path.h"

#include <cstdint>

#include "storage/base/coding.h"
#include "storage/model/composite/composite_codec.h"

namespace rowan {

const ColumnType* PathType(const ColumnType& type) {
  static const auto& timeuuid = *new ColumnType{TypeKind::kTimeuuid};
  switch (type.kind) {
    case TypeKind::kList:
      return &timeuuid;
    case TypeKind::kUserType:
      return nullptr;
    default:
      return &type.arguments->types[0];
  }
}

void AppendPath(const ColumnType& type, std::string_view value,
                std::string* out) {
  AppendKeyForm(*PathType(type), value, out);
}

void AppendFieldPath(size_t field, std::string* out) {
  PutBig(static_cast<uint16_t>(field), out);
}

bool ReadPath(const ColumnType& type, std::string_view path,
              std::string* value) {
  return ReadWholeKeyForm(*PathType(type), path, value);
}

std::optional<size_t> FieldOfPath(const ColumnType& type,
                                  std::string_view path) {
  uint16_t field;
  if (!GetBig(&path, &field) || !path.empty() ||
      field >= type.arguments->types.size()) {
    return std::nullopt;
  }
  return field;
}

bool IsOfLaterField(const ColumnType& type, std::string_view path) {
  if (type.kind != TypeKind::kUserType) return false;
  uint16_t field;
  return GetBig(&path, &field) && path.empty() &&
         field >= type.arguments->types.size() && field < kTypeFieldsMax;
}

const ColumnType* ElementType(const ColumnType& type, std::string_view path) {
  const auto& types = type.arguments->types;
  switch (type.kind) {
    case TypeKind::kSet:
      return nullptr;
    case TypeKind::kUserType: {
      const std::optional<size_t> field = FieldOfPath(type, path);
      return field ? &types[*field] : nullptr;
    }
    default:
      return &types.back();
  }
}

}  // namespace rowan
