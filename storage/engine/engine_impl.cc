// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/engine_impl.h"

#include <atomic>
#include <iterator>
#include <utility>

#include "storage/base/status_macros.h"
#include "storage/engine/recovery.h"
#include "storage/engine/table_directory.h"

namespace rowan {
namespace {

// Calls `done` with the first error, or OK, when `count` parts have answered.
class Gather {
 public:
  static DoneCallback Part(const std::shared_ptr<Gather>& gather) {
    return [gather](absl::Status status) { gather->Answer(status); };
  }
  Gather(size_t count, DoneCallback done)
      : left_(count), done_(std::move(done)) {}

 private:
  void Answer(const absl::Status& status) {
    {
      MutexLock lock(mutex_);
      if (first_error_.ok()) first_error_ = status;
      if (--left_ > 0) return;
    }
    done_(first_error_);
  }

  Mutex mutex_;
  size_t left_ ROWAN_GUARDED_BY(mutex_);
  absl::Status first_error_;
  DoneCallback done_;
};

absl::Status NoTable(TableId id) {
  return absl::NotFoundError(absl::StrCat("no table with id ", id.value));
}

}  // namespace

EngineImpl::EngineImpl(const EngineOptions& options, const EngineWorld& world)
    : core_(options, world),
      compactions_(&core_),
      scrubber_(&core_, &compactions_),
      flushes_(&core_, &compactions_),
      disk_watch_(&core_),
      writes_(&core_, &flushes_, &disk_watch_),
      reads_(&core_) {}

absl::Status EngineImpl::Open(LogOpener open_log, KnownTables known) {
  Recovery recovery(&core_, &writes_);
  RETURN_IF_ERROR(recovery.Run(std::move(open_log), std::move(known)));
  recovery_ = recovery.notes();
  disk_watch_.Start();
  for (const auto& table : core_.tables.All()) {
    for (const auto& partition : table->partitions()) {
      compactions_.Consider(table, partition.get());
    }
  }
  scrubber_.Start();
  return absl::OkStatus();
}

absl::Status EngineImpl::CreateTable(std::shared_ptr<const Schema> schema) {
  MutexLock lock(schema_mutex_);
  return AddTable(&core_, std::move(schema));
}

absl::Status EngineImpl::AlterTable(std::shared_ptr<const Schema> schema) {
  MutexLock lock(schema_mutex_);
  const std::shared_ptr<Table> table = core_.tables.Find(schema->id);
  if (!table) return NoTable(schema->id);
  const std::shared_ptr<const Schema> present = table->schema();
  if (schema->version <= present->version) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the schema is version ", present->version.value, " already"));
  }
  if (schema->options.partition_prefix_length !=
      present->options.partition_prefix_length) {
    return absl::InvalidArgumentError(
        "a table's number of partitions can't be changed");
  }
  table->SetSchema(std::move(schema));
  core_.reclaimer.Collect();
  // These may make merges due, or no longer.
  const TableOptions &before = present->options,
                     &after = table->schema()->options;
  if (after.compaction_scaling == before.compaction_scaling &&
      after.tombstone_grace_s == before.tombstone_grace_s) {
    return absl::OkStatus();
  }
  for (const auto& partition : table->partitions()) {
    compactions_.Consider(table, partition.get());
  }
  return absl::OkStatus();
}

absl::Status EngineImpl::DropTable(TableId id) {
  MutexLock lock(schema_mutex_);
  std::shared_ptr<Table> table = core_.tables.Find(id);
  if (!table) return NoTable(id);
  RETURN_IF_ERROR(core_.manifest->CommitDrop(table.get()));
  core_.tables.Remove(id);
  core_.reclaimer.Collect();
  // The table is gone. What a flush under way or the file system keeps of its
  // files, the next start removes.
  (void)RemoveTableFiles(core_.world.file_system, table->directory());
  return absl::OkStatus();
}

absl::StatusOr<TableFiles> EngineImpl::LinkFiles(TableId id,
                                                 const std::string& directory) {
  const std::shared_ptr<Table> table = core_.tables.Find(id);
  if (!table) return NoTable(id);
  return LinkTableFiles(core_.world.file_system, *table, directory);
}

absl::StatusOr<EngineCheckpoint> EngineImpl::Checkpoint(
    const std::string& directory) {
  EngineCheckpoint checkpoint;
  // Below the head all is in SSTables that are in the manifest by now. The tail
  // comes last: what the SSTables hold is below it.
  checkpoint.log_from = core_.log->Head();
  RETURN_IF_ERROR(
      core_.manifest->WhileItStands([&](const ManifestState& state) {
        checkpoint.manifest = state;
        return LinkManifestFiles(core_.world.file_system,
                                 core_.options.directory, state, directory);
      }));
  checkpoint.log_until = core_.log->Tail();
  return checkpoint;
}

