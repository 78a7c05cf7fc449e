// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_LIB_SIM_CLOCK_H_
#define ROWAN_TESTS_LIB_SIM_CLOCK_H_

#include <atomic>
#include <cstdint>

#include "storage/base/clock.h"

namespace rowan {

// A clock that stands still until it is told to move, or moves a little with
// every look at it, so that work takes time. Starts at 2026-01-01T00:00:00Z.
// Thread-safe.
class SimClock : public Clock {
 public:
  int64_t WallMicros() const override {
    return wall_base_us_.load() + monotonic_ns_.load() / 1000;
  }
  int64_t MonotonicNanos() const override {
    return monotonic_ns_.fetch_add(nanos_per_look_.load());
  }
  // Not a look.
  int64_t Now() const { return monotonic_ns_.load(); }
  void SetNanosPerLook(int64_t ns) { nanos_per_look_.store(ns); }

  void AdvanceNanos(int64_t ns) { monotonic_ns_.fetch_add(ns); }
  void AdvanceSeconds(int64_t s) { AdvanceNanos(s * 1'000'000'000); }
  // As an operator setting the machine's time does: may go back.
  void SetWallMicros(int64_t us) {
    wall_base_us_.store(us - monotonic_ns_.load() / 1000);
  }

 private:
  std::atomic<int64_t> wall_base_us_{1'767'225'600'000'000};
  mutable std::atomic<int64_t> monotonic_ns_{0};
  std::atomic<int64_t> nanos_per_look_{0};
};

}  // namespace rowan

#endif  // ROWAN_TESTS_LIB_SIM_CLOCK_H_
