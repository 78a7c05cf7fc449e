// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/cut/crash_node.h"

#include <string>
#include <utility>

#include "node/coordinator/known_tables.h"
#include "storage/base/status_macros.h"

namespace rowan {

CrashNode::CrashNode(const CrashNodeOptions& options, uint64_t order)
    : world_(order), changes_(&world_.executor(), &world_.clock()) {
  world_.options.directory = std::string(kDirectory) + "/storage";
  world_.options.log_bytes_max = options.log_bytes_max;
  world_.options.partition_memtable_bytes_max =
      options.partition_memtable_bytes_max;
  world_.log_options.directory = std::string(kDirectory) + "/commitlog";
  world_.log_options.segment_bytes = options.segment_bytes;
  world_.log_options.sync = options.sync;
  if (options.archive_log) {
    world_.archive_options = {.directory = kArchive,
                              .interval = std::chrono::milliseconds(60)};
  }
}

CrashNode::~CrashNode() { Die(); }

absl::Status CrashNode::Start() {
  const absl::Status status = OpenParts();
  if (!status.ok()) Die();
  return status;
}

absl::Status CrashNode::OpenParts() {
  ASSIGN_OR_RETURN(directory_,
                   DataDirectory::Open(&fs(), kDirectory, "", &random_));
  ASSIGN_OR_RETURN(
      metadata_, LocalMetadataStore::Open(&fs(), directory_->metadata_path()));
  ASSIGN_OR_RETURN(schemas_, SchemaRegistry::Open(metadata_.get()));
  ASSIGN_OR_RETURN(timestamps_, HybridClock::Open(&fs(), directory_->path(),
                                                  &clock(), &executor()));
  world_.Know(KnownTablesOf(*schemas_->catalogue()));
  RETURN_IF_ERROR(world_.Open());
  schemas_->set_engine(&engine());
  ASSIGN_OR_RETURN(snapshots_,
                   SnapshotStore::Open(&fs(), directory_->snapshots_path()));
  coordinator_ = std::make_unique<Coordinator>(
      schemas_.get(), snapshots_.get(), timestamps_.get(), &clock(), &engine(),
      &executor(), CoordinatorOptions{.node_id = directory_->node_id()});
  return absl::OkStatus();
}

absl::Status CrashNode::Stop(bool drain) {
  coordinator_->queue().Stop();
  absl::Status stopped = world_.Stop(drain);
  stopped.Update(timestamps_->Stop());
  Clear();
  return stopped;
}

void CrashNode::Die() {
  // Its parts clean up after themselves while they are taken apart, which the
  // dead don't do.
  MemTree disk = fs().Image();
  fs().WatchChanges(nullptr);
  if (coordinator_ != nullptr) coordinator_->queue().Stop();
  world_.Crash();
  executor().RunReady();
  Clear();
  fs().Load(std::move(disk));
  fs().WatchChanges(watcher_);
}

void CrashNode::WatchChanges(MemFileSystem::ChangeWatcher watcher) {
  watcher_ = std::move(watcher);
  fs().WatchChanges(watcher_);
}

void CrashNode::Clear() {
  coordinator_.reset();
  snapshots_.reset();
  timestamps_.reset();
  schemas_.reset();
  metadata_.reset();
  directory_.reset();
}

}  // namespace rowan
