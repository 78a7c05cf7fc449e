// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_ENGINE_H_
#define ROWAN_STORAGE_ENGINE_ENGINE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "partitioner/partition_id.h"
#include "storage/base/counting/duration_counts.h"
#include "storage/base/ids.h"
#include "storage/engine/state/checkpoint.h"
#include "storage/engine/state/counters.h"
#include "storage/engine/state/engine_world.h"
#include "storage/engine/state/scrub_status.h"
#include "storage/engine/state/table_scrub.h"
#include "storage/engine/table_files.h"
#include "storage/model/mutation.h"
#include "storage/model/schema.h"
#include "storage/read/read_command.h"
#include "storage/sstable/statistics.h"

namespace rowan {

// Where one partition stands; plain values for status, CLI and tests.
struct PartitionStatus {
  TableId table;
  PartitionId partition;
  uint64_t memtable_bytes = 0;  // active and flushing
  uint64_t memtable_wide_rows = 0;
  uint32_t memtables_flushing = 0;
  uint32_t sstables = 0;
  uint64_t sstable_bytes = 0;
  uint64_t compaction_pending_bytes = 0;  // inputs of merges that are due
  LogPosition flushed_to;
  std::string lost;  // why reads answer kDataLoss; "": they don't
};

struct SSTableStatus {
  std::string path;
  uint64_t file_bytes = 0;
  uint32_t level = 0;
  SSTableStatistics statistics;
};

inline constexpr std::string_view kDamagedNote = "damaged: ";

struct EngineStatus {
  int64_t memtable_bytes = 0;
  int64_t memtable_limit_bytes = 0;
  uint64_t log_bytes = 0;
  uint64_t flushes = 0, flushes_failed = 0, flush_bytes = 0;
  // Memtables written to the log's tail again instead of being flushed.
  uint64_t log_rewrites = 0, log_rewrite_bytes = 0;
  uint64_t compactions = 0, compactions_failed = 0;
  uint64_t compaction_bytes_read = 0, compaction_bytes_written = 0;
  uint64_t compaction_pending_bytes = 0;
  // SSTables that merges leave out, because one of them found damage there.
  uint64_t compaction_damaged_sstables = 0;
  ScrubStatus scrub;
  uint64_t partitions_lost = 0;  // PartitionStatus::lost is not empty
  std::map<uint32_t, uint64_t> sstables_by_level;
  uint64_t writes_delayed = 0, writes_refused = 0;
  uint64_t writes = 0;
  ReadTotals reads;
  DurationCounts log_syncs;  // as MutationLog::SyncDurations
  TaskCounts flush_tasks, compaction_tasks;
  // Non-empty when the engine no longer takes writes: what happened, in words.
  std::string failure;
  // The last flush, merge or making of a log segment that failed since the
  // start, or what the scrub found last; empty if none. Files stay as they were
  // and writes go on; but for what the scrub found it is tried again.
  std::string background_failure;
  // Non-empty while writes are refused because the disk is nearly full.
  std::string disk_full;
  uint64_t disk_reserve_bytes = 0;
  // What start-up found and did, one line each; what was damaged begins with
  // kDamagedNote.
  std::vector<std::string> recovery;
};

// The storage engine of one node behind one narrow door: tables in, mutations
// in, pages out. It owns partitions, memtables, SSTables, manifest and
// background work; the commit log, the file system, clock, randomness and
// executors are given (architecture.md section 4).
//
// Thread-safe. No call waits for the disk except those that make, drop and link
// a table's files; everything else answers through a callback, exactly once, on
// an executor's thread or on the caller's before the call returns. Callbacks
// must not block. Errors: as named per call; kUnavailable after the log or the
// manifest has failed (reads go on).
class Engine {
 public:
  virtual ~Engine() = default;

