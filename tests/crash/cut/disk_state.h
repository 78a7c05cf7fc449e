// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_CRASH_CUT_DISK_STATE_H_
#define ROWAN_TESTS_CRASH_CUT_DISK_STATE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/crash/cut/client_record.h"
#include "tests/lib/damage_model.h"
#include "tests/lib/mem_tree.h"

namespace rowan {

// The world just before an operation changes the disk: what it holds, and what
// the client knows.
struct Boundary {
  MemTree disk;
  ClientRecord::Moment moment;
  int64_t clock_ns = 0;
  std::string operation;  // "kSync /rowan/node/...", for people
};

// One death: before which operation of the run (from 0), and what it left.
struct Cut {
  size_t boundary = 0;
  DamageModel model = DamageModel::kNothing;
  uint64_t seed = 0;
};

// How to come to one state of a workload's disk again: the order of tasks of
// its run, the cut in it, then cuts in the recovery from the one before. As
// text "ORDER:BOUNDARY.MODEL.SEED[,BOUNDARY.MODEL.SEED ...]".
struct StatePath {
  uint64_t order = 0;
  std::vector<Cut> cuts;

  std::string Text() const;
  static std::optional<StatePath> Parse(std::string_view text);
};

// The same for equal disks, and for different ones almost never.
uint64_t Fingerprint(const MemTree& disk);

}  // namespace rowan

#endif  // ROWAN_TESTS_CRASH_CUT_DISK_STATE_H_
