// SPDX-License-Identifier: Apache-2.0
#include "tests/model/queued_run.h"

#include <limits>
#include <utility>
#include <vector>

#include "node/coordinator/queued_write.h"
#include "storage/base/check.h"
#include "tests/model/engine_mutations.h"
#include "tests/model/list_reads.h"
#include "tests/model/made_write.h"

namespace rowan {
namespace {

using Wrong = std::optional<std::string>;

// What is made of a write, for whoever waits for it.
struct Made {
  WriteOperation write;
  int64_t timestamp_us = 0;
  uint32_t made_s = 0;
};

class Changes final : public QueuedChanges {
 public:
  Changes(const TableShape& shape, const Schema& schema,
          const WriteOperation& write, const SimClock& clock, ListReads* lists,
          std::optional<Made>* made)
      : shape_(shape),
        schema_(schema),
        write_(write),
        clock_(clock),
        lists_(lists),
        made_(made) {}

  void OnRow(const ResultRow& row) override { lists_->OnRow(row); }
  absl::StatusOr<Mutation> Make(int64_t timestamp_us) override {
    std::optional<WriteOperation> write = MadeWrite(
        shape_, schema_, write_, timestamp_us,
        [this](const RowName& row, const ColumnName& column, int64_t index) {
          return lists_->PathAt(row, column, index);
        });
    if (!write.has_value()) return absl::OutOfRangeError("no such element");
    made_->emplace(Made{*std::move(write), timestamp_us, clock_.WallSeconds()});
    return OneMutation(shape_, schema_, (*made_)->write, timestamp_us,
                       (*made_)->made_s);
  }

 private:
  const TableShape& shape_;
  const Schema& schema_;
  const WriteOperation& write_;
  const SimClock& clock_;
  ListReads* const lists_;
  std::optional<Made>* const made_;
};

}  // namespace

Wrong RunQueued(const TableShape& shape,
                const std::shared_ptr<const Schema>& schema,
                const WriteOperation& write, NodeWorld* node,
                History* history) {
  node->AwaitTimestamps();
  SimClock& clock = node->world().clock();
  ListReads lists(&shape, schema.get());
  std::optional<Made> made;
  std::optional<absl::Status> done;
  const Mutation draft =
      OneMutation(shape, *schema, MadeWrite(shape, *schema, write, 1), 1,
                  clock.WallSeconds());
  QueuedWrite(
      node->coordinator(), draft,
      std::make_unique<Changes>(shape, *schema, write, clock, &lists, &made),
      std::numeric_limits<int64_t>::max(),
      [&](const absl::Status& status) { done = status; });
  ROWAN_CHECK(
      node->world().executor().RunUntil([&] { return done.has_value(); }));
  if (NodeWorld::HadNoTimestamp(*done)) return std::nullopt;
  if (!done->ok() && !absl::IsOutOfRange(*done)) return done->ToString();
  const uint32_t now_s = clock.WallSeconds();
  if (Wrong wrong =
          lists.WrongIn(write, history->Look(write.key, now_s, now_s))) {
    return wrong;
  }
  if (!done->ok()) return std::nullopt;
  if (history->NewestOf(made->write) >= made->timestamp_us) {
    return "written below what was there";
  }
  history->Add(made->write, made->timestamp_us, made->made_s);
  return std::nullopt;
}

}  // namespace rowan