absl::StatusOr<std::vector<std::string>> EngineImpl::RestoreTable(
    std::shared_ptr<const Schema> schema, const std::string& directory,
    const TableFiles& files) {
  MutexLock lock(schema_mutex_);
  const TableId id = schema->id;
  std::vector<std::string> damage;
  RETURN_IF_ERROR(
      AddTable(&core_, std::move(schema), directory, files, &damage));
  const std::shared_ptr<Table> table = core_.tables.Find(id);
  for (const auto& partition : table->partitions()) {
    compactions_.Consider(table, partition.get());
  }
  return damage;
}

std::shared_ptr<const Schema> EngineImpl::FindTable(TableId id) const {
  std::shared_ptr<Table> table = core_.tables.Find(id);
  return table ? table->schema() : nullptr;
}

absl::StatusOr<std::vector<Partition*>> EngineImpl::Named(
    const std::shared_ptr<Table>& table, TableId id,
    std::optional<PartitionId> only) const {
  if (!table) return NoTable(id);
  std::vector<Partition*> named;
  for (const auto& partition : table->partitions()) {
    if (!only || partition->id() == *only) named.push_back(partition.get());
  }
  if (named.empty()) return absl::NotFoundError("no such partition");
  return named;
}

void EngineImpl::Flush(TableId id, std::optional<PartitionId> only,
                       DoneCallback done) {
  std::shared_ptr<Table> table = core_.tables.Find(id);
  auto partitions = Named(table, id, only);
  if (!partitions.ok()) return done(partitions.status());
  if (!core_.activity.Begin()) {
    return done(absl::UnavailableError("the node is shutting down"));
  }
  auto gather = std::make_shared<Gather>(
      partitions->size(),
      [this, done = std::move(done)](absl::Status status) mutable {
        done(status);
        core_.activity.End();
      });
  for (Partition* partition : *partitions) {
    flushes_.Request(table, partition, Gather::Part(gather));
  }
}

void EngineImpl::Compact(TableId id, std::optional<PartitionId> only,
                         DoneCallback done) {
  std::shared_ptr<Table> table = core_.tables.Find(id);
  auto partitions = Named(table, id, only);
  if (!partitions.ok()) return done(partitions.status());
  Flush(id, only,
        [this, table, partitions = *std::move(partitions),
         done = std::move(done)](absl::Status status) mutable {
          if (!status.ok()) return done(status);
          auto gather =
              std::make_shared<Gather>(partitions.size(), std::move(done));
          for (Partition* partition : partitions) {
            compactions_.CompactAll(table, partition, Gather::Part(gather));
          }
        });
}

void EngineImpl::Scrub(
    TableId id, std::optional<PartitionId> only, const ScrubOrder& order,
    absl::AnyInvocable<void(absl::StatusOr<TableScrub>)> done) {
  const std::shared_ptr<Table> table = core_.tables.Find(id);
  const auto partitions = Named(table, id, only);
  if (!partitions.ok()) return done(partitions.status());
  if (!core_.activity.Begin()) {
    return done(absl::UnavailableError("the node is shutting down"));
  }
  // One for each, filled at the same time.
  auto reports = std::make_shared<std::vector<TableScrub>>(partitions->size());
  auto gather = std::make_shared<Gather>(
      partitions->size(),
      [this, reports, done = std::move(done)](absl::Status status) mutable {
        TableScrub whole;
        for (TableScrub& part : *reports) {
          whole.files += part.files;
          whole.bytes += part.bytes;
          std::move(part.scrubbed.begin(), part.scrubbed.end(),
                    std::back_inserter(whole.scrubbed));
        }
        if (status.ok()) {
          done(std::move(whole));
        } else {
          done(status);
        }
        core_.activity.End();
      });
  for (size_t i = 0; i < partitions->size(); ++i) {
    compactions_.Scrub(table, (*partitions)[i], order, &(*reports)[i],
                       Gather::Part(gather));
  }
}

