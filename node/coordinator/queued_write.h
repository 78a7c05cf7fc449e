// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_COORDINATOR_QUEUED_WRITE_H_
#define ROWAN_NODE_COORDINATOR_QUEUED_WRITE_H_

#include <cstdint>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "node/coordinator/coordinator.h"
#include "storage/model/mutation.h"

namespace rowan {

// A write that takes its turn in the wide row's queue, with a timestamp above
// all that it touches. So go deletions of counters: an increment that read
// before one and wrote behind it would undo it.
//
// `draft` tells what is touched; `decode` makes the mutation that is written,
// given the timestamp, and must live as long as `done` isn't called.
// `deadline_ns` and kAborted as in ConditionalWrite.
void QueuedWrite(
    Coordinator* coordinator, Mutation draft,
    absl::AnyInvocable<absl::StatusOr<Mutation>(int64_t timestamp_us)> decode,
    int64_t deadline_ns, DoneCallback done);

}  // namespace rowan

#endif  // ROWAN_NODE_COORDINATOR_QUEUED_WRITE_H_
