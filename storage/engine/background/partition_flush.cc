// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/background/partition_flush.h"

#include <utility>

#include "storage/base/status_macros.h"

namespace rowan {

PartitionFlush::PartitionFlush(EngineCore* core, std::shared_ptr<Table> table,
                               Partition* partition, Partition::Sealed sealed)
    : core_(core),
      table_(std::move(table)),
      partition_(partition),
      sealed_(std::move(sealed)),
      file_(core->manifest->NextFile()) {}

absl::Status PartitionFlush::Start() {
  RETURN_IF_ERROR(core_->manifest->Prepare());
  const MemtableSlot& slot = *sealed_.slot;
  SSTableWriterOptions options;
  // The memtable's writers are gone: it knows every column of theirs.
  options.schema = table_->schema();
  options.file = file_;
  options.partition = partition_->id();
  options.compression = options.schema->options.compression;
  options.log_from = LogPosition{slot.first_position.load()};
  options.log_to = LogPosition{slot.end_position.load()};
  options.written_at_us = core_->world.clock->WallMicros();
  job_ =
      std::make_unique<FlushJob>(slot.memtable, core_->world.file_system,
                                 table_->FilePath(file_), std::move(options));
  return absl::OkStatus();
}

absl::StatusOr<bool> PartitionFlush::Step() {
  if (!job_) RETURN_IF_ERROR(Start());
  return job_->Step();
}

absl::Status PartitionFlush::Commit() {
  FileSystem* fs = core_->world.file_system;
  const std::string path = table_->FilePath(file_);
  std::shared_ptr<SSTable> file;
  ManifestEdit edit;
  ManifestEdit::PartitionEdit& part = edit.partitions.emplace_back();
  part.table = table_->id();
  part.partition = partition_->id();
  part.flushed_to = sealed_.flushed_to;
  if (job_->file()) {
    auto opened = SSTable::Open(fs, path);
    if (!opened.ok()) {
      (void)fs->Remove(path);  // nobody names it yet
      return opened.status();
    }
    file = *std::move(opened);
    part.added.push_back(*job_->file());
  }
  const absl::Status status = core_->manifest->Commit(*table_, std::move(edit));
  if (!status.ok()) {
    if (file && absl::IsCancelled(status)) (void)fs->Remove(path);
    return status;
  }
  EngineCounters::Add(core_->counters.flushes);
  if (file) {
    EngineCounters::Add(core_->counters.flush_bytes, file->file_bytes());
  }
  partition_->FlushCommitted(std::move(file), sealed_.flushed_to);
  return absl::OkStatus();
}

}  // namespace rowan
