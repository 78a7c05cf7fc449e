// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_CRASH_CUT_STATE_CHECK_H_
#define ROWAN_TESTS_CRASH_CUT_STATE_CHECK_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/crash/cut/disk_state.h"
#include "tests/crash/cut/script.h"
#include "tests/crash/cut/workload.h"

namespace rowan {

// A run of a workload, to its end, and what was there before each operation
// that changed the disk; the last boundary is behind all of them.
struct RecordedRun {
  std::unique_ptr<Script> script;  // its node is dead
  std::vector<Boundary> boundaries;
};
RecordedRun RecordRun(const Workload& workload, uint64_t order);

// A disk after one death or several.
struct DiskState {
  MemTree disk;
  ClientRecord::Moment moment;
  int64_t clock_ns = 0;
  bool power_lost = false;  // at one of them
  uint64_t seed = 0;        // of the last, for the check's own choices
};

// What `cut` makes of the world at `boundary`. `before`: of the deaths before.
DiskState StateAfter(const Boundary& boundary, const Cut& cut,
                     bool power_lost_before);

// Starts a node on the disk and holds it to what the client knows:
//   1. it starts, without a word of damage;
//   2. what was answered is there, what was not is wholly there or not at all,
//      and nothing else is;
//   3. nothing lies on the disk that nobody names;
//   4. it takes writes, and increments that are sent again count once;
//   5. after another death all of that is as it was.
// Of a log that is archived nothing is missing.
// What is wrong; nullopt: nothing.
std::optional<std::string> WrongIn(const Workload& workload,
                                   const RecordedRun& run,
                                   const DiskState& state);

// What was there before each operation of the start on that disk. Empty when
// it fails.
std::vector<Boundary> RecordRecovery(const Workload& workload,
                                     const DiskState& state);

}  // namespace rowan

#endif  // ROWAN_TESTS_CRASH_CUT_STATE_CHECK_H_
