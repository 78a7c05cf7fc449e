// SPDX-License-Identifier: Apache-2.0
// Writes that rest on what they read: counters and conditional writes.
#include "tests/crash/all_workloads.h"
#include "tests/crash/scenes.h"

namespace rowan {
namespace {

void Counters(Script* script) {
  script->Start();
  script->CreateCounters("c");
  script->Settle();
}

void Counts(Script* script) {
  for (int i = 0; i < 6; ++i) script->Count("c", Key(i % 2), 1, 1 + i);
}

// Those of one wide row share a record.
void CountsAtOnce(Script* script) {
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 4; ++i) script->SendCount("c", "a", i % 2, 1);
    script->Await();
  }
}

void CountsInFiles(Script* script) {
  for (int i = 0; i < 4; ++i) {
    script->Count("c", "a", 1, 1);
    script->Flush("c");
  }
  script->Compact("c");
  script->Count("c", "a", 1, 10);
}

// The log is replayed before each.
void CountsOverDeaths(Script* script) {
  for (int i = 0; i < 3; ++i) {
    script->Count("c", "a", 1, 1);
    script->DieAndRestart();
  }
}

void Swaps(Script* script) {
  script->Write(Change("t", "a").Put(1, Value(0)));
  for (int i = 0; i < 6; ++i) script->Swap("t", "a", 1, Value(i), Value(i + 1));
}

void SwapsThroughFiles(Script* script) {
  script->Write(Change("t", "a").Put(1, Value(0)));
  for (int i = 0; i < 4; ++i) {
    script->Swap("t", "a", 1, Value(i), Value(i + 1));
    i % 2 == 0 ? script->Flush("t") : script->Compact("t");
  }
}

void Timestamps(Script* script) {
  for (int i = 0; i < 6; ++i) {
    script->TakeTimestamp();
    script->Pass(std::chrono::milliseconds(i % 2 == 0 ? 1500 : 5000));
    script->TakeTimestamp();
    if (i == 3) script->DieAndRestart();
    if (i == 4) script->Restart();
  }
}

}  // namespace

std::vector<Workload> QueuedWorkloads() {
  return {
      {"Counts", Counters, Counts},
      {"CountsAtOnce", Counters, CountsAtOnce},
      {"CountsInFiles", Counters, CountsInFiles},
      {"CountsOverDeaths", Counters, CountsOverDeaths},
      {"Swaps", OneTable, Swaps},
      {"SwapsThroughFiles", OneTable, SwapsThroughFiles},
      {"Timestamps", OneTable, Timestamps, {.wall_goes_back = true}},
  };
}

}  // namespace rowan