  // REQUIRES: schema.Validate(). kAlreadyExists when the id is known.
  virtual absl::Status CreateTable(std::shared_ptr<const Schema> schema) = 0;
  // Takes `schema`, a later version of a table's, for all that begins from now
  // on; what is under way goes on, and nothing waits. To be made durable by the
  // caller: the next start is told it. REQUIRES: schema.Validate().
  // kNotFound; kInvalidArgument for another number of partitions;
  // kFailedPrecondition when its version is not above the present one's.
  virtual absl::Status AlterTable(std::shared_ptr<const Schema> schema) = 0;
  // Also unlinks its files once no reader holds them. kNotFound.
  virtual absl::Status DropTable(TableId table) = 0;
  // Hard-links the table's SSTables into `directory`, which exists on the same
  // file system, and makes the links durable. What memtables hold now is not
  // there: Flush it before. Each wide row is as it was at one moment of the
  // call. Files that are damaged are linked, too; of those that were missing at
  // the start the name is kept. After an error links may be left. kNotFound;
  // kDataLoss when a file is gone since.
  virtual absl::StatusOr<TableFiles> LinkFiles(
      TableId table, const std::string& directory) = 0;
  // Hard-links the SSTables of all tables into `directory`, which exists on the
  // same file system, under SSTableFileName. Flushes and merges wait for it to
  // commit. Links of files that are missing are not made; the links are not
  // made durable, and after an error some may be there. What is not in SSTables
  // is in the log from log_from on.
  virtual absl::StatusOr<EngineCheckpoint> Checkpoint(
      const std::string& directory) = 0;
  // As CreateTable, of the files that LinkFiles left; they stay, and are linked
  // again. `schema`: of that table, but for id, names, version and handle; user
  // types may have grown. Answers what is damaged or missing there, and what
  // may have been lost before, a line each: reads that need it answer
  // kDataLoss, as after a start that finds the same. After an error nothing is
  // left of the table.
  virtual absl::StatusOr<std::vector<std::string>> RestoreTable(
      std::shared_ptr<const Schema> schema, const std::string& directory,
      const TableFiles& files) = 0;
  // Nullptr when unknown. A few atomic loads; no lock.
  virtual std::shared_ptr<const Schema> FindTable(TableId table) const = 0;

  // Applies one mutation, or several atomically as one log record (they may be
  // of different wide rows and tables). Done: durable and visible. The
  // mutations must live until then.
  //   kResourceExhausted: over memory or queue bounds, or, with reason
  //     DISK_FULL, room is short on the disk; nothing was written;
  //   kInvalidArgument: over the record limit; kNotFound: unknown table;
  //   kUnavailable, reason READ_ONLY: log or manifest has failed before;
  //     nothing was written;
  //   kUnknown, reason OUTCOME_UNKNOWN: the log failed under way.
  virtual void Write(const Mutation& mutation, DoneCallback done) = 0;
  virtual void WriteAtomic(std::span<const Mutation> mutations,
                           DoneCallback done) = 0;

  // One page (read/read_command.h). `command` and `consumer` must live until
  // `done`. kDataLoss naming the damage; kNotFound; kInvalidArgument.
  virtual void Read(const ReadCommand& command, RowConsumer* consumer,
                    absl::AnyInvocable<void(absl::StatusOr<PageEnd>)> done) = 0;

  // Flushes what a table's (or one partition's) memtables hold now.
  virtual void Flush(TableId table, std::optional<PartitionId> partition,
                     DoneCallback done) = 0;
  // Flushes, then merges each partition's SSTables into one.
  virtual void Compact(TableId table, std::optional<PartitionId> partition,
                       DoneCallback done) = 0;

  // Reads all SSTables of a table, or of one partition, from the disk again and
  // puts in the place of each damaged one what can be read of it. Reads of the
  // ranges that are lost answer kDataLoss, whatever else holds them, until a
  // scrub accepts the loss. The damaged files stay in kQuarantineFolder. What
  // memtables hold is not looked at. kNotFound; kResourceExhausted.
  virtual void Scrub(
      TableId table, std::optional<PartitionId> partition,
      const ScrubOrder& order,
      absl::AnyInvocable<void(absl::StatusOr<TableScrub>)> done) = 0;

  virtual std::vector<PartitionStatus> Partitions(TableId table) const = 0;
  virtual std::vector<SSTableStatus> SSTables(TableId table) const = 0;
  virtual EngineStatus status() const = 0;
  // Approximate bytes on disk of a table's tokens in [first, last].
  virtual uint64_t EstimateBytes(TableId table, Token first,
                                 Token last) const = 0;

  // Takes no more work (new calls answer kUnavailable), lets what is under way
  // end, stops background work at its next step, flushes memtables only if
  // `drain`, closes the log and calls `done`. The engine may be destroyed once
  // `done` has run, and must not be before.
  virtual void Stop(bool drain, DoneCallback done) = 0;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_ENGINE_H_
