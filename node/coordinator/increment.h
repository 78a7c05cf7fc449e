// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_COORDINATOR_INCREMENT_H_
#define ROWAN_NODE_COORDINATOR_INCREMENT_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "node/coordinator/conditional_write.h"

namespace rowan {

struct CounterDelta {
  std::string position;  // of the row; "" is the static row
  ColumnId column;
  int64_t delta = 0;
};

struct IncrementResult {
  std::vector<int64_t> values;  // the counters now, one for each delta
  bool already_counted = false;
};

// Adds to counters of one wide row. The first one in the queue takes along all
// increments that stand right behind it: they share a read and a record of the
// log, and each gets the totals as they are after it.
//
// A request id is a row of its own in the same wide row and the same record,
// where no slice reaches (FORMAT.md of storage/model, "Request ids"), with a
// TTL: found alive, the increment was counted before.
class Increment final : public ConditionalWrite, private RowConsumer {
 public:
  using Done = absl::AnyInvocable<void(absl::StatusOr<IncrementResult>)>;

  // `schema`: the table's, as `deltas` were made with. `request_id`: 16 bytes,
  // or empty. SCHEMA_CHANGED, nothing written, when a column that it adds to
  // was dropped since.
  Increment(std::shared_ptr<const Schema> schema, WideRowPlace place,
            int64_t deadline_ns, std::vector<CounterDelta> deltas,
            std::string request_id, Done done)
      : ConditionalWrite(std::move(place), deadline_ns),
        schema_(std::move(schema)),
        deltas_(std::move(deltas)),
        request_id_(std::move(request_id)),
        done_(std::move(done)) {}

 private:
  struct Counter {
    int64_t total = 0;  // over all replicas
    int64_t own = 0;    // this node's part
    bool changed = false;
  };
  using Place = std::pair<std::string, ColumnId>;  // position, column

  std::vector<ReadCommand> Reads() override;
  RowConsumer* rows() override { return this; }
  size_t OnRow(const ResultRow& row) override;
  absl::StatusOr<std::optional<Mutation>> Decide() override;
  void Finish(const absl::Status& status) override;

  void Load(std::string_view position, const Row& row);
  // Of what it adds to a shared record, about.
  size_t Bytes() const;
  // Counts one of the increments, unless it was counted before, its deadline
  // has passed or the table, now `now`, lost a column that it adds to.
  void Count(const Schema* now, Increment* one);
  Mutation MakeMutation(int64_t timestamp_us);
  void Answer(const absl::Status& status);

  const std::shared_ptr<const Schema> schema_;
  const std::vector<CounterDelta> deltas_;
  const std::string request_id_;
  Done done_;
  IncrementResult result_;
  absl::Status refused_;  // why it was not counted

  // Of the first one, for all that it takes along.
  std::vector<std::unique_ptr<ConditionalWrite>> followers_;
  std::map<Place, Counter> counters_;
  std::set<std::string, std::less<>> counted_;  // positions of ids
  std::vector<std::string> new_ids_;            // positions
  absl::Status status_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_COORDINATOR_INCREMENT_H_
