// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_BASE_SYSTEM_SYSTEM_CLOCK_H_
#define ROWAN_STORAGE_BASE_SYSTEM_SYSTEM_CLOCK_H_

#include <cstdint>

#include "storage/base/clock.h"

namespace rowan {

// The machine's clocks. Thread-safe; no system call where the kernel maps
// its clock into the process.
class SystemClock : public Clock {
 public:
  int64_t WallMicros() const override;
  int64_t MonotonicNanos() const override;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_BASE_SYSTEM_SYSTEM_CLOCK_H_
