// SPDX-License-Identifier: Apache-2.0
#include "tests/model/case/asked_predicate.h"

#include <utility>

#include "tests/model/case/text_cursor.h"

namespace rowan {
namespace {

// None begins as another one does.
constexpr std::pair<PredicateOp, std::string_view> kOps[] = {
    {PredicateOp::kEqual, "eq"},        {PredicateOp::kNotEqual, "ne"},
    {PredicateOp::kLess, "lt"},         {PredicateOp::kLessOrEqual, "le"},
    {PredicateOp::kGreater, "gt"},      {PredicateOp::kGreaterOrEqual, "ge"},
    {PredicateOp::kIn, "in"},           {PredicateOp::kContains, "has"},
    {PredicateOp::kContainsKey, "key"}, {PredicateOp::kIsNull, "null"},
    {PredicateOp::kIsNotNull, "some"}};

bool IsUnary(PredicateOp op) {
  return op == PredicateOp::kIsNull || op == PredicateOp::kIsNotNull;
}

bool ParseTarget(const TableShape& shape, TextCursor* in,
                 AskedPredicate* predicate) {
  if (in->Take("c")) {
    return in->TakeIndex(shape.clustering.size(), &predicate->component);
  }
  predicate->column.fixed = in->Take("s");
  if (!predicate->column.fixed && !in->Take("r")) return false;
  const auto& kinds = predicate->column.fixed ? shape.statics : shape.regulars;
  return in->TakeIndex(kinds.size(), &predicate->column.number);
}

}  // namespace

std::string FormatPredicate(const AskedPredicate& predicate) {
  std::string text = predicate.component >= 0
                         ? "c" + std::to_string(predicate.component)
                         : NameOf(predicate.column);
  for (const auto& [op, name] : kOps) {
    if (op == predicate.op) text += ":" + std::string(name);
  }
  for (size_t i = 0; i < predicate.values.size(); ++i) {
    text += (i == 0 ? ":" : ".") + std::to_string(predicate.values[i]);
  }
  return text;
}

bool ParsePredicate(const TableShape& shape, std::string_view text,
                    AskedPredicate* predicate) {
  TextCursor in(text);
  if (!ParseTarget(shape, &in, predicate) || !in.Take(":")) return false;
  bool known = false;
  for (const auto& [op, name] : kOps) {
    if (known || !in.Take(name)) continue;
    predicate->op = op;
    known = true;
  }
  while (known && in.Take(predicate->values.empty() ? ":" : ".")) {
    predicate->values.push_back(0);
    known = in.TakeIndex(kShapeValues, &predicate->values.back());
  }
  const size_t wanted = IsUnary(predicate->op) ? 0 : 1;
  return known && in.AtEnd() && CanBeAsked(shape, *predicate) &&
         (predicate->op == PredicateOp::kIn ||
          predicate->values.size() == wanted);
}

bool CanBeAsked(const TableShape& shape, const AskedPredicate& predicate) {
  const ColumnType type = predicate.component >= 0
                              ? TypeOf(ColumnKind::kPlain)
                              : TypeOf(KindOf(shape, predicate.column));
  return OperandType(type, predicate.op).ok();
}

}  // namespace rowan
