// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/cut/exploration.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/lib/sim_random.h"

namespace rowan {
namespace {

// More say nothing new, and one workload's mistake fails in all its states.
constexpr size_t kFailuresMax = 3;
// Rounds over all boundaries and models of an order without a new state.
constexpr uint64_t kDryRoundsMax = 2;
constexpr uint64_t kDryOrdersMax = 4;  // one after the other
constexpr uint64_t kRoundsMax = 64;    // of one order
constexpr uint64_t kOrdersMax = 256;   // of tasks
constexpr size_t kDeathsMax = 3;
// Of one recovery's operations and models.
constexpr size_t kCutsOfRecovery = 16;

bool HasSeeds(DamageModel model) {
  return model != DamageModel::kProcess && model != DamageModel::kNothing;
}

}  // namespace

bool Exploration::Done() const {
  return result_.states >= states_ || result_.failures.size() >= kFailuresMax;
}

void Exploration::StartOrder(uint64_t order) {
  run_ = RecordRun(workload_, order);
  if (result_.orders++ == 0) result_.boundaries = run_.boundaries.size();
}

std::vector<Cut> Exploration::AllCuts(size_t boundaries, uint64_t seed) {
  std::vector<Cut> cuts;
  for (size_t boundary = 0; boundary < boundaries; ++boundary) {
    for (const DamageModel model : kDamageModels) {
      if (seed == 0 || HasSeeds(model)) cuts.push_back({boundary, model, seed});
    }
  }
  SimRandom random(seed + 1);
  for (size_t i = cuts.size(); i > 1; --i) {
    std::swap(cuts[i - 1], cuts[random.Below(i)]);
  }
  return cuts;
}

bool Exploration::CheckOnce(const DiskState& state, const StatePath& path) {
  ++result_.drawn;
  std::vector<int64_t> known = state.moment.answers;
  known.push_back(state.moment.newest_timestamp);
  known.push_back(state.power_lost ? 1 : 0);
  if (!seen_.insert({Fingerprint(state.disk), std::move(known)}).second) {
    return false;
  }
  ++result_.states;
  const auto wrong = WrongIn(workload_, run_, state);
  if (wrong) {
    const Boundary& first = run_.boundaries[path.cuts.front().boundary];
    result_.failures.push_back(absl::StrCat("--state=", path.Text(),
                                            " (first cut before ",
                                            first.operation, ")\n", *wrong));
  }
  return true;
}

Explored Exploration::Cuts() {
  uint64_t dry_orders = 0;
  for (uint64_t order = 0; order < kOrdersMax && dry_orders < kDryOrdersMax;
       ++order) {
    StartOrder(order);
    const uint64_t states = result_.states;
    uint64_t dry = 0;
    for (uint64_t seed = 0; seed < kRoundsMax && dry < kDryRoundsMax; ++seed) {
      ++dry;
      for (const Cut& cut : AllCuts(run_.boundaries.size(), seed)) {
        if (Done()) return std::move(result_);
        const DiskState state =
            StateAfter(run_.boundaries[cut.boundary], cut, false);
        if (CheckOnce(state, {order, {cut}})) dry = 0;
      }
    }
    dry_orders = result_.states == states ? dry_orders + 1 : 0;
  }
  return std::move(result_);
}

void Exploration::CutRecovery(const DiskState& state, const StatePath& path) {
  if (path.cuts.size() == kDeathsMax) return;
  const std::vector<Boundary> boundaries = RecordRecovery(workload_, state);
  std::vector<Cut> cuts =
      AllCuts(boundaries.size(), path.cuts.back().seed + path.cuts.size());
  cuts.resize(std::min(cuts.size(), kCutsOfRecovery));
  for (size_t i = 0; i < cuts.size() && !Done(); ++i) {
    StatePath next = path;
    next.cuts.push_back(cuts[i]);
    const DiskState cut_again =
        StateAfter(boundaries[cuts[i].boundary], cuts[i], state.power_lost);
    CheckOnce(cut_again, next);
    // Of one in four recoveries the recovery is cut, too.
    if (i % 4 == 0) CutRecovery(cut_again, next);
  }
}

Explored Exploration::CutsInRecovery() {
  for (uint64_t order = 0; order < kOrdersMax && !Done(); ++order) {
    StartOrder(order);
    for (uint64_t seed = 0; seed < kRoundsMax && !Done(); ++seed) {
      for (const Cut& cut : AllCuts(run_.boundaries.size(), seed)) {
        if (Done()) break;
        CutRecovery(StateAfter(run_.boundaries[cut.boundary], cut, false),
                    {order, {cut}});
      }
    }
  }
  return std::move(result_);
}

std::optional<std::string> WrongAt(const Workload& workload,
                                   const StatePath& path) {
  const RecordedRun run = RecordRun(workload, path.order);
  DiskState state;
  for (size_t i = 0; i < path.cuts.size(); ++i) {
    const Cut& cut = path.cuts[i];
    const std::vector<Boundary> again =
        i == 0 ? std::vector<Boundary>() : RecordRecovery(workload, state);
    const std::vector<Boundary>& boundaries = i == 0 ? run.boundaries : again;
    if (cut.boundary >= boundaries.size()) {
      return absl::StrCat("there are ", boundaries.size(), " boundaries only");
    }
    state = StateAfter(boundaries[cut.boundary], cut, state.power_lost);
  }
  return WrongIn(workload, run, state);
}

}  // namespace rowan
