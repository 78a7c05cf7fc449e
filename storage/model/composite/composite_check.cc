// SPDX-License-Identifier: Apache-2.0
#include "storage/base/status_macros.h"
#include "storage/model/composite/composite_codec.h"
#include "storage/model/composite/value_parts.h"

namespace rowan {
namespace {

// How the bytes of a value are put together.
std::string Shape(const ColumnType& type) {
  switch (type.kind) {
    case TypeKind::kTuple:
    case TypeKind::kUserType:
      return "at most " + std::to_string(type.arguments->types.size()) +
             " fields, each a length and its bytes";
    case TypeKind::kVector:
      return std::to_string(type.arguments->dimensions) + " floats of 4 bytes";
    default:
      return "a count and as many elements, none null, each a length and its "
             "bytes";
  }
}

std::string PartName(const ColumnType& type, size_t i) {
  switch (type.kind) {
    case TypeKind::kMap:
      return (i % 2 == 0 ? "key " : "value ") + std::to_string(i / 2 + 1);
    case TypeKind::kTuple:
      return "field " + std::to_string(i + 1);
    case TypeKind::kUserType:
      return "field '" + type.arguments->field_names[i] + "'";
    default:
      return "element " + std::to_string(i + 1);
  }
}

}  // namespace

absl::Status CheckComposite(const ColumnType& type, std::string_view value,
                            LaterFields later) {
  // Without their later fields, elements may be in another order, and equal.
  const bool knows_order = later == LaterFields::kRefuse;
  const size_t sorted_every = !knows_order                  ? 0
                              : type.kind == TypeKind::kSet ? 1
                              : type.kind == TypeKind::kMap ? 2
                                                            : 0;
  absl::Status status;
  std::string form, previous;
  const auto check = [&](size_t i, const ColumnType& part_type,
                         ValuePart part) {
    if (!part) return true;
    status = CheckForm(part_type, *part, later);
    if (!status.ok()) {
      status = Annotate(status, PartName(type, i));
      return false;
    }
    if (sorted_every == 0 || i % sorted_every != 0) return true;
    form.clear();
    AppendKeyForm(part_type, *part, &form);
    if (i > 0 && form <= previous) {
      status = Annotate(ExpectedError("elements that ascend, each once"),
                        PartName(type, i));
      return false;
    }
    form.swap(previous);
    return true;
  };
  const bool whole = VisitParts(type, value, later, check);
  if (!status.ok()) return status;
  return whole ? absl::OkStatus() : ExpectedError(Shape(type));
}

}  // namespace rowan
