// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_COORDINATOR_CONDITION_JUDGE_H_
#define ROWAN_NODE_COORDINATOR_CONDITION_JUDGE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/coordinator/read_set.h"
#include "storage/model/row.h"
#include "storage/read/predicate.h"
#include "storage/read/read_command.h"

namespace rowan {

// What is asked of one row, or of the static row.
struct RowCondition {
  std::string position;  // "" is the static row
  std::optional<bool> exists;
  std::vector<Predicate> predicates;
  int answer = -1;  // whose row it is to be shown as; -1: of none

  // Of the row at `position`, live cells only, nullptr when it isn't there.
  absl::StatusOr<bool> Holds(const Row* row) const;
};

// All that must hold of a wide row.
struct WideRowConditions {
  std::optional<bool> exists;
  bool contradictory = false;      // it was asked to be both
  std::vector<RowCondition> rows;  // ascending by position
};

// Judges the conditions of one conditional write while their rows are read:
// in a first read the rows that they ask of, in a second one, if they ask for
// the wide row itself, whether it has any. Nothing of a row is kept.
//
//   reads = judge.Reads(touched);
//   for (each read) {
//     for (each row) if (reads_rows()) OnRow(row, ...);
//     OnRead(its last page's end);
//   }
//   if (judge.applied()) ...
//
// Thread-compatible.
class ConditionJudge {
 public:
  // Takes a row that a condition asks of, as it is, for its `answer`; the
  // static row has neither position nor row.
  using Show = absl::FunctionRef<void(const ResultRow& row, int answer)>;

  ConditionJudge() = default;
  explicit ConditionJudge(WideRowConditions conditions);

  // The reads, in order; `touched` is what else the first one is to read.
  std::vector<ReadCommand> Reads(ReadSet touched) const;
  // Whether the first read is under way: only its rows are to be judged.
  bool reads_rows() const { return !rows_read_; }
  // REQUIRES: reads_rows().
  void OnRow(const ResultRow& row, Show show);
  // A read ended. kDataLoss when a value that was compared is none.
  absl::Status OnRead(const PageEnd& end);

  // Whether a condition compares the column.
  bool Compares(ColumnId column) const;
  // All reads have ended: whether all conditions hold.
  bool applied() const { return applied_ && !conditions_.contradictory; }

 private:
  // All conditions on the row at `position`, nullptr: it isn't there.
  void Judge(std::string_view position, const Row* row, const ResultRow* shown,
             Show show);
  // Those on rows that the read has not shown.
  void JudgeMissing();

  WideRowConditions conditions_;
  std::vector<bool> judged_;  // of conditions_.rows
  bool rows_read_ = false;    // the first read has ended
  bool applied_ = true;
  absl::Status status_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_COORDINATOR_CONDITION_JUDGE_H_
