// SPDX-License-Identifier: Apache-2.0
#include "tests/model/reference/totals.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "storage/base/check.h"
#include "storage/base/coding.h"

namespace rowan {
namespace {

using Function = AggregateFunction;

constexpr Function kFunctions[] = {Function::kCount, Function::kMin,
                                   Function::kMax, Function::kSum,
                                   Function::kAverage};

std::string Big(uint64_t value) {
  std::string bytes;
  PutBig(value, &bytes);
  return bytes;
}

// As few bytes of two's complement as say it.
std::string Shortest(int64_t value) {
  std::string bytes = Big(static_cast<uint64_t>(value));
  const char sign = value < 0 ? '\xff' : '\0';
  while (bytes.size() > 1 && bytes[0] == sign &&
         ((bytes[1] ^ sign) & 0x80) == 0) {
    bytes.erase(0, 1);
  }
  return bytes;
}

double NumberIn(const ColumnType& type, const std::string& value) {
  return type.kind == TypeKind::kInt
             ? static_cast<int32_t>(LoadBig<uint32_t>(value.data()))
             : std::bit_cast<double>(LoadBig<uint64_t>(value.data()));
}

std::optional<ColumnName> CaseNameOf(const TableShape& shape,
                                     const Schema& schema,
                                     const Column& column) {
  for (const bool fixed : {true, false}) {
    const auto& kinds = fixed ? shape.statics : shape.regulars;
    for (int i = 0; i < static_cast<int>(kinds.size()); ++i) {
      if (FindColumn(schema, {fixed, i}) == &column) return {{fixed, i}};
    }
  }
  return std::nullopt;
}

}  // namespace

// By its number in the case.
Totals::Value Totals::ValueOf(const Aggregate& aggregate,
                              std::string bytes) const {
  Value value{std::move(bytes), {}};
  const Column* const column = aggregate.column;
  if (column == nullptr || aggregate.function == Function::kCount) return value;
  if (column->role == ColumnRole::kClustering) {
    int number = 0;
    while (ComponentBytes(column->type.kind, number) != value.bytes) ++number;
    value.order = {number};
    return value;
  }
  const ColumnName name = *CaseNameOf(shape_, *schema_, *column);
  const ColumnKind kind = KindOf(shape_, name);
  const int known = FieldsOf(*schema_, name);
  for (int number = 0; number < kShapeValues; ++number) {
    for (int fields = kFieldsAtFirst; fields <= kShapeValues; ++fields) {
      if (WholeBytes(kind, number, fields, shape_.fat) != value.bytes) continue;
      value.order =
          OrderOf(kind, WholeValue(kind, number, std::min(known, fields)));
    }
  }
  return value;
}

Totals::Totals(const TableShape& shape, std::shared_ptr<const Schema> schema)
    : shape_(shape), schema_(std::move(schema)) {
  aggregates_.push_back({Function::kCount, nullptr});
  for (const Column& column : schema_->columns) {
    if (column.role == ColumnRole::kPartitionKey) continue;
    for (const Function function : kFunctions) {
      const Aggregate aggregate{function, &column};
      if (ResultType(aggregate).ok()) aggregates_.push_back(aggregate);
    }
  }
  values_.resize(aggregates_.size());
  aggregator_ = std::make_unique<Aggregator>(schema_, aggregates_);
}

std::optional<std::string> Totals::ValueIn(const Aggregate& aggregate,
                                           const GotRow& row) const {
  const Column* const column = aggregate.column;
  if (column == nullptr) return "";
  if (column->role == ColumnRole::kClustering) {
    if (row.position.empty()) return std::nullopt;
    const Place place = PlaceOf(shape_, *schema_, row.position).value();
    const size_t index = static_cast<size_t>(
        column - schema_->ColumnsOf(ColumnRole::kClustering)[0]);
    return ComponentBytes(column->type.kind, place.components[index]);
  }
  const int fields =
      HasCellPerElement(column->type) &&
              column->type.kind == TypeKind::kUserType
          ? static_cast<int>(column->type.arguments->types.size())
          : kShapeValues;
  for (const GotCell& cell :
       column->role == ColumnRole::kStatic ? row.fixed : row.cells) {
    if (cell.column != column->id) continue;
    // Fields ascend: one that came later is the first if no other is there.
    if (fields < kShapeValues &&
        cell.path >= PathBytes(ColumnKind::kFields, fields)) {
      return std::nullopt;
    }
    return cell.seen.value;
  }
  return std::nullopt;
}

std::optional<std::string> Totals::Expected(const Aggregate& aggregate,
                                            const std::vector<Value>& values) {
  if (aggregate.function == Function::kCount) return Big(values.size());
  const ColumnType& type = aggregate.column->type;
  // Those of a case add up exactly.
  double sum = 0;
  const bool sums = aggregate.function == Function::kSum ||
                    aggregate.function == Function::kAverage;
  for (const Value& value : values) {
    if (sums) sum += NumberIn(type, value.bytes);
  }
  if (aggregate.function == Function::kSum) {
    return type.kind == TypeKind::kInt ? Shortest(static_cast<int64_t>(sum))
                                       : Big(std::bit_cast<uint64_t>(sum));
  }
  if (values.empty()) return std::nullopt;
  if (aggregate.function == Function::kAverage) {
    return Big(
        std::bit_cast<uint64_t>(sum / static_cast<double>(values.size())));
  }
  // Of equal ones the first.
  const auto below = [](const Value& a, const Value& b) {
    return a.order < b.order;
  };
  return aggregate.function == Function::kMin
             ? std::min_element(values.begin(), values.end(), below)->bytes
             : std::max_element(values.begin(), values.end(), below)->bytes;
}

std::optional<std::string> Totals::EndPage(const std::vector<GotRow>& rows) {
  if (!status_.ok()) return status_.ToString();
  for (size_t i = 0; i < aggregates_.size(); ++i) {
    for (const GotRow& row : rows) {
      const auto value = ValueIn(aggregates_[i], row);
      if (value.has_value()) {
        values_[i].push_back(ValueOf(aggregates_[i], *value));
      }
    }
    if (aggregator_->Result(i) != Expected(aggregates_[i], values_[i])) {
      return "wrong: " + NameOf(aggregates_[i]) + " of " +
             std::to_string(values_[i].size()) + " values";
    }
  }
  const absl::StatusOr<std::string> state = aggregator_->State();
  if (!state.ok()) return state.status().ToString();
  aggregator_ = std::make_unique<Aggregator>(schema_, aggregates_);
  if (!aggregator_->Restore(*state)) return "a state of aggregates is refused";
  return std::nullopt;
}

}  // namespace rowan
