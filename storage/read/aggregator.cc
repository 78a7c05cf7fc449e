// SPDX-License-Identifier: Apache-2.0
#include "storage/read/aggregator.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/model/composite/element_path.h"
#include "storage/model/counter.h"

namespace rowan {
namespace {

std::string_view FunctionName(AggregateFunction function) {
  switch (function) {
    case AggregateFunction::kCount:
      return "count";
    case AggregateFunction::kMin:
      return "min";
    case AggregateFunction::kMax:
      return "max";
    case AggregateFunction::kSum:
      return "sum";
    case AggregateFunction::kAverage:
      return "avg";
  }
  return "";
}

// What a row holds of a column: its value, of several elements the first, or a
// counter's sum, kept in *sum.
absl::StatusOr<ValuePart> ValueIn(const Row* row, const Column& column,
                                  std::string* sum) {
  if (row == nullptr) return ValuePart();
  const auto cell = std::lower_bound(
      row->cells.begin(), row->cells.end(), column.id,
      [](const Cell& c, ColumnId wanted) { return c.column < wanted; });
  if (cell == row->cells.end() || cell->column != column.id ||
      IsOfLaterField(column.type, cell->path)) {
    return ValuePart();
  }
  if (column.type.kind != TypeKind::kCounter) return ValuePart(cell->value);
  auto end = cell;
  while (end != row->cells.end() && end->column == column.id) ++end;
  int64_t total;
  if (!SumCounter({cell, end}, &total)) {
    return absl::DataLossError("a stored counter is malformed");
  }
  *sum = CounterBytes(total);
  return ValuePart(*sum);
}

}  // namespace

std::string NameOf(const Aggregate& aggregate) {
  std::string name(FunctionName(aggregate.function));
  name += '(';
  name += aggregate.column == nullptr ? "*" : aggregate.column->name;
  return name + ')';
}

absl::StatusOr<ColumnType> ResultType(const Aggregate& aggregate) {
  if (aggregate.column != nullptr) {
    return ResultType(aggregate.function, aggregate.column->type);
  }
  if (aggregate.function == AggregateFunction::kCount) {
    return ColumnType{TypeKind::kBigint};
  }
  return absl::InvalidArgumentError("expected a column; only count needs none");
}

Aggregator::Aggregator(std::shared_ptr<const Schema> schema,
                       std::vector<Aggregate> aggregates)
    : schema_(std::move(schema)), aggregates_(std::move(aggregates)) {
  for (const Aggregate& aggregate : aggregates_) {
    const Column* column = aggregate.column;
    Part& part = parts_.emplace_back();
    part.accumulator = MakeAccumulator(
        aggregate.function, column == nullptr ? ColumnType{} : column->type);
    if (column != nullptr && IsKeyColumn(*column)) {
      part.key = KeyColumnOf(*schema_, *column);
    }
  }
}

absl::StatusOr<ValuePart> Aggregator::ValueFor(size_t part,
                                               const ResultRow& row,
                                               RowKey* key,
                                               std::string* sum) const {
  const Column* column = aggregates_[part].column;
  if (column == nullptr) return ValuePart("");
  if (parts_[part].key.has_value()) return key->ValueOf(*parts_[part].key);
  return ValueIn(column->role == ColumnRole::kStatic ? row.static_row : row.row,
                 *column, sum);
}

absl::Status Aggregator::Add(const ResultRow& row) {
  RowKey key(*schema_, row.partition_key, row.position);
  std::string sum;
  for (size_t i = 0; i < parts_.size(); ++i) {
    ASSIGN_OR_RETURN(const ValuePart value, ValueFor(i, row, &key, &sum));
    if (!value.has_value()) continue;
    const absl::Status added = parts_[i].accumulator->Add(*value);
    if (!added.ok()) return Annotate(added, NameOf(aggregates_[i]));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Aggregator::State() const {
  std::string state;
  for (const Part& part : parts_) part.accumulator->AppendState(&state);
  if (state.size() <= kStateBytesMax) return state;
  return absl::ResourceExhaustedError(
      absl::StrCat("what the aggregates have to keep takes ", state.size(),
                   " bytes, over ", kStateBytesMax, ": ask for fewer of them"));
}

bool Aggregator::Restore(std::string_view state) {
  if (state.size() > kStateBytesMax) return false;
  for (Part& part : parts_) {
    if (!part.accumulator->TakeState(&state)) return false;
  }
  return state.empty();
}

}  // namespace rowan
