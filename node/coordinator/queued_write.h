// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_COORDINATOR_QUEUED_WRITE_H_
#define ROWAN_NODE_COORDINATOR_QUEUED_WRITE_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "node/coordinator/coordinator.h"
#include "storage/model/mutation.h"
#include "storage/read/read_command.h"

namespace rowan {

// A write that takes its turn in the wide row's queue, with a timestamp above
// all that it touches: because it rests on what it reads, or because others do.
// (An increment that read before a deletion and wrote behind it would undo it.)
class QueuedChanges {
 public:
  virtual ~QueuedChanges() = default;
  // A row that is touched, as it is before the write; the static row comes with
  // each, or alone.
  virtual void OnRow(const ResultRow& row) = 0;
  // All was read: what to write; an empty mutation: nothing. An error ends it.
  virtual absl::StatusOr<Mutation> Make(int64_t timestamp_us) = 0;
};

// `draft` tells what is touched. `changes` lives until `done` has run.
// `deadline_ns` and kAborted as in ConditionalWrite.
void QueuedWrite(Coordinator* coordinator, const Mutation& draft,
                 std::unique_ptr<QueuedChanges> changes, int64_t deadline_ns,
                 DoneCallback done);

}  // namespace rowan

#endif  // ROWAN_NODE_COORDINATOR_QUEUED_WRITE_H_
