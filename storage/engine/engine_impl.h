// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_ENGINE_IMPL_H_
#define ROWAN_STORAGE_ENGINE_ENGINE_IMPL_H_

#include <memory>
#include <string>
#include <vector>

#include "storage/base/mutex.h"
#include "storage/engine/background/compaction_manager.h"
#include "storage/engine/background/disk_watch.h"
#include "storage/engine/background/flush_manager.h"
#include "storage/engine/background/scrubber.h"
#include "storage/engine/engine_options.h"
#include "storage/engine/read_path.h"
#include "storage/engine/state/engine_core.h"
#include "storage/engine/write_path.h"

namespace rowan {

// The facade: holds the parts, wires them, and does nothing itself.
class EngineImpl final : public Engine {
 public:
  EngineImpl(const EngineOptions& options, const EngineWorld& world);

  // Recovers what is on disk; once, before anything else.
  absl::Status Open(LogOpener open_log, KnownTables known);

  absl::Status CreateTable(std::shared_ptr<const Schema> schema) override;
  absl::Status AlterTable(std::shared_ptr<const Schema> schema) override;
  absl::Status DropTable(TableId table) override;
  absl::StatusOr<TableFiles> LinkFiles(TableId table,
                                       const std::string& directory) override;
  absl::StatusOr<EngineCheckpoint> Checkpoint(
      const std::string& directory) override;
  absl::StatusOr<std::vector<std::string>> RestoreTable(
      std::shared_ptr<const Schema> schema, const std::string& directory,
      const TableFiles& files) override;
  std::shared_ptr<const Schema> FindTable(TableId table) const override;

  void Write(const Mutation& mutation, DoneCallback done) override {
    writes_.Write({&mutation, 1}, std::move(done));
  }
  void WriteAtomic(std::span<const Mutation> mutations,
                   DoneCallback done) override {
    writes_.Write(mutations, std::move(done));
  }
  void Read(const ReadCommand& command, RowConsumer* consumer,
            absl::AnyInvocable<void(absl::StatusOr<PageEnd>)> done) override {
    reads_.Read(command, consumer, std::move(done));
  }

  void Flush(TableId table, std::optional<PartitionId> partition,
             DoneCallback done) override;
  void Compact(TableId table, std::optional<PartitionId> partition,
               DoneCallback done) override;

  void Scrub(
      TableId table, std::optional<PartitionId> partition,
      const ScrubOrder& order,
      absl::AnyInvocable<void(absl::StatusOr<TableScrub>)> done) override;

  std::vector<PartitionStatus> Partitions(TableId table) const override;
  std::vector<SSTableStatus> SSTables(TableId table) const override;
  EngineStatus status() const override;
  uint64_t EstimateBytes(TableId table, Token first, Token last) const override;

  void Stop(bool drain, DoneCallback done) override;

 private:
  // `table`'s partitions that `only` names; all of them without it.
  absl::StatusOr<std::vector<Partition*>> Named(
      const std::shared_ptr<Table>& table, TableId id,
      std::optional<PartitionId> only) const;
  void StopNow(DoneCallback done);

  // One schema change at a time; held over their I/O.
  Mutex schema_mutex_;
  EngineCore core_;
  CompactionManager compactions_;
  Scrubber scrubber_;
  FlushManager flushes_;
  DiskWatch disk_watch_;
  WritePath writes_;
  ReadPath reads_;
  std::vector<std::string> recovery_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_ENGINE_IMPL_H_
