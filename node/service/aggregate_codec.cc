// SPDX-License-Identifier: Apache-2.0
#include "node/service/aggregate_codec.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "node/service/limits.h"
#include "node/service/table_lookup.h"
#include "node/service/wire/data_type.h"
#include "node/service/wire/missing_fields.h"
#include "node/service/wire/request_error.h"
#include "node/service/wire/value_codec.h"
#include "storage/base/status_macros.h"
#include "storage/model/composite/value_parts.h"

namespace rowan {
namespace {

std::optional<AggregateFunction> FunctionOf(v1::AggregateFunction function) {
  switch (function) {
    case v1::AGGREGATE_FUNCTION_COUNT:
      return AggregateFunction::kCount;
    case v1::AGGREGATE_FUNCTION_MIN:
      return AggregateFunction::kMin;
    case v1::AGGREGATE_FUNCTION_MAX:
      return AggregateFunction::kMax;
    case v1::AGGREGATE_FUNCTION_SUM:
      return AggregateFunction::kSum;
    case v1::AGGREGATE_FUNCTION_AVG:
      return AggregateFunction::kAverage;
    default:
      return std::nullopt;
  }
}

absl::StatusOr<Aggregate> DecodeAggregate(const Schema& schema,
                                          const v1::Aggregate& in) {
  const std::optional<AggregateFunction> function = FunctionOf(in.function());
  if (!function.has_value()) {
    return InField(
        BadRequest("BAD_AGGREGATE", "expected COUNT, MIN, MAX, SUM or AVG"),
        "function");
  }
  Aggregate aggregate{.function = *function};
  if (!in.column().empty() || in.column_id() != 0) {
    ASSIGN_OR_RETURN(aggregate.column,
                     FindOneColumn(schema, in.column(), in.column_id()));
  }
  absl::Status taken =
      WithReason(ResultType(aggregate).status(), "BAD_AGGREGATE");
  if (!taken.ok()) return InField(Prefixed(taken, NameOf(aggregate)), "column");
  return aggregate;
}

absl::Status CheckCompany(const v1::ReadRequest& request) {
  const auto refused = [](std::string_view field) {
    return InField(
        BadRequest("BAD_AGGREGATE",
                   "a read with aggregates answers them and no rows"),
        field);
  };
  if (request.columns_size() > 0) return refused("columns");
  if (request.column_ids_size() > 0) return refused("column_ids");
  if (request.cell_info()) return refused("cell_info");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Aggregate>> DecodeAggregates(
    const Schema& schema, const v1::ReadRequest& request) {
  std::vector<Aggregate> aggregates;
  if (request.aggregates_size() == 0) return aggregates;
  RETURN_IF_ERROR(CheckCompany(request));
  if (request.aggregates_size() > kAggregatesMax) {
    return InField(
        OverLimit(absl::StatusCode::kInvalidArgument, "number of aggregates",
                  static_cast<uint64_t>(request.aggregates_size()),
                  kAggregatesMax),
        "aggregates");
  }
  for (int i = 0; i < request.aggregates_size(); ++i) {
    absl::StatusOr<Aggregate> aggregate =
        DecodeAggregate(schema, request.aggregates(i));
    if (!aggregate.ok()) return InField(aggregate.status(), "aggregates", i);
    const Column* column = aggregate->column;
    if (request.distinct() && column != nullptr &&
        column->role != ColumnRole::kPartitionKey &&
        column->role != ColumnRole::kStatic) {
      return InField(InField(BadRequest("BAD_DISTINCT",
                                        "a distinct read has columns of the "
                                        "partition key and static ones only"),
                             "column"),
                     "aggregates", i);
    }
    aggregates.push_back(*aggregate);
  }
  return aggregates;
}

void EncodeAggregateColumns(
    const Aggregator& aggregator,
    google::protobuf::RepeatedPtrField<v1::ResultColumn>* columns) {
  for (const Aggregate& aggregate : aggregator.aggregates()) {
    v1::ResultColumn* out = columns->Add();
    out->set_name(NameOf(aggregate));
    if (aggregate.column != nullptr) out->set_id(aggregate.column->id.value);
    const absl::StatusOr<ColumnType> type = ResultType(aggregate);
    if (type.ok()) EncodeDataType(*type, out->mutable_type());
  }
}

absl::Status EncodeAggregateRow(const Aggregator& aggregator, v1::Row* row) {
  size_t bytes = 0;
  size_t nulls_left = kShownNullsMax;
  for (size_t i = 0; i < aggregator.aggregates().size(); ++i) {
    v1::Value* value = row->add_values();
    const std::optional<std::string> result = aggregator.Result(i);
    bytes += result.has_value() ? result->size() : 0;
    if (bytes > Aggregator::kStateBytesMax) {
      return absl::ResourceExhaustedError(
          absl::StrCat("the aggregates take over ", Aggregator::kStateBytesMax,
                       " bytes: ask for fewer of them"));
    }
    if (!result.has_value()) {
      value->set_null_value(v1::NULL_VALUE);
      continue;
    }
    ASSIGN_OR_RETURN(const ColumnType type,
                     ResultType(aggregator.aggregates()[i]));
    RETURN_IF_ERROR(DecodeValue(type, *result, value));
    ShowMissingFields(type, &nulls_left, value);
  }
  return absl::OkStatus();
}

}  // namespace rowan
