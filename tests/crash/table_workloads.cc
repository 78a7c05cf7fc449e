// SPDX-License-Identifier: Apache-2.0
// Tables, types and snapshots come and go.
#include "tests/crash/all_workloads.h"
#include "tests/crash/scenes.h"

namespace rowan {
namespace {

void StartedNode(Script* script) { script->Start(); }

// Rows in a file and in the log.
void RowsInBoth(Script* script) {
  FlushedTable(script);
  script->Write(Change("t", "a").Put(6, "log").DeleteRow(1));
}

void SnapshotOfRows(Script* script) {
  RowsInBoth(script);
  script->Snapshot("t", "s1");
}

void CreateTables(Script* script) {
  script->CreateTable("t", Partitions(1));
  script->Write(Change("t", "a").Put(1, "x"));
  script->CreateTable("u", Partitions(0));
  script->Write(Change("u", "a").Put(1, "x"));
}

void DropTable(Script* script) {
  script->DropTable("t");
  script->Settle();
}

// The name comes back, and nothing of what it was.
void DropAndCreateAgain(Script* script) {
  script->DropTable("t");
  script->CreateTable("t", Partitions(0));
  script->Write(Change("t", "a").Put(9, "new"));
  script->Flush("t");
  script->DropTable("t");
  script->CreateTable("t", Partitions(1));
}

void AddColumns(Script* script) {
  script->AddColumn("t", "w");
  script->Write(Change("t", "a").Set(1, "w", "new"));
  script->Flush("t");
  script->AddColumn("t", "x");
  script->Write(Change("t", "a").Set(2, "x", "new"));
}

void DropColumns(Script* script) {
  script->DropColumn("t", "s");
  script->Write(Change("t", "a").Put(7, "new"));
  script->Compact("t");
  script->AddColumn("t", "s");
  script->DropColumn("t", "v");
}

void Truncate(Script* script) {
  script->Truncate("t");
  script->Write(Change("t", "a").Put(9, "new"));
}

void TruncateAgain(Script* script) {
  for (int i = 0; i < 3; ++i) {
    script->Write(Change("t", "a").Put(i, Value(i)));
    if (i == 1) script->Flush("t");
    script->Truncate("t");
  }
}

void Types(Script* script) {
  script->CreateType("point");
  script->CreateType("line");
  script->DropType("point");
}

void Snapshots(Script* script) {
  script->Snapshot("t", "s1");
  script->Write(Change("t", "a").DeleteWideRow());
  script->Snapshot("t", "s2");
  script->Compact("t");
}

void DropSnapshots(Script* script) {
  script->Snapshot("t", "s2");
  script->DropSnapshot("s1");
  script->Snapshot("t", "s1");
  script->DropSnapshot("s2");
}

// The table goes, and its rows come back from the snapshot.
void DropAndRestore(Script* script) {
  script->Write(Change("t", "a").Put(8, "after the snapshot"));
  script->DropTable("t");
  script->Restore("s1", "t");
  script->Write(Change("t", "a").Put(9, "new"));
}

void RestoreTwice(Script* script) {
  script->Restore("s1", "r1");
  script->Restore("s1", "r2");
  script->Write(Change("r1", "a").DeleteWideRow());
  script->Compact("r1");
  script->DropSnapshot("s1");
  script->DropTable("r2");
}

void TruncateAndRestore(Script* script) {
  script->Truncate("t");
  script->DropTable("t");
  script->Restore("s1", "t");
  script->Truncate("t");
}

}  // namespace

std::vector<Workload> TableWorkloads() {
  return {
      {"CreateTables", StartedNode, CreateTables},
      {"DropTable", RowsInBoth, DropTable},
      {"DropAndCreateAgain", RowsInBoth, DropAndCreateAgain},
      {"AddColumns", RowsInBoth, AddColumns},
      {"DropColumns", RowsInBoth, DropColumns},
      {"Truncate", RowsInBoth, Truncate},
      {"TruncateAgain", OneTable, TruncateAgain},
      {"Types", StartedNode, Types},
      {"Snapshots", RowsInBoth, Snapshots},
      {"DropSnapshots", SnapshotOfRows, DropSnapshots},
      {"DropAndRestore", SnapshotOfRows, DropAndRestore},
      {"RestoreTwice", SnapshotOfRows, RestoreTwice},
      {"TruncateAndRestore", SnapshotOfRows, TruncateAndRestore},
  };
}

}  // namespace rowan
