// SPDX-License-Identifier: Apache-2.0
#include "tests/crash/damage/damaged_node.h"

#include <utility>

#include "node/coordinator/known_tables.h"
#include "storage/base/status_macros.h"

namespace rowan {

DamagedNode::DamagedNode() {
  world_.options.directory = std::string(kDirectory) + "/storage";
  world_.log_options.directory = std::string(kDirectory) + "/commitlog";
  world_.log_options.segment_bytes = kSegmentBytes;
}

DamagedNode::~DamagedNode() { End(false); }

absl::Status DamagedNode::Start() {
  const absl::Status status = OpenParts();
  if (!status.ok()) End(false);
  return status;
}

absl::Status DamagedNode::OpenParts() {
  SimExecutor& executor = world_.executor();
  ASSIGN_OR_RETURN(directory_,
                   DataDirectory::Open(&fs(), kDirectory, "", &random_));
  ASSIGN_OR_RETURN(
      metadata_, LocalMetadataStore::Open(&fs(), directory_->metadata_path()));
  ASSIGN_OR_RETURN(schemas_, SchemaRegistry::Open(metadata_.get()));
  ASSIGN_OR_RETURN(timestamps_, HybridClock::Open(&fs(), directory_->path(),
                                                  &world_.clock(), &executor));
  world_.Know(KnownTablesOf(*schemas_->catalogue()));
  RETURN_IF_ERROR(world_.Open());
  schemas_->set_engine(&world_.engine());
  ASSIGN_OR_RETURN(snapshots_,
                   SnapshotStore::Open(&fs(), directory_->snapshots_path()));
  return absl::OkStatus();
}

void DamagedNode::End(bool cleanly) {
  if (cleanly) {
    (void)world_.Stop();
    (void)timestamps_->Stop();
  } else {
    world_.Crash();
    world_.executor().RunReady();  // what is under way finds that it is dead
  }
  Close();
}

void DamagedNode::Close() {
  snapshots_.reset();
  timestamps_.reset();
  schemas_.reset();
  metadata_.reset();
  directory_.reset();
}

absl::Status DamagedNode::TakeSnapshot(const std::string& table,
                                       const std::string& name) {
  const auto schema = schemas_->catalogue()->FindByFullName("test." + table);
  return snapshots_
      ->Create(name, false, world_.clock().WallMicros(), *schema,
               [&](const std::string& directory) {
                 return world_.engine().LinkFiles(schema->id, directory);
               })
      .status();
}

Answers DamagedNode::ReadAll(const std::vector<std::string>& keys,
                             bool restore) {
  Answers answers;
  for (const std::string& line : world_.engine().status().recovery) {
    // Of the log's files, damage that has cost nothing is told without the
    // mark, too.
    if (line.find("commit log: ") != 0) answers.told.push_back(line);
  }
  for (const std::string& note : snapshots_->notes()) {
    answers.told.push_back(note);
  }
  std::vector<SnapshotInfo> kept;
  if (restore) kept = snapshots_->List("", 100);
  for (const SnapshotInfo& info : kept) {
    const std::string name = "of_" + info.name;
    // Of the node's life before.
    if (schemas_->catalogue()->Find("test", name) != nullptr) continue;
    const auto change = [&]() -> absl::StatusOr<SchemaRegistry::Change> {
      ASSIGN_OR_RETURN(Snapshot snapshot, snapshots_->Read(info.name));
      snapshot.schema.table = name;
      return schemas_->RestoreTable(std::move(snapshot.schema),
                                    snapshots_->PathOf(info.name),
                                    snapshot.files);
    }();
    if (!change.ok()) {
      answers.reads["test." + name] = change.status();
      continue;
    }
    answers.told.insert(answers.told.end(), change->damage.begin(),
                        change->damage.end());
  }
  for (const auto& [name, table] : schemas_->catalogue()->tables()) {
    answers.reads.insert_or_assign(name, world_.Scan(table->id));
    for (const std::string& key : keys) {
      answers.reads.insert_or_assign(name + " " + key,
                                     world_.ReadKey(table->id, key));
    }
  }
  return answers;
}

}  // namespace rowan
