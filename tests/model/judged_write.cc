// SPDX-License-Identifier: Apache-2.0
#include "tests/model/judged_write.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "node/coordinator/condition_judge.h"
#include "node/coordinator/read_set.h"
#include "storage/base/status_macros.h"
#include "tests/model/engine_mutations.h"
#include "tests/model/made_write.h"
#include "tests/model/reference/filter_check.h"

namespace rowan {
namespace {

// As the node decodes them: what is asked of static columns is asked of the
// static row.
WideRowConditions ConditionsOf(const TableShape& shape,
                               const std::shared_ptr<const Schema>& schema,
                               const CheckOperation& check) {
  WideRowConditions conditions;
  conditions.exists = check.wide_row;
  for (const RowQuestion& asked : check.rows) {
    RowCondition row, statics;
    if (!asked.row.fixed) row.position = RowPosition(*schema, asked.row);
    row.exists = asked.exists;
    row.answer = static_cast<int>(&asked - check.rows.data());
    for (const AskedPredicate& predicate : asked.where) {
      const bool fixed = predicate.column.fixed;
      if (asked.row.fixed && !fixed) continue;
      RowCondition* const of = fixed && !asked.row.fixed ? &statics : &row;
      const FilterCheck one(shape, schema, {predicate}, false);
      for (Predicate& made : one.Predicates()) {
        of->predicates.push_back(std::move(made));
      }
    }
    conditions.rows.push_back(std::move(row));
    if (!statics.predicates.empty()) {
      conditions.rows.push_back(std::move(statics));
    }
  }
  std::stable_sort(
      conditions.rows.begin(), conditions.rows.end(),
      [](const auto& a, const auto& b) { return a.position < b.position; });
  return conditions;
}

class Judged final : public ConditionalWrite, private RowConsumer {
 public:
  Judged(const TableShape& shape, std::shared_ptr<const Schema> schema,
         const CheckOperation& check,
         absl::AnyInvocable<void(CheckOutcome)> done)
      : ConditionalWrite({schema->id, TokenOfKeyNumber(check.write.key),
                          KeyBytes(*schema, check.write.key)},
                         std::numeric_limits<int64_t>::max()),
        shape_(shape),
        schema_(std::move(schema)),
        judge_(ConditionsOf(shape, schema_, check)),
        done_(std::move(done)),
        success_(check.write),
        failure_{check.write.key, 0, check.otherwise} {
    CutToOneMutation(shape_, *schema_, &success_);
    CutToOneMutation(shape_, *schema_, &failure_);
    outcome_.current.resize(check.rows.size());
    outcome_.lists.emplace(&shape_, schema_.get());
  }

 private:
  std::vector<ReadCommand> Reads() override {
    ReadSet touched;
    for (const WriteOperation* write : {&success_, &failure_}) {
      const WriteOperation draft = MadeWrite(shape_, *schema_, *write, 1);
      touched.AddChanges(OneMutation(shape_, *schema_, draft, 1, now_s()));
    }
    return judge_.Reads(std::move(touched));
  }
  RowConsumer* rows() override { return this; }
  size_t OnRow(const ResultRow& row) override {
    if (!judge_.reads_rows()) return 0;
    judge_.OnRow(row, [this](const ResultRow& current, int answer) {
      outcome_.current[static_cast<size_t>(answer)] = GotRowOf(current);
    });
    outcome_.lists->OnRow(row);
    return 0;
  }
  absl::Status OnRead(const PageEnd& end) override {
    return judge_.OnRead(end);
  }

  absl::StatusOr<std::optional<Mutation>> Decide() override {
    outcome_.applied = judge_.applied();
    outcome_.now_s = now_s();
    const WriteOperation& write = outcome_.applied ? success_ : failure_;
    if (write.parts.empty()) {
      outcome_.decided = true;
      return std::nullopt;
    }
    ASSIGN_OR_RETURN(outcome_.timestamp_us, TimestampAbove());
    outcome_.decided = true;
    outcome_.made = MadeWrite(
        shape_, *schema_, write, outcome_.timestamp_us,
        [this](const RowName& row, const ColumnName& column, int64_t index) {
          return outcome_.lists->PathAt(row, column, index);
        });
    if (!outcome_.made.has_value()) {
      return absl::OutOfRangeError("no such element");
    }
    return OneMutation(shape_, *schema_, *outcome_.made, outcome_.timestamp_us,
                       now_s());
  }
  void Finish(const absl::Status& status) override {
    outcome_.status = status;
    done_(std::move(outcome_));
  }

  const TableShape& shape_;
  const std::shared_ptr<const Schema> schema_;
  ConditionJudge judge_;
  absl::AnyInvocable<void(CheckOutcome)> done_;
  WriteOperation success_, failure_;
  CheckOutcome outcome_;
};

}  // namespace

std::unique_ptr<ConditionalWrite> JudgedWrite(
    const TableShape& shape, std::shared_ptr<const Schema> schema,
    const CheckOperation& check, absl::AnyInvocable<void(CheckOutcome)> done) {
  return std::make_unique<Judged>(shape, std::move(schema), check,
                                  std::move(done));
}

}  // namespace rowan
