// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_BASE_CLOCK_H_
#define ROWAN_STORAGE_BASE_CLOCK_H_

#include <cstdint>

namespace rowan {

// The only source of time. Thread-safe. Production: SystemClock; tests: a
// simulated clock that moves only when told.
class Clock {
 public:
  virtual ~Clock() = default;

  // Microseconds since 1970-01-01 UTC; may jump when the machine's time is set.
  virtual int64_t WallMicros() const = 0;
  // Nanoseconds since some fixed moment; never goes back.
  virtual int64_t MonotonicNanos() const = 0;

  // Whole seconds since 1970-01-01 UTC, the unit of local deletion times.
  uint32_t WallSeconds() const {
    return static_cast<uint32_t>(WallMicros() / 1'000'000);
  }
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_BASE_CLOCK_H_
