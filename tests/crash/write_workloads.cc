// SPDX-License-Identifier: Apache-2.0
// Rows written and deleted: what one record of the log holds.
#include <string>

#include "tests/crash/all_workloads.h"
#include "tests/crash/scenes.h"

namespace rowan {
namespace {

// A record of its own chunk, where a chunk has 8 KiB.
constexpr size_t kOverChunkBytes = 9'000;

void ManyPartitions(Script* script) {
  script->Start();
  script->CreateTable("t", Partitions(4));
  script->Settle();
}

void SingleWrites(Script* script) {
  for (int i = 0; i < 6; ++i) {
    script->Write(Change("t", Key(i)).Put(i, Value(i)));
  }
}

void SeveralAtOnce(Script* script) {
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 4; ++i) {
      script->Send({Change("t", Key(i)).Put(round, Value(i))});
    }
    script->Await();
  }
}

// Each is sent when its predecessor may be in the log, on its way, or answered.
void OneAfterTheOther(Script* script) {
  for (int i = 0; i < 10; ++i) {
    script->Send({Change("t", Key(i)).Put(1, Value(i))});
    for (int task = 0; task < i % 4; ++task) script->node().executor().RunOne();
  }
  script->Await();
}

void ManyRows(Script* script) {
  for (int round = 0; round < 3; ++round) {
    Change change("t", "wide");
    for (int64_t ck = 0; ck < 20; ++ck) change.Put(ck, Value(round));
    script->Write(change.PutStatic(Value(round)));
  }
}

std::vector<Change> Batch(int round, size_t bytes) {
  std::vector<Change> batch;
  for (int i = 0; i < 6; ++i) {
    batch.push_back(Change(i % 2 == 0 ? "t" : "u", Key(i))
                        .Put(1, Value(round) + std::string(bytes, 'x')));
  }
  return batch;
}

void Batches(Script* script) {
  for (int round = 0; round < 4; ++round) script->WriteAtomic(Batch(round, 10));
}

void BatchesAtOnce(Script* script) {
  for (int round = 0; round < 4; ++round) script->Send(Batch(round, 10));
  script->Await();
}

void BatchesOfManyBlocks(Script* script) {
  for (int round = 0; round < 3; ++round) {
    script->Send(Batch(round, 2'000));
    script->Send({Change("t", "small").Put(round, "x")});
  }
  script->Await();
}

void RecordsOverAChunk(Script* script) {
  for (int i = 0; i < 4; ++i) {
    script->Send({Change("t", Key(i)).Put(1, "before")});
    script->Send(
        {Change("t", Key(i)).Put(2, std::string(kOverChunkBytes, 'a' + i))});
    script->Send({Change("t", Key(i)).Put(3, "behind")});
  }
  script->Await();
}

void Overwrites(Script* script) {
  for (int i = 0; i < 8; ++i) {
    script->Send({Change("t", "a").Put(1, Value(i)).PutStatic(Value(i))});
    if (i % 2 == 1) script->Await();
  }
}

void RowDeletions(Script* script) {
  for (int64_t ck = 1; ck <= 5; ++ck) {
    script->Write(Change("t", "a").DeleteRow(ck));
    if (ck % 2 == 0) script->Write(Change("t", "a").Put(ck, "again"));
  }
}

void RangeDeletions(Script* script) {
  script->Write(Change("t", "a").DeleteRange(2, 4));
  script->Write(Change("t", "a").Put(3, "again"));
  script->Write(Change("t", "b").DeleteRange(1, 3).Put(5, "new"));
  script->Write(Change("t", "b").DeleteRange(3, 9));
  script->Write(Change("t", "b").DeleteRange(0, 9));
}

void WideRowDeletions(Script* script) {
  script->Write(Change("t", "a").DeleteWideRow());
  script->Write(Change("t", "a").Put(7, "again"));
  script->WriteAtomic(
      {Change("t", "a").DeleteWideRow(), Change("t", "b").DeleteWideRow()});
  script->Write(Change("t", "b").PutStatic("again"));
}

void Ttls(Script* script) {
  script->Write(Change("t", "a").PutFor(1, "brief", 2));
  script->Write(Change("t", "a").PutFor(2, "long", 3600));
  script->Pass(std::chrono::seconds(3));
  script->Write(Change("t", "a").PutFor(3, "brief", 1));
  script->Write(Change("t", "a").Put(2, "for ever"));
}

void AllPartitions(Script* script) {
  for (int i = 0; i < 24; ++i) {
    script->Send({Change("t", Key(i)).Put(1, Value(i))});
    if (i % 6 == 5) script->Await();
  }
}

}  // namespace

std::vector<Workload> WriteWorkloads() {
  return {
      {"SingleWrites", OneTable, SingleWrites},
      {"SeveralAtOnce", OneTable, SeveralAtOnce},
      {"OneAfterTheOther", OneTable, OneAfterTheOther},
      {"ManyRows", OneTable, ManyRows},
      {"Batches", TwoTables, Batches},
      {"BatchesAtOnce", TwoTables, BatchesAtOnce},
      {"BatchesOfManyBlocks",
       TwoTables,
       BatchesOfManyBlocks,
       {.segment_bytes = 64 << 10}},
      {"RecordsOverAChunk", OneTable, RecordsOverAChunk},
      {"Overwrites", OneTable, Overwrites},
      {"RowDeletions", FilledTable, RowDeletions},
      {"RangeDeletions", FilledTable, RangeDeletions},
      {"WideRowDeletions", FilledTable, WideRowDeletions},
      {"Ttls", OneTable, Ttls},
      {"AllPartitions", ManyPartitions, AllPartitions},
  };
}

}  // namespace rowan