std::vector<PartitionStatus> EngineImpl::Partitions(TableId id) const {
  std::vector<PartitionStatus> all;
  std::shared_ptr<Table> table = core_.tables.Find(id);
  if (!table) return all;
  for (const auto& partition : table->partitions()) {
    const auto view = partition->HoldView();
    PartitionStatus& one = all.emplace_back();
    one.table = id;
    one.partition = partition->id();
    one.memtables_flushing = static_cast<uint32_t>(view->flushing.size());
    auto add = [&one](const Memtable& memtable) {
      one.memtable_bytes += static_cast<uint64_t>(memtable.memory_bytes());
      one.memtable_wide_rows += memtable.wide_row_count();
    };
    add(view->active->memtable);
    for (const auto& slot : view->flushing) add(slot->memtable);
    one.sstables = static_cast<uint32_t>(view->sstables.size());
    for (const auto& file : view->sstables) {
      one.sstable_bytes += file->file_bytes();
    }
    one.compaction_pending_bytes =
        compactions_.PendingBytes(*partition, *table->schema());
    one.flushed_to = partition->flushed_to();
    one.lost = std::string(partition->lost().message());
  }
  return all;
}

std::vector<SSTableStatus> EngineImpl::SSTables(TableId id) const {
  std::vector<SSTableStatus> all;
  std::shared_ptr<Table> table = core_.tables.Find(id);
  if (!table) return all;
  for (const auto& partition : table->partitions()) {
    for (const auto& file : partition->HoldView()->sstables) {
      all.push_back({file->path(), file->file_bytes(), file->statistics().level,
                     file->statistics()});
    }
  }
  return all;
}

EngineStatus EngineImpl::status() const {
  EngineStatus status;
  const EngineCounters& counters = core_.counters;
  status.memtable_bytes = core_.budget.used_bytes();
  status.memtable_limit_bytes = core_.budget.limit_bytes();
  status.log_bytes = core_.log->BytesInUse();
  status.flushes = counters.flushes;
  status.flushes_failed = counters.flushes_failed;
  status.flush_bytes = counters.flush_bytes;
  status.log_rewrites = counters.log_rewrites;
  status.log_rewrite_bytes = counters.log_rewrite_bytes;
  status.compactions = counters.compactions;
  status.compactions_failed = counters.compactions_failed;
  status.compaction_bytes_read = counters.compaction_bytes_read;
  status.compaction_bytes_written = counters.compaction_bytes_written;
  status.compaction_pending_bytes = compactions_.pending_bytes();
  status.compaction_damaged_sstables = compactions_.damaged_files();
  status.scrub = scrubber_.status();
  for (const auto& table : core_.tables.All()) {
    for (const auto& partition : table->partitions()) {
      if (!partition->lost().ok()) ++status.partitions_lost;
      for (const auto& file : partition->HoldView()->sstables) {
        ++status.sstables_by_level[file->statistics().level];
      }
    }
  }
  status.writes_delayed = counters.writes_delayed;
  status.writes_refused = counters.writes_refused;
  status.reads = counters.reads.Totals();
  status.writes = counters.writes;
  status.log_syncs = core_.log->SyncDurations();
  status.flush_tasks = flushes_.tasks();
  status.compaction_tasks = compactions_.tasks();
  status.failure = core_.failure();
  status.background_failure = core_.background_failure();
  status.disk_full = core_.disk.why();
  status.disk_reserve_bytes = core_.disk.reserve_bytes();
  status.recovery = recovery_;
  return status;
}

uint64_t EngineImpl::EstimateBytes(TableId id, Token first, Token last) const {
  uint64_t bytes = 0;
  std::shared_ptr<Table> table = core_.tables.Find(id);
  if (!table) return bytes;
  for (const auto& partition : table->partitions()) {
    if (partition->id().last() < first || partition->id().first() > last) {
      continue;
    }
    for (const auto& file : partition->HoldView()->sstables) {
      bytes += file->EstimateBytes(first, last);
    }
  }
  return bytes;
}

void EngineImpl::Stop(bool drain, DoneCallback done) {
  core_.log->EndWaits();
  const auto tables = core_.tables.All();
  if (!drain || tables.empty()) {
    StopNow(std::move(done));
    return;
  }
  auto gather = std::make_shared<Gather>(
      tables.size(), [this, done = std::move(done)](absl::Status) mutable {
        // What could not be flushed is in the log.
        StopNow(std::move(done));
      });
  for (const auto& table : tables) {
    Flush(table->id(), std::nullopt, Gather::Part(gather));
  }
}

void EngineImpl::StopNow(DoneCallback done) {
  // Keeps the engine alive until the last line: `done` may destroy it.
  const bool held = core_.activity.Begin();
  core_.activity.Stop([this, done = std::move(done)]() mutable {
    core_.log->Close(std::move(done));
  });
  writes_.Stop();
  if (held) core_.activity.End();
}

}  // namespace rowan
