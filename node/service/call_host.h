// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_CALL_HOST_H_
#define ROWAN_NODE_SERVICE_CALL_HOST_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "grpc/support/time.h"
#include "node/metrics/metrics.h"
#include "storage/base/clock.h"
#include "storage/base/mutex.h"

namespace rowan {

// What all calls of one server share: clock, counters, the bound on calls under
// way, and who waits for the last of them. Thread-safe.
class CallHost {
 public:
  CallHost(const Clock* clock, Metrics* metrics, int64_t in_flight_max)
      : clock_(clock), metrics_(metrics), in_flight_max_(in_flight_max) {}

  const Clock& clock() const { return *clock_; }
  Metrics& metrics() { return *metrics_; }

  // A client's deadline on our monotonic clock, a tenth of the time left (50 ms
  // at most) before it, so that the answer still arrives. INT64_MAX: none.
  static int64_t DeadlineOf(gpr_timespec deadline, int64_t now_ns);

  // Whether a call that just came in is worth starting: not too large, not too
  // late, not one too many, not of a node that stops.
  absl::Status Admit(int64_t deadline_ns, int64_t now_ns,
                     size_t request_bytes) const;

  void CallStarted();
  // After the last touch of the call and of the queue.
  void CallEnded();
  // From now on Admit refuses all that start.
  void StopAdmitting();
  // Until all that were admitted have ended, or somebody says that it took too
  // long. Knows it by a moment at which no call was under way, those that Admit
  // refuses included; they aren't for long.
  // REQUIRES: StopAdmitting was called.
  void WaitWithPatience();
  void EndPatience();
  // Until no call is under way. New ones must have been stopped before.
  void WaitUntilIdle();

 private:
  const Clock* const clock_;
  Metrics* const metrics_;
  const int64_t in_flight_max_;
  std::atomic<bool> stopping_{false};
  Mutex mutex_;
  CondVar changed_;  // idle, or out of patience
  int64_t calls_ ROWAN_GUARDED_BY(mutex_) = 0;
  // At some moment since StopAdmitting.
  bool was_idle_ ROWAN_GUARDED_BY(mutex_) = false;
  bool out_of_patience_ ROWAN_GUARDED_BY(mutex_) = false;
};

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_CALL_HOST_H_
