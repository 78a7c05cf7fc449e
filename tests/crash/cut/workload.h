// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_CRASH_CUT_WORKLOAD_H_
#define ROWAN_TESTS_CRASH_CUT_WORKLOAD_H_

#include <string>

#include "tests/crash/cut/script.h"

namespace rowan {

// A small named script. The power is cut at every operation of the disk in
// `run`; `prepare` comes before. The same order of tasks makes the same
// operations.
struct Workload {
  std::string name;  // letters and digits, as GoogleTest wants it
  void (*prepare)(Script*);
  void (*run)(Script*);
  CrashNodeOptions options = {};
};

}  // namespace rowan

#endif  // ROWAN_TESTS_CRASH_CUT_WORKLOAD_H_
