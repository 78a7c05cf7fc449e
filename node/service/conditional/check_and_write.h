// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_CONDITIONAL_CHECK_AND_WRITE_H_
#define ROWAN_NODE_SERVICE_CONDITIONAL_CHECK_AND_WRITE_H_

#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "node/coordinator/condition_judge.h"
#include "node/coordinator/conditional_write.h"
#include "node/coordinator/read_set.h"
#include "node/service/cells/list_lookup.h"
#include "node/service/row_encoder.h"
#include "rowan/v1/data.pb.h"

namespace rowan {

// One CheckAndWrite under way: reads what its conditions ask of and what its
// changes touch, judges, and writes one of the two branches. The changes are
// decoded twice: at the start, so that a bad request is refused before it
// queues, and again with the timestamp that the read allows.
class CheckAndWrite final : public ConditionalWrite, private RowConsumer {
 public:
  using Done = absl::AnyInvocable<void(const absl::Status&)>;

  // `request` and `response` live until `done`, which is called once, later.
  // kInvalidArgument with the field.
  static absl::StatusOr<std::unique_ptr<CheckAndWrite>> Decode(
      std::shared_ptr<const Schema> schema,
      const v1::CheckAndWriteRequest& request, int64_t now_us,
      int64_t deadline_ns, v1::CheckAndWriteResponse* response, Done done);

 private:
  CheckAndWrite(WideRowPlace place, std::shared_ptr<const Schema> schema,
                const v1::CheckAndWriteRequest& request, int64_t deadline_ns,
                v1::CheckAndWriteResponse* response, Done done);

  std::vector<ReadCommand> Reads() override;
  RowConsumer* rows() override { return this; }
  size_t OnRow(const ResultRow& row) override;
  absl::Status OnRead(const PageEnd& end) override;
  absl::StatusOr<std::optional<Mutation>> Decide() override;
  void Finish(const absl::Status& status) override;

  // Fills `current`[answer], or says that it is left out.
  void Show(const ResultRow& row, int answer);

  const v1::CheckAndWriteRequest& request_;
  v1::CheckAndWriteResponse* const response_;
  Done done_;
  const DecodedRead all_columns_;  // how `current` shows rows
  RowEncoder encoder_;
  ConditionJudge judge_;
  int answers_ = 0;  // rows of `current`
  ReadSet read_set_;
  // What the changes of each branch have to know of lists.
  ListLookup success_lists_, failure_lists_;
  size_t answer_bytes_left_ = 0;
  absl::Status status_;  // of what was encoded
};

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_CONDITIONAL_CHECK_AND_WRITE_H_
