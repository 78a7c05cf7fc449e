// SPDX-License-Identifier: Apache-2.0
#include "storage/model/composite/type_bytes.h"

#include <utility>

#include "storage/base/coding.h"

namespace rowan {
namespace {

constexpr uint8_t kFrozen = 0x01;

bool HasFieldCount(TypeKind kind) {
  return kind == TypeKind::kTuple || kind == TypeKind::kUserType;
}

bool GetString(std::string_view* in, std::string* string) {
  std::string_view bytes;
  if (!GetBytes(in, &bytes)) return false;
  *string = bytes;
  return true;
}

bool GetTypeAt(std::string_view* in, size_t depth, ColumnType* type);

// How many types follow. A field is a byte at least.
bool GetCount(TypeKind kind, std::string_view* in, uint64_t* count) {
  if (HasFieldCount(kind)) {
    return GetVarint(in, count) && *count <= kTypeFieldsMax &&
           *count <= in->size();
  }
  *count = kind == TypeKind::kMap ? 2 : 1;
  return true;
}

bool GetArguments(TypeKind kind, std::string_view* in, size_t depth,
                  TypeArguments* arguments) {
  const bool is_user_type = kind == TypeKind::kUserType;
  uint64_t count;
  if (is_user_type && (!GetString(in, &arguments->keyspace) ||
                       !GetString(in, &arguments->name))) {
    return false;
  }
  if (kind == TypeKind::kVector && !GetLittle(in, &arguments->dimensions)) {
    return false;
  }
  if (!GetCount(kind, in, &count)) return false;
  arguments->types.resize(count);
  if (is_user_type) arguments->field_names.resize(count);
  for (size_t i = 0; i < count; ++i) {
    if (is_user_type && !GetString(in, &arguments->field_names[i])) {
      return false;
    }
    if (!GetTypeAt(in, depth + 1, &arguments->types[i])) return false;
  }
  return true;
}

bool GetTypeAt(std::string_view* in, size_t depth, ColumnType* type) {
  uint8_t kind, flags;
  if (!GetLittle(in, &kind)) return false;
  type->kind = static_cast<TypeKind>(kind);
  if (IsScalar(type->kind)) return true;
  if (!IsComposite(type->kind) || depth > kTypeDepthMax ||
      !GetLittle(in, &flags) || (flags & ~kFrozen) != 0) {
    return false;
  }
  type->frozen = (flags & kFrozen) != 0;
  TypeArguments arguments;
  if (!GetArguments(type->kind, in, depth, &arguments)) return false;
  type->arguments = std::make_shared<const TypeArguments>(std::move(arguments));
  return true;
}

}  // namespace

void PutType(const ColumnType& type, std::string* out) {
  PutLittle(static_cast<uint8_t>(type.kind), out);
  if (!IsComposite(type.kind)) return;
  PutLittle(type.frozen ? kFrozen : uint8_t{0}, out);
  const TypeArguments& arguments = *type.arguments;
  const bool is_user_type = type.kind == TypeKind::kUserType;
  if (is_user_type) {
    PutBytes(arguments.keyspace, out);
    PutBytes(arguments.name, out);
  }
  if (type.kind == TypeKind::kVector) PutLittle(arguments.dimensions, out);
  if (HasFieldCount(type.kind)) PutVarint(arguments.types.size(), out);
  for (size_t i = 0; i < arguments.types.size(); ++i) {
    if (is_user_type) PutBytes(arguments.field_names[i], out);
    PutType(arguments.types[i], out);
  }
}

bool GetType(std::string_view* in, ColumnType* type) {
  return GetTypeAt(in, 1, type);
}

}  // namespace rowan
