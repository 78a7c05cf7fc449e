// SPDX-License-Identifier: Apache-2.0
// Segments of the log: new, full, given back, used again; and the log that is
// answered before it is on the disk.
#include <string>

#include "tests/crash/all_workloads.h"
#include "tests/crash/scenes.h"

namespace rowan {
namespace {

constexpr uint64_t kSmallSegment = 16 << 10;

// Answered from the kernel's memory.
constexpr CrashNodeOptions kPeriodic{.sync = LogSync::kPeriodic,
                                     .segment_bytes = kSmallSegment};

std::string Fat(int i) { return Value(i) + std::string(3'000, 'x'); }

void SegmentRoll(Script* script) {
  for (int i = 0; i < 10; ++i) {
    script->Send({Change("t", Key(i % 3)).Put(i, Fat(i))});
    if (i % 3 == 0) script->Await();
  }
  script->Await();
}

void SegmentRollOfBatches(Script* script) {
  for (int i = 0; i < 8; ++i) {
    script->Send({Change("t", Key(i)).Put(1, Fat(i)),
                  Change("u", Key(i)).Put(1, Value(i)),
                  Change("u", Key(i + 1)).Put(2, Value(i))});
    if (i % 2 == 0) script->Await();
  }
  script->Await();
}

// Files of the log come to be used for the second time: what they held of the
// first lies behind what is new.
void RecycledSegments(Script* script) {
  for (int round = 0; round < 4; ++round) {
    for (int i = 0; i < 5; ++i) {
      script->Write(Change("t", Key(i)).Put(round, Fat(i)));
    }
    script->Flush("t");
    script->Write(Change("t", "a").DeleteRow(round - 1).Put(round, "x"));
    script->Settle();
  }
}

void UsedLog(Script* script) {
  OneTable(script);
  RecycledSegments(script);
}

// A second life of everything: small records over the large ones of before.
void SmallRecordsOverOldOnes(Script* script) {
  script->Restart();
  for (int i = 0; i < 12; ++i) {
    script->Write(Change("t", Key(i)).Put(100, Value(i)));
  }
}

// One table is busy, the other holds the log back with a row or two: these are
// written to the tail again, and flushed at the third time.
void IdleTable(Script* script) {
  script->Write(Change("u", "idle").Put(1, "stays").PutStatic("fixed"));
  script->Write(Change("u", "gone").Put(1, "old"));
  script->Write(Change("u", "gone").DeleteWideRow());
  for (int i = 0; i < 30; ++i) {
    script->Write(Change("t", "busy").Put(i % 4, Fat(i)));
    script->Settle();
  }
}

void FullLog(Script* script) {
  for (int i = 0; i < 24; ++i) {
    script->Write(Change("t", Key(i % 5)).Put(1, Fat(i)));
    script->Settle();
  }
}

// After a tenth of a second without records a mark is written.
void MarksBetweenWrites(Script* script) {
  for (int i = 0; i < 4; ++i) {
    script->Write(Change("t", Key(i)).Put(1, Value(i)));
    script->Pass(std::chrono::milliseconds(i % 2 == 0 ? 250 : 30));
  }
}

void PeriodicWrites(Script* script) {
  for (int i = 0; i < 12; ++i) {
    script->Write(Change("t", Key(i)).Put(1, Value(i)));
    script->Pass(std::chrono::milliseconds(25));
  }
}

void PeriodicBatches(Script* script) {
  for (int i = 0; i < 8; ++i) {
    script->Send({Change("t", Key(i)).Put(1, Value(i)),
                  Change("u", Key(i)).Put(1, Value(i))});
    script->Send({Change("t", "wide").Put(i, Value(i))});
    script->Await();
    script->Pass(std::chrono::milliseconds(40));
  }
}

void PeriodicSegmentRoll(Script* script) {
  for (int i = 0; i < 12; ++i) {
    script->Write(Change("t", Key(i)).Put(1, Fat(i)));
    script->Pass(std::chrono::milliseconds(20));
  }
}

// What is flushed may be on the disk before the log that led to it.
void PeriodicFlush(Script* script) {
  for (int i = 0; i < 4; ++i) {
    script->Write(Change("t", "a").Put(i, Value(i)));
    script->Write(Change("u", "a").Put(i, Value(i)));
    script->Flush(i % 2 == 0 ? "t" : "u");
    script->Pass(std::chrono::milliseconds(45));
  }
}

// One half of a batch must not be on the disk before the log that has both.
void PeriodicFlushOfBatches(Script* script) {
  for (int i = 0; i < 4; ++i) {
    script->Send(
        {Change("t", "a").Put(i, Value(i)), Change("u", "a").Put(i, Value(i))});
    script->Await();
    script->Flush(i % 2 == 0 ? "t" : "u");
    script->Pass(std::chrono::milliseconds(45));
  }
}

}  // namespace

std::vector<Workload> LogWorkloads() {
  const CrashNodeOptions small{.segment_bytes = kSmallSegment};
  const CrashNodeOptions archived{.segment_bytes = kSmallSegment,
                                  .archive_log = true};
  const CrashNodeOptions archived_periodic{.sync = LogSync::kPeriodic,
                                           .segment_bytes = kSmallSegment,
                                           .archive_log = true};
  const CrashNodeOptions tight{.segment_bytes = kSmallSegment,
                               .log_bytes_max = 4 * kSmallSegment,
                               .partition_memtable_bytes_max = 64 << 10};
  return {
      {"SegmentRoll", OneTable, SegmentRoll, small},
      {"SegmentRollOfBatches", TwoTables, SegmentRollOfBatches, small},
      {"RecycledSegments", OneTable, RecycledSegments, small},
      {"SmallRecordsOverOldOnes", UsedLog, SmallRecordsOverOldOnes, small},
      {"ArchivedLog", OneTable, RecycledSegments, archived},
      {"ArchivedPeriodicLog", OneTable, PeriodicSegmentRoll, archived_periodic},
      {"IdleTable", TwoTables, IdleTable, tight},
      {"FullLog", OneTable, FullLog, tight},
      {"MarksBetweenWrites", OneTable, MarksBetweenWrites},
      {"PeriodicWrites", OneTable, PeriodicWrites, kPeriodic},
      {"PeriodicBatches", TwoTables, PeriodicBatches, kPeriodic},
      {"PeriodicSegmentRoll", OneTable, PeriodicSegmentRoll, kPeriodic},
      {"PeriodicFlush", TwoTables, PeriodicFlush, kPeriodic},
      {"PeriodicFlushOfBatches", TwoTables, PeriodicFlushOfBatches, kPeriodic},
  };
}

}  // namespace rowan
