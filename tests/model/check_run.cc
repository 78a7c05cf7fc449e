// SPDX-License-Identifier: Apache-2.0
#include "tests/model/check_run.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "node/coordinator/conditional_write.h"
#include "node/coordinator/read_set.h"
#include "storage/base/check.h"
#include "storage/base/status_macros.h"
#include "tests/model/engine_mutations.h"
#include "tests/model/filter_check.h"

namespace rowan {
namespace {

using Wrong = std::optional<std::string>;

struct Outcome {
  absl::Status status;
  bool applied = false;
  int64_t timestamp_us = 0;
  uint32_t now_s = 0;
};

// The node's steps for a condition on one row.
class Check final : public ConditionalWrite, private RowConsumer {
 public:
  Check(const TableShape& shape, std::shared_ptr<const Schema> schema,
        const CheckOperation& operation,
        std::shared_ptr<const RowFilter> filter, std::optional<Outcome>* done)
      : ConditionalWrite({schema->id, TokenOfKeyNumber(operation.write.key),
                          KeyBytes(*schema, operation.write.key)},
                         std::numeric_limits<int64_t>::max()),
        shape_(shape),
        schema_(std::move(schema)),
        operation_(operation),
        filter_(std::move(filter)),
        done_(done) {
    if (!operation.row.fixed) position_ = RowPosition(*schema_, operation.row);
  }

 private:
  std::vector<ReadCommand> Reads() override {
    ReadSet read_set;
    read_set.AddRow(position_);
    read_set.AddChanges(MakeMutation(1));
    std::vector<ReadCommand> reads;
    reads.push_back(std::move(read_set).Command());
    return reads;
  }
  RowConsumer* rows() override { return this; }
  size_t OnRow(const ResultRow& row) override {
    if (row.static_row != nullptr) {
      statics_met_ = true;
      statics_hold_ = Filters(&ResultRow::static_row, row);
    }
    if (row.row != nullptr && row.position == position_) {
      exists_ = true;
      row_holds_ = filter_ == nullptr ||
                   filter_->HoldsForRow(position_, row.row).value();
    }
    return 0;
  }
  bool Filters(const Row* ResultRow::*part, const ResultRow& row) const {
    return filter_ == nullptr ||
           filter_->HoldsForWideRow(place().partition_key, row.*part).value();
  }

  absl::StatusOr<std::optional<Mutation>> Decide() override {
    if (!statics_met_) statics_hold_ = Filters(&ResultRow::static_row, {});
    if (!exists_) {
      row_holds_ = filter_ == nullptr ||
                   filter_->HoldsForRow(position_, nullptr).value();
    }
    const bool exists = operation_.row.fixed ? statics_met_ : exists_;
    outcome_.applied = statics_hold_ && row_holds_ &&
                       operation_.exists.value_or(exists) == exists;
    if (!outcome_.applied) return std::nullopt;
    ASSIGN_OR_RETURN(outcome_.timestamp_us, TimestampAbove());
    outcome_.now_s = now_s();
    return MakeMutation(outcome_.timestamp_us);
  }
  void Finish(const absl::Status& status) override {
    outcome_.status = status;
    done_->emplace(outcome_);
  }

  Mutation MakeMutation(int64_t timestamp_us) const {
    std::vector<Mutation> mutations;
    AppendMutations(shape_, *schema_, operation_.write, timestamp_us, now_s(),
                    &mutations);
    ROWAN_CHECK(mutations.size() == 1);
    return std::move(mutations[0]);
  }

  const TableShape& shape_;
  const std::shared_ptr<const Schema> schema_;
  const CheckOperation& operation_;
  const std::shared_ptr<const RowFilter> filter_;
  std::optional<Outcome>* const done_;
  std::string position_;
  bool exists_ = false;
  bool statics_met_ = false;
  bool row_holds_ = false;
  bool statics_hold_ = false;
  Outcome outcome_;
};

// Rule 28, before the write.
Verdict Expected(const CheckOperation& operation, const FilterCheck& filter,
                 const Schema& schema, const SeenWideRow& seen) {
  const SeenRow* const fixed = seen.fixed ? &*seen.fixed : nullptr;
  const SeenRow* row = operation.row.fixed ? fixed : nullptr;
  for (const SeenRow& each : seen.rows) {
    if (each.name == operation.row) row = &each;
  }
  const SeenRow* const of_row = operation.row.fixed ? nullptr : row;
  Verdict holds =
      filter.ForWideRow(schema, fixed) & filter.ForRow(schema, of_row);
  // It may be there, and the predicates were asked as if it were.
  const bool unsure = of_row != nullptr && !of_row->must;
  if (unsure) {
    const Verdict without = filter.ForRow(schema, nullptr);
    holds = {holds.may || without.may, holds.must && without.must};
  }
  if (!operation.exists.has_value()) return holds;
  const Verdict exists = {row != nullptr, row != nullptr && row->must};
  return holds &
         (*operation.exists ? exists : Verdict{!exists.must, !exists.may});
}

}  // namespace

Wrong RunCheck(const TableShape& shape,
               const std::shared_ptr<const Schema>& schema,
               const CheckOperation& operation, NodeWorld* node,
               History* history) {
  node->AwaitTimestamps();
  SimClock& clock = node->world().clock();
  const FilterCheck filter(shape, schema, operation.where, false);
  std::optional<Outcome> done;
  ConditionalWrite::Start(
      node->coordinator(),
      std::make_unique<Check>(shape, schema, operation, filter.EngineFilter(),
                              &done));
  ROWAN_CHECK(
      node->world().executor().RunUntil([&] { return done.has_value(); }));
  if (NodeWorld::HadNoTimestamp(done->status)) return std::nullopt;
  if (!done->status.ok()) return done->status.ToString();
  const uint32_t now_s = clock.WallSeconds();
  const Verdict expected =
      Expected(operation, filter, *schema,
               history->Look(operation.write.key, now_s, now_s));
  if (done->applied && !expected.may) return "applied, but must not be";
  if (!done->applied && expected.must) return "not applied, but must be";
  if (!done->applied) return std::nullopt;
  // Above all that it hides, so that it is seen.
  if (history->NewestOf(operation.write) >= done->timestamp_us) {
    return "applied below what was there";
  }
  history->Add(operation.write, done->timestamp_us, done->now_s);
  return std::nullopt;
}

}  // namespace rowan
