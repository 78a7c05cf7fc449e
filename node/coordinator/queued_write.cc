// SPDX-License-Identifier: Apache-2.0
#include "node/coordinator/queued_write.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "node/coordinator/conditional_write.h"
#include "node/coordinator/read_set.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

class QueuedMutation final : public ConditionalWrite, private RowConsumer {
 public:
  QueuedMutation(const Mutation& draft, std::unique_ptr<QueuedChanges> changes,
                 int64_t deadline_ns, DoneCallback done)
      : ConditionalWrite(
            {draft.table, draft.token, std::string(draft.partition_key)},
            deadline_ns),
        changes_(std::move(changes)),
        done_(std::move(done)) {
    read_set_.AddChanges(draft);
  }

 private:
  std::vector<ReadCommand> Reads() override {
    std::vector<ReadCommand> reads;
    reads.push_back(std::move(read_set_).Command());
    return reads;
  }
  RowConsumer* rows() override { return this; }
  size_t OnRow(const ResultRow& row) override {
    changes_->OnRow(row);
    return 0;
  }
  absl::StatusOr<std::optional<Mutation>> Decide() override {
    ASSIGN_OR_RETURN(const int64_t timestamp_us, TimestampAbove());
    ASSIGN_OR_RETURN(Mutation mutation, changes_->Make(timestamp_us));
    return mutation;
  }
  void Finish(const absl::Status& status) override { done_(status); }

  ReadSet read_set_;
  const std::unique_ptr<QueuedChanges> changes_;
  DoneCallback done_;
};

}  // namespace

void QueuedWrite(Coordinator* coordinator, const Mutation& draft,
                 std::unique_ptr<QueuedChanges> changes, int64_t deadline_ns,
                 DoneCallback done) {
  ConditionalWrite::Start(coordinator, std::make_unique<QueuedMutation>(
                                           draft, std::move(changes),
                                           deadline_ns, std::move(done)));
}

}  // namespace rowan
