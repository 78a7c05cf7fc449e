// SPDX-License-Identifier: Apache-2.0
// Starts and stops themselves.
#include "tests/crash/all_workloads.h"
#include "tests/crash/scenes.h"
#include "tests/lib/damage_model.h"

namespace rowan {
namespace {

void NoNode(Script*) {}

void RowsOfTwoTables(Script* script) {
  FlushedTable(script);
  script->CreateTable("u", Partitions(1));
  script->Write(Change("t", "a").Put(6, "log"));
  script->Write(Change("u", "a").Put(6, "log"));
}

// A start that has a file, a torn log and an unfinished file to deal with.
void TornEnd(Script* script) {
  RowsOfTwoTables(script);
  script->StartFlush("t");
  script->Send({Change("t", "a").Put(7, std::string(5'000, 'x'))});
  for (int i = 0; i < 6; ++i) script->node().executor().RunOne();
  MemTree disk = script->node().fs().Image();
  Damage(DamageModel::kTorn, 7, &disk);
  script->node().Die();
  script->node().fs().Load(std::move(disk));
}

void FirstStart(Script* script) {
  script->Start();
  script->CreateTable("t", Partitions(0));
  script->Write(Change("t", "a").Put(1, "x"));
}

void Start(Script* script) {
  script->Start();
  script->Settle();
}

void CleanRestart(Script* script) {
  script->Restart();
  script->Write(Change("t", "b").Put(1, "x"));
}

void Drain(Script* script) {
  script->Restart(/*drain=*/true);
  script->Write(Change("u", "b").Put(1, "x"));
}

void Deaths(Script* script) {
  for (int i = 0; i < 3; ++i) {
    script->DieAndRestart();
    script->Write(Change("t", "b").Put(i, Value(i)));
  }
}

// The log goes on in a fresh segment at each.
void StartsWithoutWork(Script* script) {
  for (int i = 0; i < 4; ++i) {
    i % 2 == 0 ? script->DieAndRestart() : script->Restart();
  }
}

// So small that the replay itself fills memtables.
void ReplayThatFlushes(Script* script) {
  for (int i = 0; i < 10; ++i) {
    script->Write(Change("t", Key(i)).Put(1, std::string(2'000, 'x')));
  }
  script->DieAndRestart();
  script->Settle();
}

// What a kill has left in the cache is replayed, and flushed, before anybody
// synced it.
void PeriodicReplayThatFlushes(Script* script) {
  for (int i = 0; i < 5; ++i) {
    script->Send({Change("t", Key(i)).Put(1, std::string(2'000, 'x')),
                  Change("u", Key(i)).Put(1, Value(i))});
    script->Await();
  }
  script->DieAndRestart();
  script->Settle();
}

}  // namespace

std::vector<Workload> StartWorkloads() {
  return {
      {"FirstStart", NoNode, FirstStart},
      {"StartAfterATornEnd", TornEnd, Start},
      {"CleanRestart", RowsOfTwoTables, CleanRestart},
      {"Drain", RowsOfTwoTables, Drain},
      {"Deaths", RowsOfTwoTables, Deaths},
      {"StartsWithoutWork", RowsOfTwoTables, StartsWithoutWork},
      {"ReplayThatFlushes",
       RowsOfTwoTables,
       ReplayThatFlushes,
       {.partition_memtable_bytes_max = 8 << 10}},
      {"PeriodicReplayThatFlushes",
       RowsOfTwoTables,
       PeriodicReplayThatFlushes,
       {.sync = LogSync::kPeriodic, .partition_memtable_bytes_max = 8 << 10}},
  };
}

}  // namespace rowan
