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
  using Decode = absl::AnyInvocable<absl::StatusOr<Mutation>(int64_t)>;

  QueuedMutation(Mutation draft, Decode decode, int64_t deadline_ns,
                 DoneCallback done)
      : ConditionalWrite(
            {draft.table, draft.token, std::string(draft.partition_key)},
            deadline_ns),
        draft_(std::move(draft)),
        decode_(std::move(decode)),
        done_(std::move(done)) {}

 private:
  std::vector<ReadCommand> Reads() override {
    std::vector<ReadCommand> reads;
    ReadSet read_set;
    read_set.AddChanges(draft_);
    reads.push_back(std::move(read_set).Command());
    return reads;
  }
  RowConsumer* rows() override { return this; }
  size_t OnRow(const ResultRow&) override { return 0; }
  absl::StatusOr<std::optional<Mutation>> Decide() override {
    ASSIGN_OR_RETURN(const int64_t timestamp_us, TimestampAbove());
    ASSIGN_OR_RETURN(Mutation mutation, decode_(timestamp_us));
    return mutation;
  }
  void Finish(const absl::Status& status) override { done_(status); }

  Mutation draft_;
  Decode decode_;
  DoneCallback done_;
};

}  // namespace

void QueuedWrite(Coordinator* coordinator, Mutation draft,
                 absl::AnyInvocable<absl::StatusOr<Mutation>(int64_t)> decode,
                 int64_t deadline_ns, DoneCallback done) {
  ConditionalWrite::Start(coordinator, std::make_unique<QueuedMutation>(
                                           std::move(draft), std::move(decode),
                                           deadline_ns, std::move(done)));
}

}  // namespace rowan
