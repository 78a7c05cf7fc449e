// SPDX-License-Identifier: Apache-2.0
#include "node/service/conditional/condition_decoder.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/service/key_decoder.h"
#include "node/service/limits.h"
#include "node/service/predicate_decoder.h"
#include "node/service/wire/request_error.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

class ConditionDecoder {
 public:
  explicit ConditionDecoder(const Schema& schema)
      : schema_(schema),
        has_clustering_(!schema.ColumnsOf(ColumnRole::kClustering).empty()) {}

  absl::Status Add(const v1::Condition& condition) {
    switch (condition.target_case()) {
      case v1::Condition::kWideRowExists:
        AddWideRow(condition.wide_row_exists());
        return absl::OkStatus();
      case v1::Condition::kRow:
        return InField(AddRow(condition.row()), "row");
      case v1::Condition::TARGET_NOT_SET:
        break;
    }
    return InField(BadRequest("EMPTY_CONDITION", "expected a condition"),
                   "target");
  }

  DecodedConditions Take() {
    std::stable_sort(
        wide_row_.rows.begin(), wide_row_.rows.end(),
        [](const auto& a, const auto& b) { return a.position < b.position; });
    return {std::move(wide_row_), answers_};
  }

 private:
  void AddWideRow(bool exists) {
    wide_row_.contradictory |= wide_row_.exists.value_or(exists) != exists;
    wide_row_.exists = exists;
  }

  absl::StatusOr<std::string> PositionOf(const v1::RowCondition& condition) {
    if (!condition.has_clustering() && has_clustering_) return std::string();
    absl::StatusOr<std::string> position =
        DecodeRowPosition(schema_, condition.clustering());
    if (!position.ok()) return InField(position.status(), "clustering");
    return position;
  }

  absl::Status AddRow(const v1::RowCondition& condition) {
    if (!condition.has_exists() && condition.predicates().empty()) {
      return BadRequest("EMPTY_CONDITION", "neither `exists` nor a predicate");
    }
    if (condition.predicates_size() > kPredicatesMax) {
      return InField(
          OverLimit(absl::StatusCode::kInvalidArgument, "number of predicates",
                    static_cast<uint64_t>(condition.predicates_size()),
                    kPredicatesMax),
          "predicates");
    }
    RowCondition row, statics;
    ASSIGN_OR_RETURN(row.position, PositionOf(condition));
    row.answer = answers_++;
    if (condition.has_exists()) row.exists = condition.exists();
    for (int i = 0; i < condition.predicates_size(); ++i) {
      absl::Status status =
          AddPredicate(condition.predicates(i), &row, &statics);
      if (!status.ok()) return InField(std::move(status), "predicates", i);
    }
    wide_row_.rows.push_back(std::move(row));
    if (!statics.predicates.empty()) {
      wide_row_.rows.push_back(std::move(statics));
    }
    return absl::OkStatus();
  }

  absl::Status AddPredicate(const v1::Predicate& message, RowCondition* row,
                            RowCondition* statics) {
    ASSIGN_OR_RETURN(Predicate predicate, DecodePredicate(schema_, message));
    const Column& column = *schema_.FindColumn(predicate.column());
    const char* field = message.column().empty() ? "column_id" : "column";
    if (column.role == ColumnRole::kStatic) {
      (row->position.empty() ? row : statics)
          ->predicates.push_back(std::move(predicate));
      return absl::OkStatus();
    }
    if (column.role != ColumnRole::kRegular) {
      return InField(
          BadRequest("KEY_COLUMN",
                     absl::StrCat("'", column.name,
                                  "' is a key column; the condition's key says "
                                  "its value")),
          field);
    }
    if (row->position.empty()) {
      return InField(
          BadRequest("NOT_STATIC",
                     absl::StrCat("'", column.name,
                                  "' is not static: name the row with "
                                  "`clustering`")),
          field);
    }
    row->predicates.push_back(std::move(predicate));
    return absl::OkStatus();
  }

  const Schema& schema_;
  const bool has_clustering_;
  WideRowConditions wide_row_;
  int answers_ = 0;
};

}  // namespace

absl::StatusOr<DecodedConditions> DecodeConditions(
    const Schema& schema,
    const google::protobuf::RepeatedPtrField<v1::Condition>& conditions) {
  if (conditions.empty() || conditions.size() > kConditionsMax) {
    return InField(
        OverLimit(absl::StatusCode::kInvalidArgument,
                  "number of conditions (1 at least)",
                  static_cast<uint64_t>(conditions.size()), kConditionsMax),
        "conditions");
  }
  ConditionDecoder decoder(schema);
  for (int i = 0; i < conditions.size(); ++i) {
    absl::Status status = decoder.Add(conditions[i]);
    if (!status.ok()) return InField(std::move(status), "conditions", i);
  }
  return decoder.Take();
}

}  // namespace rowan
