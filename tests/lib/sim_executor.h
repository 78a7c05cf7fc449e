// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_LIB_SIM_EXECUTOR_H_
#define ROWAN_TESTS_LIB_SIM_EXECUTOR_H_

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <utility>

#include "storage/base/executor.h"
#include "tests/lib/sim_clock.h"
#include "tests/lib/sim_random.h"

namespace rowan {

// Runs everything on the calling thread, one task at a time, when told to. With
// a random source the next task is drawn from all that are ready; without one,
// tasks run in the order they were posted. Delayed tasks become ready when the
// clock reaches them; RunUntilIdle moves the clock there.
//
// One thread only.
class SimExecutor : public Executor {
 public:
  explicit SimExecutor(SimClock* clock, SimRandom* order = nullptr)
      : clock_(clock), order_(order) {}

  void Post(Task task) override { ready_.push_back(std::move(task)); }
  void PostAfter(std::chrono::nanoseconds delay, Task task) override {
    delayed_.emplace(clock_->Now() + delay.count(), std::move(task));
  }

  // Runs one ready task; false when there is none.
  bool RunOne() {
    WakeDelayed();
    if (ready_.empty()) return false;
    const size_t i = order_ ? order_->Below(ready_.size()) : 0;
    Task task = std::move(ready_[i]);
    ready_.erase(ready_.begin() + static_cast<std::ptrdiff_t>(i));
    ++tasks_run_;
    task();
    return true;
  }
  // Runs what is ready now and becomes ready meanwhile, without moving time.
  void RunReady() {
    while (RunOne()) {
    }
  }
  // Also moves the clock from one delayed task to the next, for at most `limit`
  // of simulated time.
  void RunUntilIdle(std::chrono::nanoseconds limit = std::chrono::hours(1)) {
    const int64_t end = clock_->Now() + limit.count();
    for (;;) {
      RunReady();
      if (delayed_.empty() || delayed_.begin()->first > end) return;
      const int64_t wait = delayed_.begin()->first - clock_->Now();
      if (wait > 0) clock_->AdvanceNanos(wait);
    }
  }
  // Runs until `condition` holds; false when it never does within an hour of
  // simulated time.
  template <typename Condition>
  bool RunUntil(Condition condition) {
    const int64_t end = clock_->Now() + int64_t{3600} * 1'000'000'000;
    while (!condition()) {
      if (RunOne()) continue;
      if (delayed_.empty() || delayed_.begin()->first > end) return false;
      clock_->AdvanceNanos(delayed_.begin()->first - clock_->Now());
    }
    return true;
  }

  size_t ready_count() const { return ready_.size(); }
  uint64_t tasks_run() const { return tasks_run_; }

 private:
  void WakeDelayed() {
    while (!delayed_.empty() && delayed_.begin()->first <= clock_->Now()) {
      ready_.push_back(std::move(delayed_.begin()->second));
      delayed_.erase(delayed_.begin());
    }
  }

  SimClock* const clock_;
  SimRandom* const order_;
  std::deque<Task> ready_;
  std::multimap<int64_t, Task> delayed_;
  uint64_t tasks_run_ = 0;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_LIB_SIM_EXECUTOR_H_
