// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_BASE_EXECUTOR_H_
#define ROWAN_STORAGE_BASE_EXECUTOR_H_

#include <chrono>

#include "absl/functional/any_invocable.h"

namespace rowan {

using Task = absl::AnyInvocable<void()>;

// Where work runs. Core code owns no thread: it posts tasks and takes
// callbacks. Production: ThreadExecutor, a fixed pool; tests: a simulated one
// that runs everything on the calling thread, in an order drawn from a seed.
//
// Thread-safe. Tasks run at most once, on any thread, in no promised order; a
// task that must not overlap another posts it as its own continuation. A task
// runs for a few milliseconds at most and then posts what is left. Tasks still
// waiting when the executor stops are destroyed unrun: their owner must have
// stopped before.
class Executor {
 public:
  virtual ~Executor() = default;

  virtual void Post(Task task) = 0;
  // Runs `task` no earlier than `delay` from now on the executor's clock.
  virtual void PostAfter(std::chrono::nanoseconds delay, Task task) = 0;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_BASE_EXECUTOR_H_
