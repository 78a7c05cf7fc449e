// SPDX-License-Identifier: Apache-2.0
#include "storage/read/predicate.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/coding.h"
#include "storage/base/status_macros.h"
#include "storage/model/composite/composite_codec.h"
#include "storage/model/composite/element_path.h"
#include "storage/model/composite/type_name.h"
#include "storage/model/counter.h"
#include "storage/model/value.h"

namespace rowan {
namespace {

bool TakesNoOperand(PredicateOp op) {
  return op == PredicateOp::kIsNull || op == PredicateOp::kIsNotNull;
}

bool ComparesSizes(PredicateOp op) {
  return op >= PredicateOp::kLess && op <= PredicateOp::kGreaterOrEqual;
}

bool AsksForPart(PredicateOp op) {
  return op == PredicateOp::kContains || op == PredicateOp::kContainsKey;
}

absl::Status NotFor(const ColumnType& type, std::string_view comparison) {
  const std::string name = TypeName(type);
  return absl::InvalidArgumentError(absl::StrCat(
      "values of type ", name, " can't be asked ", std::string(comparison)));
}

// What memcmp compares. REQUIRES: a value of the type.
std::string Form(const ColumnType& type, std::string_view value) {
  if (!HasOrder(type)) return NormalForm(type, value);
  std::string form;
  AppendKeyForm(type, value, &form);
  return form;
}

absl::Status NoValue(const ColumnType& type) {
  const std::string name = TypeName(type);
  return absl::DataLossError(absl::StrCat("a stored ", name, " is malformed"));
}

// A user type's cells, whose paths are the fields' numbers.
absl::StatusOr<std::string> GatherFields(const ColumnType& type,
                                         std::span<const Cell> cells) {
  std::string value;
  size_t next = 0;
  for (const Cell& cell : cells) {
    const std::optional<size_t> field = FieldOfPath(type, cell.path);
    if (!field.has_value() || *field < next) return NoValue(type);
    for (; next < *field; ++next) AppendPart(std::nullopt, &value);
    AppendPart(cell.value, &value);
    ++next;
  }
  return value;
}

// The frozen form of what has a cell per element; cells ascend by path, which
// is the order of elements.
absl::StatusOr<std::string> Gather(const ColumnType& type,
                                   std::span<const Cell> cells) {
  if (type.kind == TypeKind::kUserType) return GatherFields(type, cells);
  std::string value;
  PutBig(static_cast<uint32_t>(cells.size()), &value);
  std::string element;
  for (const Cell& cell : cells) {
    if (type.kind != TypeKind::kList) {
      if (!ReadPath(type, cell.path, &element)) return NoValue(type);
      AppendPart(element, &value);
    }
    if (type.kind != TypeKind::kSet) AppendPart(cell.value, &value);
  }
  return value;
}

}  // namespace

absl::StatusOr<const ColumnType*> OperandType(const ColumnType& type,
                                              PredicateOp op) {
  if (TakesNoOperand(op)) return nullptr;
  if (op == PredicateOp::kContainsKey) {
    if (type.kind == TypeKind::kMap) return &type.arguments->types[0];
    return NotFor(type, "for a key; a map has keys");
  }
  if (op == PredicateOp::kContains) {
    if (type.kind == TypeKind::kList || type.kind == TypeKind::kSet ||
        type.kind == TypeKind::kMap) {
      return &type.arguments->types.back();
    }
    return NotFor(type, "for an element; a list, a set or a map has elements");
  }
  if (ComparesSizes(op) && (!HasOrder(type) || type.kind == TypeKind::kMap ||
                            HasCellPerElement(type))) {
    return NotFor(type, "for less or greater");
  }
  return &type;
}

absl::StatusOr<Predicate> Predicate::Make(
    const Column& column, PredicateOp op,
    std::span<const std::string_view> operands) {
  ASSIGN_OR_RETURN(const ColumnType* operand, OperandType(column.type, op));
  if (op != PredicateOp::kIn &&
      operands.size() != (TakesNoOperand(op) ? 0 : 1)) {
    return absl::InvalidArgumentError(TakesNoOperand(op)
                                          ? "the operator takes no value"
                                          : "the operator takes one value");
  }
  Predicate predicate(column, op);
  for (const std::string_view bytes : operands) {
    RETURN_IF_ERROR(CheckValue(*operand, bytes));
    predicate.operands_.push_back(Form(*operand, bytes));
  }
  std::sort(predicate.operands_.begin(), predicate.operands_.end());
  return predicate;
}

bool Predicate::Compare(std::string_view value) const {
  const std::string form = Form(type_, value);
  if (op_ == PredicateOp::kIn) {
    return std::binary_search(operands_.begin(), operands_.end(), form);
  }
  const int order = form.compare(operands_[0]);
  switch (op_) {
    case PredicateOp::kEqual:
      return order == 0;
    case PredicateOp::kNotEqual:
      return order != 0;
    case PredicateOp::kLess:
      return order < 0;
    case PredicateOp::kLessOrEqual:
      return order <= 0;
    case PredicateOp::kGreater:
      return order > 0;
    default:
      return order >= 0;  // kGreaterOrEqual
  }
}

bool Predicate::HasPart(std::string_view value) const {
  const bool is_map = type_.kind == TypeKind::kMap;
  const size_t wanted = is_map && op_ == PredicateOp::kContains ? 1 : 0;
  bool found = false;
  VisitParts(type_, value, LaterFields::kSkip,
             [&](size_t i, const ColumnType& type, ValuePart part) {
               if (is_map && i % 2 != wanted) return true;
               found = part.has_value() && Form(type, *part) == operands_[0];
               return !found;
             });
  return found;
}

absl::StatusOr<bool> Predicate::Holds(ValuePart value) const {
  if (TakesNoOperand(op_)) {
    return value.has_value() == (op_ == PredicateOp::kIsNotNull);
  }
  if (!value.has_value()) return false;
  if (!CheckForm(type_, *value, LaterFields::kSkip).ok()) {
    return NoValue(type_);
  }
  return AsksForPart(op_) ? HasPart(*value) : Compare(*value);
}

absl::StatusOr<bool> Predicate::HoldsFor(const Row* row) const {
  if (row == nullptr) return Holds(std::nullopt);
  const auto [first, last] = std::equal_range(
      row->cells.begin(), row->cells.end(), Cell{.column = column_},
      [](const Cell& a, const Cell& b) { return a.column < b.column; });
  std::span<const Cell> cells(first, last);
  // Fields ascend.
  while (!cells.empty() && IsOfLaterField(type_, cells.back().path)) {
    cells = cells.first(cells.size() - 1);
  }
  if (cells.empty() || TakesNoOperand(op_)) {
    return Holds(cells.empty() ? ValuePart() : ValuePart(""));
  }
  if (type_.kind == TypeKind::kCounter) {
    int64_t total;
    if (!SumCounter(cells, &total)) return NoValue(type_);
    return Holds(CounterBytes(total));
  }
  if (!HasCellPerElement(type_)) return Holds(cells.front().value);
  ASSIGN_OR_RETURN(const std::string value, Gather(type_, cells));
  return Holds(value);
}

}  // namespace rowan
