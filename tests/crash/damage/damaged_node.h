// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_CRASH_DAMAGE_DAMAGED_NODE_H_
#define ROWAN_TESTS_CRASH_DAMAGE_DAMAGED_NODE_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "node/coordinator/hybrid_clock.h"
#include "node/coordinator/schema_registry.h"
#include "node/metadata/data_directory.h"
#include "node/metadata/local_metadata_store.h"
#include "node/metadata/snapshot_store.h"
#include "tests/lib/engine_harness.h"

namespace rowan {

// What a node says when everything is read: by the name of what was read, its
// rows, or why not.
struct Answers {
  std::map<std::string, absl::StatusOr<std::vector<std::string>>> reads;
  // What its start reported, damage only, a line each.
  std::vector<std::string> told;
};

// A whole node but for its services, in one thread, on a disk in memory.
class DamagedNode {
 public:
  static constexpr char kDirectory[] = "/node";
  static constexpr uint64_t kSegmentBytes = 32 << 10;

  DamagedNode();
  ~DamagedNode();

  absl::Status Start();
  // The process ends; `cleanly` or as it is.
  void End(bool cleanly);

  bool running() const { return snapshots_ != nullptr; }

  // REQUIRES: started.
  EngineHarness& world() { return world_; }
  SchemaRegistry& schemas() { return *schemas_; }
  SnapshotStore& snapshots() { return *snapshots_; }
  MemFileSystem& fs() { return world_.fs(); }
  // Links the table's files under this name.
  absl::Status TakeSnapshot(const std::string& table, const std::string& name);
  // Reads every table, whole and by each of `keys`; with `restore`, also every
  // snapshot, from a table made of it.
  Answers ReadAll(const std::vector<std::string>& keys, bool restore);

 private:
  absl::Status OpenParts();
  void Close();

  EngineHarness world_;
  SimRandom random_{1};
  std::unique_ptr<DataDirectory> directory_;
  std::unique_ptr<LocalMetadataStore> metadata_;
  std::unique_ptr<SchemaRegistry> schemas_;
  std::unique_ptr<HybridClock> timestamps_;
  std::unique_ptr<SnapshotStore> snapshots_;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_CRASH_DAMAGE_DAMAGED_NODE_H_
