// SPDX-License-Identifier: Apache-2.0
#include "tests/model/filter_check.h"

#include <algorithm>
#include <string>
#include <utility>

namespace rowan {
namespace {

using Op = PredicateOp;

// Negative, 0 or positive as the value is below, at or above the operand.
bool HoldsFor(Op op, int order) {
  switch (op) {
    case Op::kNotEqual:
      return order != 0;
    case Op::kLess:
      return order < 0;
    case Op::kLessOrEqual:
      return order <= 0;
    case Op::kGreater:
      return order > 0;
    case Op::kGreaterOrEqual:
      return order >= 0;
    default:
      return order == 0;  // kEqual, kIn, kContains
  }
}

}  // namespace

FilterCheck::FilterCheck(const TableShape& shape,
                         std::shared_ptr<const Schema> schema,
                         const std::vector<AskedPredicate>& asked,
                         bool distinct)
    : shape_(shape), schema_(std::move(schema)) {
  for (const AskedPredicate& predicate : asked) {
    const bool of_column = predicate.component < 0;
    if (of_column && FindColumn(*schema_, predicate.column) == nullptr) {
      continue;
    }
    if (distinct && !(of_column && predicate.column.fixed)) continue;
    asked_.push_back(predicate);
  }
}

std::string FilterCheck::Operand(const AskedPredicate& predicate,
                                 int value) const {
  if (predicate.component >= 0) {
    return ComponentBytes(
        shape_.clustering[static_cast<size_t>(predicate.component)].kind,
        value);
  }
  return predicate.op == Op::kContainsKey ? KeyOfPath(value)
                                          : ValueBytes(shape_, value);
}

std::shared_ptr<const RowFilter> FilterCheck::EngineFilter() const {
  if (asked_.empty()) return nullptr;
  const auto clustering = schema_->ColumnsOf(ColumnRole::kClustering);
  std::vector<Predicate> predicates;
  for (const AskedPredicate& asked : asked_) {
    const Column* const column =
        asked.component >= 0 ? clustering[static_cast<size_t>(asked.component)]
                             : FindColumn(*schema_, asked.column);
    std::vector<std::string> operands;
    for (const int value : asked.values) {
      operands.push_back(Operand(asked, value));
    }
    const std::vector<std::string_view> views(operands.begin(), operands.end());
    predicates.push_back(Predicate::Make(*column, asked.op, views).value());
  }
  return std::make_shared<RowFilter>(schema_, std::move(predicates));
}

Verdict FilterCheck::ForWideRow(const Schema& now, const SeenRow* fixed) const {
  Verdict all;
  for (const AskedPredicate& predicate : asked_) {
    if (predicate.component >= 0 || !predicate.column.fixed) continue;
    all = all & Holds(predicate, now, fixed);
  }
  return all;
}

Verdict FilterCheck::ForRow(const Schema& now, const SeenRow* row) const {
  Verdict all;
  for (const AskedPredicate& predicate : asked_) {
    if (predicate.component < 0 && predicate.column.fixed) continue;
    all = all & Holds(predicate, now, row);
  }
  return all;
}

// The cells of the column as it was when the read began.
std::vector<const SeenCell*> FilterCheck::CellsOf(const ColumnName& column,
                                                  const Schema& now,
                                                  const SeenRow* row) const {
  std::vector<const SeenCell*> cells;
  const Column* const asked = FindColumn(*schema_, column);
  const Column* const there = FindColumn(now, column);
  if (row == nullptr || there == nullptr || there->id != asked->id) {
    return cells;
  }
  const bool has_fields = asked->type.kind == TypeKind::kUserType;
  for (const SeenCell& cell : row->cells) {
    if (cell.column != column) continue;
    if (has_fields &&
        cell.path >= static_cast<int>(asked->type.arguments->types.size())) {
      continue;
    }
    cells.push_back(&cell);
  }
  return cells;
}

Verdict FilterCheck::Holds(const AskedPredicate& predicate, const Schema& now,
                           const SeenRow* row) const {
  const auto any = [&](const auto& order) {
    return std::any_of(
        predicate.values.begin(), predicate.values.end(),
        [&](int value) { return HoldsFor(predicate.op, order(value)); });
  };
  if (predicate.component >= 0) {
    const bool is_null = row == nullptr;
    bool holds;
    if (predicate.op == Op::kIsNull || predicate.op == Op::kIsNotNull) {
      holds = is_null == (predicate.op == Op::kIsNull);
    } else {
      holds = !is_null && any([&](int value) {
        return row->name.components[static_cast<size_t>(predicate.component)] -
               value;
      });
    }
    return {holds, holds};
  }
  const auto cells = CellsOf(predicate.column, now, row);
  Verdict some{false, false};
  for (const SeenCell* cell : cells) {
    const bool holds =
        predicate.op >= Op::kIsNull ||
        (predicate.op == Op::kContainsKey
             ? cell->path == predicate.values[0]
             : any([&](int value) {
                 return cell->seen.value.compare(ValueBytes(shape_, value));
               }));
    some.may |= holds;
    some.must |= holds && cell->must;
  }
  if (predicate.op == Op::kIsNull) return {!some.must, !some.may};
  return some;
}

}  // namespace rowan
