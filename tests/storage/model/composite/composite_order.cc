// SPDX-License-Identifier: Apache-2.0
#include "tests/storage/model/composite/composite_order.h"

#include <algorithm>

#include "tests/storage/model/value_order.h"

namespace rowan {
namespace {

using Parts = std::vector<std::optional<std::string>>;

int64_t Number(std::string_view bytes) {
  uint32_t number = 0;
  for (size_t i = 0; i < 4; ++i) {
    number = number * 256 + static_cast<unsigned char>(bytes[i]);
  }
  return static_cast<int32_t>(number);
}

// Lists, sets and maps: part by part, then by size.
int CompareCollections(const ColumnType& type, const Parts& a, const Parts& b) {
  const auto& types = type.arguments->types;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const int order = CompareOfType(types[i % types.size()], *a[i], *b[i]);
    if (order != 0) return order;
  }
  return a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
}

// A null, or a field that isn't there, is below every value.
int CompareFields(const ColumnType& type, Parts a, Parts b) {
  const auto& types = type.arguments->types;
  a.resize(types.size());
  b.resize(types.size());
  for (size_t i = 0; i < types.size(); ++i) {
    if (!a[i] && !b[i]) continue;
    if (!a[i]) return -1;
    if (!b[i]) return 1;
    const int order = CompareOfType(types[i], *a[i], *b[i]);
    if (order != 0) return order;
  }
  return 0;
}

}  // namespace

std::vector<std::optional<std::string>> PartsOf(const ColumnType& type,
                                                std::string_view value) {
  Parts parts;
  if (type.kind == TypeKind::kVector) {
    for (; !value.empty(); value.remove_prefix(4)) {
      parts.emplace_back(value.substr(0, 4));
    }
    return parts;
  }
  const bool fields =
      type.kind == TypeKind::kTuple || type.kind == TypeKind::kUserType;
  if (!fields) value.remove_prefix(4);
  while (!value.empty()) {
    const int64_t size = Number(value);
    value.remove_prefix(4);
    if (size < 0) {
      parts.emplace_back();
      continue;
    }
    parts.emplace_back(value.substr(0, static_cast<size_t>(size)));
    value.remove_prefix(static_cast<size_t>(size));
  }
  return parts;
}

int CompareOfType(const ColumnType& type, std::string_view a,
                  std::string_view b) {
  switch (type.kind) {
    case TypeKind::kTuple:
    case TypeKind::kUserType:
      return CompareFields(type, PartsOf(type, a), PartsOf(type, b));
    case TypeKind::kList:
    case TypeKind::kSet:
    case TypeKind::kMap:
    case TypeKind::kVector:
      return CompareCollections(type, PartsOf(type, a), PartsOf(type, b));
    default:
      return CompareValues(type.kind, a, b);
  }
}

}  // namespace rowan
