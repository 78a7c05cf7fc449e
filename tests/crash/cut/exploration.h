// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_CRASH_CUT_EXPLORATION_H_
#define ROWAN_TESTS_CRASH_CUT_EXPLORATION_H_

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/crash/cut/state_check.h"

namespace rowan {

// What came of a walk over a workload's states.
struct Explored {
  uint64_t states = 0;      // different ones, each checked
  uint64_t drawn = 0;       // with those that turned out as one seen before
  uint64_t orders = 0;      // of tasks
  uint64_t boundaries = 0;  // of the first order
  std::vector<std::string> failures;  // each with its path
};

// Walks over the states of one workload until `states` different ones were
// checked, or no new ones come. A state is a disk and what the client knows:
// what can't be told apart is checked once.
class Exploration {
 public:
  // `workload` must live as long.
  Exploration(const Workload& workload, uint64_t states)
      : workload_(workload), states_(states) {}

  // One death at every operation of the run. The boundaries and models are
  // drawn without repetition, seed after seed, order after order.
  Explored Cuts();
  // A second death at the operations of the recovery from the first one, and a
  // third at those of the recovery from that.
  Explored CutsInRecovery();

 private:
  bool Done() const;
  void StartOrder(uint64_t order);
  // All boundaries with all models, shuffled.
  static std::vector<Cut> AllCuts(size_t boundaries, uint64_t seed);
  // False when the same disk was checked before.
  bool CheckOnce(const DiskState& state, const StatePath& path);
  void CutRecovery(const DiskState& state, const StatePath& path);

  const Workload& workload_;
  const uint64_t states_;
  RecordedRun run_;
  std::set<std::pair<uint64_t, std::vector<int64_t>>> seen_;
  Explored result_;
};

// The state at the end of the path; what is wrong there, or nullopt.
std::optional<std::string> WrongAt(const Workload& workload,
                                   const StatePath& path);

}  // namespace rowan

#endif  // ROWAN_TESTS_CRASH_CUT_EXPLORATION_H_
