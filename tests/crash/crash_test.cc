// SPDX-License-Identifier: Apache-2.0
// The power goes at every operation of every workload: nothing acknowledged is
// lost, nothing deleted comes back, nothing is there by half.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "tests/crash/all_workloads.h"
#include "tests/crash/crash_flags.h"
#include "tests/crash/cut/exploration.h"
#include "tests/nightly/test_result.h"

namespace rowan {
namespace {

// Of all states, if there are so many.
constexpr uint64_t kOneDeathPercent = 80;

bool OfThisPart(size_t workload) {
  return workload % TheCrashFlags().parts == TheCrashFlags().part - 1;
}

// What the workloads of a suite still have to share: one that has fewer states
// leaves the rest of its share to the next.
class Share {
 public:
  explicit Share(uint64_t states) : states_(states) {
    for (size_t i = 0; i < AllWorkloads().size(); ++i) {
      workloads_ += OfThisPart(i) ? 1 : 0;
    }
  }
  uint64_t Next() const { return states_ / std::max<uint64_t>(1, workloads_); }
  void Taken(uint64_t states) {
    states_ -= std::min(states_, states);
    --workloads_;
  }
  uint64_t left() const { return states_; }

 private:
  uint64_t states_, workloads_ = 0;
};

uint64_t StatesOfThisPart() {
  return TheCrashFlags().states / TheCrashFlags().parts;
}

Share& ShareOfOneDeath() {
  static Share share(StatesOfThisPart() * kOneDeathPercent / 100);
  return share;
}

// All that the suite above has not taken.
Share& ShareOfMoreDeaths() {
  static Share share(StatesOfThisPart() * (100 - kOneDeathPercent) / 100 +
                     ShareOfOneDeath().left());
  return share;
}

// The parameter is a place in AllWorkloads().
class CrashTest : public testing::TestWithParam<size_t> {
 protected:
  // What a suite has tried is told at its end, under its own name.
  static void Tell(std::string_view suite) {
    TellResult(suite, states_, failures_, "orders and seeds from 0");
    states_ = failures_ = 0;
  }
  const Workload& workload() const { return AllWorkloads()[GetParam()]; }
  // False: one state is asked for, which is then checked, or another part.
  bool Explores() {
    const auto& path = TheCrashFlags().state;
    if (!path) return OfThisPart(GetParam());
    const auto wrong = WrongAt(workload(), *path);
    EXPECT_FALSE(wrong) << *wrong;
    return false;
  }
  void Report(const Explored& explored, Share* share) {
    share->Taken(explored.states);
    (void)std::printf(
        "%lu states checked, %zu failures (%lu operations, %lu orders of "
        "tasks, %lu drawn)\n",
        explored.states, explored.failures.size(), explored.boundaries - 1,
        explored.orders, explored.drawn);
    states_ += explored.states;
    failures_ += explored.failures.size();
    for (const std::string& failure : explored.failures) {
      ADD_FAILURE() << failure << "\nagain: crash_test --gtest_filter='*/"
                    << workload().name << "' "
                    << failure.substr(0, failure.find(' '));
    }
  }

 private:
  static inline uint64_t states_ = 0;
  static inline size_t failures_ = 0;
};

class PowerCut : public CrashTest {
 protected:
  static void TearDownTestSuite() { Tell("power cut, simulated"); }
};

TEST_P(PowerCut, LosesNothingAnsweredAndLeavesNothingByHalf) {
  if (!Explores()) return;
  Share& share = ShareOfOneDeath();
  Exploration exploration(workload(), share.Next());
  Report(exploration.Cuts(), &share);
}

class PowerCutInRecovery : public CrashTest {
 protected:
  static void TearDownTestSuite() { Tell("power cut in recovery, simulated"); }
};

TEST_P(PowerCutInRecovery, IsRecoveredFromAsTheFirstOne) {
  if (!Explores()) return;
  Share& share = ShareOfMoreDeaths();
  Exploration exploration(workload(), share.Next());
  Report(exploration.CutsInRecovery(), &share);
}

std::string NameOf(const testing::TestParamInfo<size_t>& info) {
  return AllWorkloads()[info.param].name;
}
INSTANTIATE_TEST_SUITE_P(Workloads, PowerCut,
                         testing::Range(size_t{0}, AllWorkloads().size()),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(Workloads, PowerCutInRecovery,
                         testing::Range(size_t{0}, AllWorkloads().size()),
                         NameOf);

}  // namespace
}  // namespace rowan
