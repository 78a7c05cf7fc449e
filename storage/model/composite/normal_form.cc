// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "storage/model/composite/composite_codec.h"
#include "storage/model/composite/value_parts.h"

namespace rowan {
namespace {

constexpr size_t kCountSize = 4;  // of a list, set or map

void AppendNormalForm(const ColumnType& type, std::string_view value,
                      std::string* out) {
  if (!IsComposite(type.kind) || type.kind == TypeKind::kVector) {
    out->append(value);
    return;
  }
  if (!HasFields(type.kind)) out->append(value.substr(0, kCountSize));
  size_t nulls = 0;  // right before
  std::string normal;
  VisitParts(type, value, LaterFields::kSkip,
             [&](size_t, const ColumnType& part_type, ValuePart part) {
               if (!part) {
                 ++nulls;
                 return true;
               }
               for (; nulls > 0; --nulls) AppendPart({}, out);
               normal.clear();
               AppendNormalForm(part_type, *part, &normal);
               AppendPart(normal, out);
               return true;
             });
}

}  // namespace

bool HoldsFields(const ColumnType& type) {
  if (!IsComposite(type.kind)) return false;
  if (HasFields(type.kind)) return true;
  const auto& types = type.arguments->types;
  return std::any_of(types.begin(), types.end(), HoldsFields);
}

std::string NormalForm(const ColumnType& type, std::string_view value) {
  std::string form;
  AppendNormalForm(type, value, &form);
  return form;
}

}  // namespace rowan
