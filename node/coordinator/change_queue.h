// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_COORDINATOR_CHANGE_QUEUE_H_
#define ROWAN_NODE_COORDINATOR_CHANGE_QUEUE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/base/clock.h"
#include "storage/base/executor.h"

namespace rowan {

// Where changes of the schema and of snapshots wait for the disk, and for each
// other. On an executor of one thread they run one at a time in the order they
// came, and however many there are, no read waits for a thread because of them.
//
// Thread-safe. Owned by who owns the executor, which outlives it as the clock
// does; whoever waits for a change to end must have stopped before the executor
// does.
class ChangeQueue {
 public:
  // Under way, from Enter or Post to the end of the last task. A change takes a
  // few milliseconds, so that the last one waits for a second or two.
  static constexpr size_t kUnderWayMax = 256;

  ChangeQueue(Executor* executor, const Clock* clock)
      : executor_(executor), clock_(clock) {}

  // Gets OK in its turn, or kDeadlineExceeded when its deadline passed before:
  // then it changes nothing.
  using Change = absl::AnyInvocable<void(const absl::Status&)>;

  struct Leave {
    void operator()(ChangeQueue* queue) const { --queue->under_way_; }
  };
  // A place in the queue, held until it is destroyed.
  using Place = std::unique_ptr<ChangeQueue, Leave>;

  // kResourceExhausted when all places are taken.
  absl::StatusOr<Place> Enter();
  // Runs `change` behind those that wait, and keeps `place` until it has ended.
  // `deadline_ns`: monotonic; INT64_MAX: none.
  void Continue(Place place, int64_t deadline_ns, Change change);
  // Both.
  absl::Status Post(int64_t deadline_ns, Change change);

 private:
  Executor* const executor_;
  const Clock* const clock_;
  std::atomic<size_t> under_way_{0};
};

}  // namespace rowan

#endif  // ROWAN_NODE_COORDINATOR_CHANGE_QUEUE_H_
