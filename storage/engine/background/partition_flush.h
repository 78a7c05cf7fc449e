// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_BACKGROUND_PARTITION_FLUSH_H_
#define ROWAN_STORAGE_ENGINE_BACKGROUND_PARTITION_FLUSH_H_

#include <memory>

#include "absl/status/statusor.h"
#include "storage/compaction/flush_job.h"
#include "storage/engine/state/engine_core.h"

namespace rowan {

// One sealed memtable on its way to an SSTable: written step by step, then
// entered into the manifest (the commit point) and into the partition's view.
// In between the log must have become durable as far as the memtable reaches:
// it has the rest of batches of which the memtable is a part.
//
// Thread-compatible. Destroyed before the last step, or after an error, it
// leaves the partition as it was.
class PartitionFlush {
 public:
  // REQUIRES: `sealed` is the partition's oldest and has no pins.
  PartitionFlush(EngineCore* core, std::shared_ptr<Table> table,
                 Partition* partition, Partition::Sealed sealed);

  // A few milliseconds of work. True: all is written.
  absl::StatusOr<bool> Step();
  // REQUIRES: all is written, and the log durable up to flushed_to().
  // kCancelled: the table was dropped.
  absl::Status Commit();

  LogPosition flushed_to() const { return sealed_.flushed_to; }

  const std::shared_ptr<Table>& table() const { return table_; }
  Partition* partition() const { return partition_; }

 private:
  absl::Status Start();

  EngineCore* const core_;
  const std::shared_ptr<Table> table_;
  Partition* const partition_;
  const Partition::Sealed sealed_;
  const FileId file_;
  std::unique_ptr<FlushJob> job_;  // made by the first step
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_BACKGROUND_PARTITION_FLUSH_H_
