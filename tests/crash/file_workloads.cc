// SPDX-License-Identifier: Apache-2.0
// Memtables become files, files become fewer: flush, merge and manifest.
#include <string>

#include "absl/strings/str_cat.h"
#include "storage/base/check.h"
#include "storage/manifest/manifest.h"
#include "tests/crash/all_workloads.h"
#include "tests/crash/scenes.h"

namespace rowan {
namespace {

TableOptions WithoutGrace() {
  TableOptions options = Partitions(0);
  options.tombstone_grace_s = 0;
  return options;
}

void TableWithoutGrace(Script* script) {
  script->Start();
  script->CreateTable("t", WithoutGrace());
  script->Settle();
}

// Two files, the second of which deletes most of the first.
void DeletionsInFiles(Script* script) {
  TableWithoutGrace(script);
  script->Write(Change("t", "a").Put(1, "old").Put(2, "old").Put(3, "old"));
  script->Write(Change("t", "b").Put(1, "old").PutStatic("fixed"));
  script->Flush("t");
  script->Write(Change("t", "a").DeleteRange(1, 2));
  script->Write(Change("t", "b").DeleteWideRow());
  script->Flush("t");
  script->Pass(std::chrono::seconds(2));
}

void SixteenPartitions(Script* script) {
  script->Start();
  script->CreateTable("t", Partitions(3));
  for (int i = 0; i < 12; ++i) script->Write(Change("t", Key(i)).Put(1, "x"));
}

// A table made and dropped again; with many files, or none.
void GrowManifest(Manifest* manifest, size_t files) {
  const TableId table{1'000'000};
  ManifestEdit made;
  made.tables_created = {{table, LogPosition{0}}};
  if (files > 0) {
    made.partitions.push_back({table, PartitionId{0, 0}});
    uint64_t next_file = manifest->state().next_file.value;
    for (size_t i = 0; i < files; ++i) {
      made.partitions.front().added.push_back({FileId{next_file++}, 0, 1});
    }
  }
  ROWAN_CHECK(manifest->Commit(made).ok());
  ROWAN_CHECK(manifest->Commit({.tables_dropped = {table}}).ok());
}

// An edit or two short of the size at which the manifest is written anew.
void GrownManifest(Script* script) {
  constexpr size_t kRewriteBytes = 1 << 20;
  FlushedTable(script);
  CrashNode& node = script->node();
  node.Die();
  {
    auto manifest = *Manifest::Open(
        &node.fs(), absl::StrCat(CrashNode::kDirectory, "/storage"));
    const auto left = [&] {
      return kRewriteBytes - node.fs().ReadFile(manifest->path())->size();
    };
    while (left() > 16 << 10) GrowManifest(manifest.get(), 30);
    while (left() > 150) GrowManifest(manifest.get(), 0);
  }
  script->Start();
}

void Flush(Script* script) {
  script->Write(Change("t", "a").Put(6, "new"));
  script->Flush("t");
  script->Write(Change("t", "a").Put(7, "behind"));
}

void FlushesInOrder(Script* script) {
  for (int i = 0; i < 3; ++i) {
    script->Write(Change("t", Key(i)).Put(1, Value(i)));
    script->Flush("t");
  }
  script->Write(Change("t", "last").Put(1, "x"));
}

// Several memtables of one partition on their way at once: each waits for a
// write that is under way when it is sealed.
void FlushesAtOnce(Script* script) {
  for (int i = 0; i < 4; ++i) {
    script->Send({Change("t", Key(i)).Put(1, Value(i))});
    script->StartFlush("t");
    if (i % 2 == 1) script->Await();
  }
  script->Settle();
}

void FlushUnderWrites(Script* script) {
  script->StartFlush("t");
  for (int i = 0; i < 6; ++i) {
    script->Send({Change("t", "a").Put(i, Value(i))});
    for (int task = 0; task < 3; ++task) script->node().executor().RunOne();
  }
  script->Await();
  script->Settle();
}

void FlushOfPartitions(Script* script) {
  script->Flush("t");
  for (int i = 0; i < 4; ++i) script->Write(Change("t", Key(i)).Put(2, "y"));
  script->Flush("t");
}

// Nothing may be purged of what the log would bring back.
void FlushOfDeletions(Script* script) {
  script->Write(Change("t", "a").DeleteWideRow());
  script->Flush("t");
  script->Write(Change("t", "b").DeleteRange(1, 3));
  script->Flush("t");
}

void Compaction(Script* script) {
  for (int i = 0; i < 3; ++i) {
    script->Write(Change("t", "a").Put(1, Value(i)).Put(10 + i, "x"));
    script->Flush("t");
  }
  script->Compact("t");
  script->Settle();
}

void CompactionOfDeletions(Script* script) {
  script->Compact("t");
  script->Settle();
  script->Write(Change("t", "c").Put(1, "new"));
}

// The log holds rows as old as those of the files when tombstones are purged.
void CompactionOverTheLog(Script* script) {
  script->Send({Change("t", "a").Put(9, "new")});
  script->StartCompact("t");
  script->Send({Change("t", "a").DeleteRow(3)});
  for (int i = 0; i < 4; ++i) {
    script->node().executor().RunOne();
    script->Send({Change("t", "d").Put(i, Value(i))});
  }
  script->Await();
  script->Settle();
}

void CompactionAgainAndAgain(Script* script) {
  for (int round = 0; round < 4; ++round) {
    script->Write(Change("t", "a").Put(round, Value(round)));
    if (round > 0) script->Write(Change("t", "a").DeleteRow(round - 1));
    script->Pass(std::chrono::milliseconds(1500));
    script->Compact("t");
  }
}

// A file in which everything has expired goes without being read.
void ExpiredFile(Script* script) {
  script->Write(Change("t", "a").PutFor(1, "brief", 2).PutFor(2, "brief", 1));
  script->Flush("t");
  script->Pass(std::chrono::seconds(5));
  for (int i = 0; i < 3; ++i) {
    script->Write(Change("t", Key(i)).Put(1, "stays"));
    script->Flush("t");
  }
  script->Compact("t");
  script->Settle();
}

void ManifestRewrite(Script* script) {
  for (int i = 0; i < 3; ++i) {
    script->Write(Change("t", Key(i)).Put(1, Value(i)));
    script->Flush("t");
  }
  script->Compact("t");
}

// Flushes that the memtable's size asks for.
void FullMemtables(Script* script) {
  for (int i = 0; i < 16; ++i) {
    script->Send({Change("t", Key(i)).Put(1, std::string(3'000, 'x'))});
    if (i % 4 == 3) script->Await();
  }
  script->Settle();
}

}  // namespace

std::vector<Workload> FileWorkloads() {
  return {
      {"Flush", FilledTable, Flush},
      {"FlushesInOrder", OneTable, FlushesInOrder},
      {"FlushesAtOnce", OneTable, FlushesAtOnce},
      {"FlushUnderWrites", FilledTable, FlushUnderWrites},
      {"FlushOfPartitions", SixteenPartitions, FlushOfPartitions},
      {"FlushOfDeletions", FlushedTable, FlushOfDeletions},
      {"Compaction", OneTable, Compaction},
      {"CompactionOfDeletions", DeletionsInFiles, CompactionOfDeletions},
      {"CompactionOverTheLog", DeletionsInFiles, CompactionOverTheLog},
      {"CompactionAgainAndAgain", TableWithoutGrace, CompactionAgainAndAgain},
      {"ExpiredFile", TableWithoutGrace, ExpiredFile},
      {"ManifestRewrite", GrownManifest, ManifestRewrite},
      {"FullMemtables",
       OneTable,
       FullMemtables,
       {.partition_memtable_bytes_max = 16 << 10}},
  };
}

}  // namespace rowan
