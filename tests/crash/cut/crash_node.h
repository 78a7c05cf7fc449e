// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_CRASH_CUT_CRASH_NODE_H_
#define ROWAN_TESTS_CRASH_CUT_CRASH_NODE_H_

#include <cstdint>
#include <memory>

#include "node/coordinator/change_queue.h"
#include "node/coordinator/coordinator.h"
#include "node/coordinator/table_snapshots.h"
#include "node/metadata/data_directory.h"
#include "node/metadata/local_metadata_store.h"
#include "tests/lib/engine_harness.h"

namespace rowan {

// What a workload needs to be otherwise than usual.
struct CrashNodeOptions {
  LogSync sync = LogSync::kGroup;
  uint64_t segment_bytes = 32 << 10;
  uint64_t log_bytes_max = 16 << 20;
  int64_t partition_memtable_bytes_max = 1 << 20;
  bool archive_log = false;
  // The machine's time is an hour behind after a death.
  bool wall_goes_back = false;
};

// A whole node but for its services, in one thread, on a disk in memory: data
// directory, catalogue, clock, engine and log, snapshots, coordinator. Wired as
// node/node.cc does it.
class CrashNode {
 public:
  static constexpr char kDirectory[] = "/rowan/node";
  static constexpr char kArchive[] = "/rowan/archive";

  // `order`: as EngineHarness's seed.
  explicit CrashNode(const CrashNodeOptions& options, uint64_t order = 0);
  ~CrashNode();

  // As a process starts; the disk is fs()'s.
  absl::Status Start();
  absl::Status Stop(bool drain);
  // The process dies, and with it all that is under way; the disk stays as it
  // is.
  void Die();
  // As MemFileSystem::WatchChanges, but not of what dying processes do.
  void WatchChanges(MemFileSystem::ChangeWatcher watcher);
  bool running() const { return coordinator_ != nullptr; }

  // REQUIRES: running.
  EngineHarness& world() { return world_; }
  Engine& engine() { return world_.engine(); }
  SchemaRegistry& schemas() { return *schemas_; }
  SnapshotStore& snapshots() { return *snapshots_; }
  Coordinator& coordinator() { return *coordinator_; }
  TableSnapshots table_snapshots() { return {coordinator_.get(), &changes_}; }

  MemFileSystem& fs() { return world_.fs(); }
  SimClock& clock() { return world_.clock(); }
  SimExecutor& executor() { return world_.executor(); }

 private:
  absl::Status OpenParts();
  void Clear();

  EngineHarness world_;
  MemFileSystem::ChangeWatcher watcher_;
  SimRandom random_{1};
  ChangeQueue changes_;
  std::unique_ptr<DataDirectory> directory_;
  std::unique_ptr<LocalMetadataStore> metadata_;
  std::unique_ptr<SchemaRegistry> schemas_;
  std::unique_ptr<HybridClock> timestamps_;
  std::unique_ptr<SnapshotStore> snapshots_;
  std::unique_ptr<Coordinator> coordinator_;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_CRASH_CUT_CRASH_NODE_H_
