// SPDX-License-Identifier: Apache-2.0
#include "tests/model/check_run.h"

#include <algorithm>
#include <utility>

#include "storage/base/check.h"
#include "tests/model/engine_mutations.h"
#include "tests/model/judged_write.h"
#include "tests/model/reference/filter_check.h"
#include "tests/model/reference/row_check.h"

namespace rowan {
namespace {

using Wrong = CheckRun::Wrong;

const SeenRow* RowIn(const SeenWideRow& seen, const RowName& name) {
  if (name.fixed) return seen.fixed ? &*seen.fixed : nullptr;
  for (const SeenRow& row : seen.rows) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

// Whether something exists that may, and must, be seen.
Verdict Exists(bool wanted, bool may, bool must) {
  return wanted ? Verdict{may, must} : Verdict{!must, !may};
}

Verdict Holds(const TableShape& shape,
              const std::shared_ptr<const Schema>& schema,
              const RowQuestion& asked, const SeenWideRow& seen) {
  std::vector<AskedPredicate> where = asked.where;
  std::erase_if(where, [&](const AskedPredicate& predicate) {
    return asked.row.fixed && !predicate.column.fixed;
  });
  const FilterCheck filter(shape, schema, where, false);
  const SeenRow* const row = RowIn(seen, asked.row);
  const SeenRow* const of_row = asked.row.fixed ? nullptr : row;
  Verdict holds = filter.ForWideRow(*schema, RowIn(seen, {.fixed = true})) &
                  filter.ForRow(*schema, of_row);
  // It may be there, and the predicates were asked as if it were.
  if (of_row != nullptr && !of_row->must) {
    const Verdict without = filter.ForRow(*schema, nullptr);
    holds = {holds.may || without.may, holds.must && without.must};
  }
  if (!asked.exists.has_value()) return holds;
  return holds &
         Exists(*asked.exists, row != nullptr, row != nullptr && row->must);
}

// Rule 28, before the write.
Verdict Expected(const TableShape& shape,
                 const std::shared_ptr<const Schema>& schema,
                 const CheckOperation& check, const SeenWideRow& seen) {
  Verdict holds;
  for (const RowQuestion& asked : check.rows) {
    holds = holds & Holds(shape, schema, asked, seen);
  }
  if (!check.wide_row.has_value()) return holds;
  const auto is_must = [](const SeenRow& row) { return row.must; };
  return holds &
         Exists(*check.wide_row, seen.fixed.has_value() || !seen.rows.empty(),
                (seen.fixed.has_value() && seen.fixed->must) ||
                    std::any_of(seen.rows.begin(), seen.rows.end(), is_must));
}

}  // namespace

Wrong CheckRun::Run(const std::shared_ptr<const Schema>& schema,
                    const std::vector<CheckOperation>& checks) {
  Start(schema, checks);
  RunToEnd();
  return wrong_;
}

void CheckRun::Start(const std::shared_ptr<const Schema>& schema,
                     const std::vector<CheckOperation>& checks) {
  node_->AwaitTimestamps();
  schema_ = schema;
  checks_ = checks;
  ended_ = 0;
  dying_ = false;
  wrong_.reset();
  unknown_.clear();
  for (const CheckOperation& check : checks_) {
    ConditionalWrite::Start(
        node_->coordinator(),
        JudgedWrite(*shape_, schema_, check, [this, &check](CheckOutcome got) {
          OnEnd(check, std::move(got));
        }));
  }
}

void CheckRun::RunToEnd() {
  ROWAN_CHECK(node_->world().executor().RunUntil(
      [this] { return ended_ == checks_.size(); }));
}

// On a dead disk.
void CheckRun::LetDie() {
  dying_ = true;
  node_->Disconnect();
  node_->world().fs().Crash();
  RunToEnd();
}

void CheckRun::OnEnd(const CheckOperation& check, CheckOutcome outcome) {
  ++ended_;
  const bool answered =
      outcome.status.ok() || absl::IsOutOfRange(outcome.status);
  if (!answered && !outcome.decided) {
    if (!dying_ && !NodeWorld::HadNoTimestamp(outcome.status)) {
      wrong_ = outcome.status.ToString();
    }
    return;
  }
  if (!answered && !dying_) wrong_ = outcome.status.ToString();
  if (!wrong_) wrong_ = WrongIn(check, outcome);
  if (!outcome.made.has_value()) return;
  if (answered) {
    history_->Add(*outcome.made, outcome.timestamp_us, outcome.now_s);
  } else {
    unknown_.push_back(std::move(outcome));
  }
}

Wrong CheckRun::WrongIn(const CheckOperation& check,
                        const CheckOutcome& outcome) const {
  const SeenWideRow seen = history_->Look(check.write.key, outcome.now_s,
                                          node_->world().clock().WallSeconds());
  const Verdict expected = Expected(*shape_, schema_, check, seen);
  if (outcome.applied && !expected.may) return "applied, but must not be";
  if (!outcome.applied && expected.must) return "not applied, but must be";
  WriteOperation branch = check.write;
  if (!outcome.applied) branch.parts = check.otherwise;
  CutToOneMutation(*shape_, *schema_, &branch);
  if (Wrong wrong = outcome.lists->WrongIn(branch, seen)) return wrong;
  // Above all that it hides, so that it is seen.
  if (outcome.made.has_value() &&
      history_->NewestOf(*outcome.made) >= outcome.timestamp_us) {
    return "written below what was there";
  }
  return WrongCurrent(check, outcome, seen);
}

Wrong CheckRun::WrongCurrent(const CheckOperation& check,
                             const CheckOutcome& outcome,
                             const SeenWideRow& seen) const {
  const std::optional<std::vector<ColumnId>> all_columns;
  const RowCheck rows(*shape_, *schema_, all_columns);
  for (size_t i = 0; i < check.rows.size(); ++i) {
    const RowName& name = check.rows[i].row;
    const SeenRow* const row = RowIn(seen, name);
    const std::optional<GotRow>& got = outcome.current[i];
    if (!got.has_value()) {
      if (row != nullptr && row->must) return "an asked row isn't answered";
      continue;
    }
    if (row == nullptr) return "a row is answered that isn't there";
    Wrong wrong;
    if (!name.fixed) wrong = rows.Row(*row, *got);
    if (!wrong) wrong = rows.Fixed(seen.fixed, *got);
    if (wrong) return "current row: " + *wrong;
  }
  return std::nullopt;
}

Wrong CheckRun::AfterDeath(
    absl::FunctionRef<Wrong()> check_everything,
    absl::FunctionRef<absl::Status(const Mutation&)> write_again) {
  if (wrong_) return wrong_;
  const std::vector<CheckOutcome> unknown = std::move(unknown_);
  const History without = *history_;
  Wrong wrong;
  for (size_t happened = 0; happened < size_t{1} << unknown.size();
       ++happened) {
    *history_ = without;
    for (size_t i = 0; i < unknown.size(); ++i) {
      if ((happened >> i & 1) == 0) continue;
      history_->Add(*unknown[i].made, unknown[i].timestamp_us,
                    unknown[i].now_s);
    }
    wrong = check_everything();
    if (!wrong) break;
  }
  *history_ = without;
  if (wrong) return "half a conditional write, or not that: " + *wrong;
  for (const CheckOutcome& outcome : unknown) {
    history_->Add(*outcome.made, outcome.timestamp_us, outcome.now_s);
    const absl::Status status = write_again(OneMutation(
        *shape_, *schema_, *outcome.made, outcome.timestamp_us, outcome.now_s));
    if (!status.ok()) return status.ToString();
  }
  return std::nullopt;
}

}  // namespace rowan
