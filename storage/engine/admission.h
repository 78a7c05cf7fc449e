// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_ADMISSION_H_
#define ROWAN_STORAGE_ENGINE_ADMISSION_H_

#include <atomic>
#include <cstdint>
#include <deque>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "storage/base/executor.h"
#include "storage/base/memory_budget.h"
#include "storage/base/mutex.h"
#include "storage/engine/state/activity.h"

namespace rowan {

// Decides when a write may go on, before it takes any lock or place in a queue:
// memory is reserved here, so that nobody waits for memory later.
//
// Below kSlowFill of the budget writes pass at once. Above it they queue, and
// every millisecond as many bytes go on as are 1/64 of the room that is left:
// the rate falls smoothly as memory fills, and is nothing when it is full. A
// queue over its bound refuses with kResourceExhausted.
//
// Thread-safe.
class Admission {
 public:
  using Go = absl::AnyInvocable<void(absl::Status)>;

  // `activity` counts the timer, so that its owner stops after it.
  Admission(const MemoryBudget* budget, Executor* executor, Activity* activity,
            uint64_t queue_bytes_max);

  // True: `bytes` are reserved and the write goes on now. One load and one add.
  [[nodiscard]] bool TryAdmit(uint64_t bytes);
  // After TryAdmit said no: calls `go` with OK when `bytes` are reserved, or
  // with why not; now or later, never under a lock.
  void Queue(uint64_t bytes, Go go);
  // The bytes are in a memtable (which charges the budget itself) or given up.
  void Finish(uint64_t bytes);

  // Refuses what waits and what comes with kUnavailable. Call it after
  // activity->Stop.
  void Stop();

  static constexpr double kSlowFill = 0.6;

 private:
  struct Waiting {
    uint64_t bytes;
    Go go;
  };

  int64_t Used() const;
  void StartTimer() ROWAN_REQUIRES(mutex_);
  void Tick();

  const MemoryBudget* const budget_;
  Executor* const executor_;
  Activity* const activity_;
  const uint64_t queue_bytes_max_;
  const int64_t slow_bytes_;

  std::atomic<int64_t> reserved_bytes_{0};
  std::atomic<bool> queueing_{false};
  Mutex mutex_;
  std::deque<Waiting> waiting_ ROWAN_GUARDED_BY(mutex_);
  uint64_t waiting_bytes_ ROWAN_GUARDED_BY(mutex_) = 0;
  int64_t tick_ms_ ROWAN_GUARDED_BY(mutex_) = 1;
  bool stopped_ ROWAN_GUARDED_BY(mutex_) = false;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_ADMISSION_H_
