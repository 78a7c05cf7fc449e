// SPDX-License-Identifier: Apache-2.0
#include "node/coordinator/condition_judge.h"

#include <algorithm>
#include <utility>

#include "storage/base/check.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

// Whether the wide row has a row: as far as it takes to find one.
ReadCommand AnyRow() {
  ReadCommand any;
  any.limit = 1;
  BoundSteps(&any);
  return any;
}

struct ByPosition {
  bool operator()(const RowCondition& a, std::string_view b) const {
    return a.position < b;
  }
  bool operator()(std::string_view a, const RowCondition& b) const {
    return a < b.position;
  }
};

}  // namespace

absl::StatusOr<bool> RowCondition::Holds(const Row* row) const {
  if (exists.has_value() && *exists != (row != nullptr)) return false;
  for (const Predicate& predicate : predicates) {
    ASSIGN_OR_RETURN(const bool holds, predicate.HoldsFor(row));
    if (!holds) return false;
  }
  return true;
}

ConditionJudge::ConditionJudge(WideRowConditions conditions)
    : conditions_(std::move(conditions)), judged_(conditions_.rows.size()) {}

std::vector<ReadCommand> ConditionJudge::Reads(ReadSet touched) const {
  for (const RowCondition& row : conditions_.rows) {
    touched.AddRow(row.position);
  }
  std::vector<ReadCommand> reads;
  reads.push_back(std::move(touched).Command());
  if (conditions_.exists.has_value()) reads.push_back(AnyRow());
  return reads;
}

void ConditionJudge::OnRow(const ResultRow& row, Show show) {
  ROWAN_DCHECK(reads_rows());
  Judge("", row.static_row, &row, show);
  if (row.row != nullptr) Judge(row.position, row.row, &row, show);
}

void ConditionJudge::Judge(std::string_view position, const Row* row,
                           const ResultRow* shown, Show show) {
  const auto [first, last] = std::equal_range(
      conditions_.rows.begin(), conditions_.rows.end(), position, ByPosition());
  for (auto condition = first; condition != last; ++condition) {
    const auto index =
        static_cast<size_t>(condition - conditions_.rows.begin());
    if (judged_[index]) return;  // the static row comes with every row
    judged_[index] = true;
    const absl::StatusOr<bool> holds = condition->Holds(row);
    status_.Update(holds.status());
    applied_ &= holds.ok() && *holds;
    if (row == nullptr || condition->answer < 0) continue;
    ResultRow current = *shown;
    if (position.empty()) {
      current.position = {};
      current.row = nullptr;
    }
    show(current, condition->answer);
  }
}

void ConditionJudge::JudgeMissing() {
  for (size_t i = 0; i < judged_.size(); ++i) {
    if (judged_[i]) continue;
    Judge(conditions_.rows[i].position, nullptr, nullptr,
          [](const ResultRow&, int) {});
  }
}

absl::Status ConditionJudge::OnRead(const PageEnd& end) {
  if (rows_read_) {
    applied_ &= *conditions_.exists == (end.rows > 0);
    return absl::OkStatus();
  }
  rows_read_ = true;
  JudgeMissing();
  return status_;
}

bool ConditionJudge::Compares(ColumnId column) const {
  return std::any_of(conditions_.rows.begin(), conditions_.rows.end(),
                     [column](const RowCondition& row) {
                       return std::any_of(row.predicates.begin(),
                                          row.predicates.end(),
                                          [column](const Predicate& predicate) {
                                            return predicate.column() == column;
                                          });
                     });
}

}  // namespace rowan
