// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_METRICS_RECENT_LOAD_H_
#define ROWAN_NODE_METRICS_RECENT_LOAD_H_

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <utility>

#include "node/metrics/metrics.h"
#include "storage/base/clock.h"
#include "storage/base/counting/duration_counts.h"
#include "storage/base/executor.h"
#include "storage/base/mutex.h"
#include "storage/engine/engine.h"

namespace rowan {

// What was done since the start.
struct LoadTotals {
  uint64_t writes = 0;  // mutations
  uint64_t reads = 0;   // pages
  // Of requests that write (Write, BatchWrite, CheckAndWrite, Increment) and
  // read (Read, BatchRead; a stream lasts as long as its client reads).
  DurationCounts write_durations, read_durations;
};
LoadTotals LoadTotalsOf(const Metrics& metrics, const EngineStatus& engine);

struct LoadRates {
  double window_s = 0;  // 0: no time has passed, and all else is 0
  double writes_per_s = 0, reads_per_s = 0;
  // Estimates: evenly spread within one step of kDurationBoundsNs, 10 s above
  // the last. 0: there were none.
  int64_t write_p99_ns = 0, read_p99_ns = 0;
};

// What a node did in the last minute: it keeps the totals of every fifth second
// and compares those of now with the oldest kept.
//
// Owned by whoever starts it; the executor's threads run until after Stop.
// Thread-safe. `totals` is called under the lock, once a step; a request costs
// nothing.
class RecentLoad {
 public:
  static constexpr std::chrono::seconds kStep{5};
  static constexpr size_t kSamplesMax = 13;  // 12 steps, and less than one more

  RecentLoad(const Clock* clock, Executor* executor,
             std::function<LoadTotals()> totals)
      : clock_(clock), executor_(executor), totals_(std::move(totals)) {}

  // Takes the first sample, and from then on one a step.
  void Start();
  // `totals` is not called after it. Idempotent.
  void Stop();

  // From the oldest sample to now, when the totals are `totals`, taken since
  // Start; all 0 before Start and after Stop.
  LoadRates Rates(const LoadTotals& totals) const;

 private:
  struct Sample {
    int64_t at_ns = 0;
    LoadTotals totals;
  };

  void Step();
  Sample SampleOf(LoadTotals totals) const;

  const Clock* const clock_;
  Executor* const executor_;
  const std::function<LoadTotals()> totals_;
  mutable Mutex mutex_;
  bool running_ ROWAN_GUARDED_BY(mutex_) = false;
  std::deque<Sample> samples_ ROWAN_GUARDED_BY(mutex_);  // oldest first
};

}  // namespace rowan

#endif  // ROWAN_NODE_METRICS_RECENT_LOAD_H_
