// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_BASE_THREAD_EXECUTOR_H_
#define ROWAN_STORAGE_BASE_THREAD_EXECUTOR_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "storage/base/executor.h"
#include "storage/base/mutex.h"

namespace rowan {

// A fixed pool of threads that start tasks in the order they were posted; a
// delayed task joins the end of the queue when its time has come. The process
// makes a few of these (work, disk) and nothing else makes threads.
//
// Thread-safe. The queue has no bound of its own: each owner of work bounds
// what it has in flight. Cost: one short lock and at most one wake-up a task;
// of the idle threads only one watches the timers.
class ThreadExecutor : public Executor {
 public:
  // `threads` >= 1. Threads are called `name`-0, `name`-1, ... for the
  // debugger's sake; the system keeps 15 letters.
  ThreadExecutor(int threads, std::string_view name);
  // Stops.
  ~ThreadExecutor() override;

  void Post(Task task) override;
  void PostAfter(std::chrono::nanoseconds delay, Task task) override;

  // Waits for the tasks that are running and starts no other; those waiting,
  // and all posted from now on, are destroyed unrun. Idempotent. REQUIRES: not
  // called from a task.
  void Stop();

  size_t waiting_count() const;

 private:
  using TimePoint = std::chrono::steady_clock::time_point;
  struct Delayed {
    TimePoint when;
    uint64_t order;  // among equal times, as posted
    Task task;
    bool operator<(const Delayed& other) const {  // the heap's top is earliest
      return when != other.when ? when > other.when : order > other.order;
    }
  };

  void Work();
  // The next task, waiting for it; an empty one when stopped.
  Task Take();
  void MoveDueToQueue() ROWAN_REQUIRES(mutex_);
  void WakeOne() ROWAN_REQUIRES(mutex_);

  mutable Mutex mutex_;
  CondVar idle_;   // waited on by idle threads
  CondVar timer_;  // waited on by the one idle thread that watches the timers
  std::deque<Task> ready_ ROWAN_GUARDED_BY(mutex_);
  std::vector<Delayed> delayed_ ROWAN_GUARDED_BY(mutex_);  // a heap
  uint64_t next_order_ ROWAN_GUARDED_BY(mutex_) = 0;
  int idle_threads_ ROWAN_GUARDED_BY(mutex_) = 0;
  bool timer_watched_ ROWAN_GUARDED_BY(mutex_) = false;
  bool stopping_ ROWAN_GUARDED_BY(mutex_) = false;
  Mutex join_mutex_;  // one Stop at a time
  std::vector<std::thread> threads_ ROWAN_GUARDED_BY(join_mutex_);
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_BASE_THREAD_EXECUTOR_H_
