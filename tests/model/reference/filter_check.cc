// SPDX-License-Identifier: Apache-2.0
#include "tests/model/reference/filter_check.h"

#include <algorithm>
#include <string>
#include <utility>

namespace rowan {
namespace {

using Op = PredicateOp;

// Cells of one column whose all combinations are asked.
constexpr size_t kUnsureMax = 6;

bool IsOfSet(ColumnKind kind) {
  return kind == ColumnKind::kSet || kind == ColumnKind::kFrozenSet;
}

// Negative, 0 or positive as the value is below, at or above the operand.
bool IsSo(Op op, int order) {
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
      return order == 0;  // kEqual, kIn
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
  const ColumnKind kind = KindOf(shape_, predicate.column);
  if (predicate.op == Op::kContainsKey ||
      (predicate.op == Op::kContains && IsOfSet(kind))) {
    return PathValueBytes(kind, value);
  }
  if (predicate.op == Op::kContains) return PlainBytes(value, shape_.fat);
  return WholeBytes(kind, value, FieldsOf(*schema_, predicate.column),
                    shape_.fat);
}

std::shared_ptr<const RowFilter> FilterCheck::EngineFilter() const {
  if (asked_.empty()) return nullptr;
  return std::make_shared<RowFilter>(schema_, Predicates());
}

std::vector<Predicate> FilterCheck::Predicates() const {
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
  return predicates;
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
  const bool has_fields = KindOf(shape_, column) == ColumnKind::kFields;
  const int fields = FieldsOf(*schema_, column);
  for (const SeenCell& cell : row->cells) {
    if (cell.column != column) continue;
    if (has_fields && cell.path >= fields) continue;
    cells.push_back(&cell);
  }
  return cells;
}

// What the cells say together; a value in one cell is one of its elements.
ValueElements FilterCheck::ElementsOf(
    ColumnKind kind, int fields, const std::vector<const SeenCell*>& cells) {
  if (!HasElements(kind)) {
    return WholeValue(kind, cells[0]->number,
                      std::min(fields, cells[0]->fields));
  }
  ValueElements elements;
  for (const SeenCell* cell : cells) {
    const bool of_list = kind == ColumnKind::kList;
    elements.emplace_back(
        of_list ? static_cast<int64_t>(elements.size()) : cell->path,
        cell->number);
  }
  return elements;
}

// Of a column whose cells are these; none: it is null.
bool FilterCheck::HoldsFor(const AskedPredicate& predicate,
                           const std::vector<const SeenCell*>& cells) const {
  if (predicate.op >= Op::kIsNull) {
    return cells.empty() == (predicate.op == Op::kIsNull);
  }
  if (cells.empty()) return false;
  const ColumnKind kind = KindOf(shape_, predicate.column);
  const int fields = FieldsOf(*schema_, predicate.column);
  const ValueElements elements = ElementsOf(kind, fields, cells);
  if (predicate.op == Op::kContains || predicate.op == Op::kContainsKey) {
    const bool of_paths = predicate.op == Op::kContainsKey || IsOfSet(kind);
    const int64_t wanted =
        IsOfSet(kind) ? PlaceOfPath(ColumnKind::kSet, predicate.values[0])
                      : predicate.values[0];
    return std::any_of(elements.begin(), elements.end(), [&](const auto& e) {
      return (of_paths ? e.first : e.second) == wanted;
    });
  }
  const std::vector<int64_t> order = OrderOf(kind, elements);
  return std::any_of(
      predicate.values.begin(), predicate.values.end(), [&](int value) {
        const std::vector<int64_t> asked =
            OrderOf(kind, WholeValue(kind, value, fields));
        return IsSo(predicate.op, order < asked ? -1 : order > asked);
      });
}

Verdict FilterCheck::HoldsForKey(const AskedPredicate& predicate,
                                 const SeenRow* row) {
  bool holds;
  if (predicate.op >= Op::kIsNull || row == nullptr) {
    holds = (row == nullptr) == (predicate.op == Op::kIsNull);
  } else {
    const auto component = static_cast<size_t>(predicate.component);
    holds = std::any_of(
        predicate.values.begin(), predicate.values.end(), [&](int value) {
          return IsSo(predicate.op, row->name.components[component] - value);
        });
  }
  return {holds, holds};
}

// With and without each of the cells that need not be seen.
Verdict FilterCheck::Holds(const AskedPredicate& predicate, const Schema& now,
                           const SeenRow* row) const {
  if (predicate.component >= 0) return HoldsForKey(predicate, row);
  const auto cells = CellsOf(predicate.column, now, row);
  const auto unsure = static_cast<size_t>(
      std::count_if(cells.begin(), cells.end(),
                    [](const auto* cell) { return !cell->must; }));
  if (unsure > kUnsureMax) return {true, false};
  Verdict verdict{false, true};
  for (size_t seen = 0; seen < size_t{1} << unsure; ++seen) {
    std::vector<const SeenCell*> there;
    size_t next = 0;
    for (const SeenCell* cell : cells) {
      if (cell->must || (seen >> next++ & 1) != 0) there.push_back(cell);
    }
    const bool holds = HoldsFor(predicate, there);
    verdict.may |= holds;
    verdict.must &= holds;
  }
  return verdict;
}

}  // namespace rowan
