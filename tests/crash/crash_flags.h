// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_CRASH_CRASH_FLAGS_H_
#define ROWAN_TESTS_CRASH_CRASH_FLAGS_H_

#include <cstdint>
#include <optional>

#include "tests/crash/cut/disk_state.h"

namespace rowan {

// What `crash_test` is asked for besides GoogleTest's flags:
//   --states=N     states in all workloads together
//   --part=I/N     the I-th of N parts of the workloads
//   --state=PATH   this one alone, of the workloads that the filter leaves
struct CrashFlags {
  uint64_t states = ROWAN_CRASH_STATES;  // CMakeLists.txt
  uint64_t part = 1, parts = 1;
  std::optional<StatePath> state;
};

CrashFlags& TheCrashFlags();

}  // namespace rowan

#endif  // ROWAN_TESTS_CRASH_CRASH_FLAGS_H_
