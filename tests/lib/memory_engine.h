// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_LIB_MEMORY_ENGINE_H_
#define ROWAN_TESTS_LIB_MEMORY_ENGINE_H_

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "storage/base/mutex.h"
#include "storage/engine/engine.h"

namespace rowan {

// A stand-in for the storage engine: every mutation ever written is merged into
// ordered maps, every read walks them from the start. Slow and simple on
// purpose, so that it can serve as the truth that services and the real engine
// are compared with. Answers on the caller's thread. Thread-safe: one lock.
class MemoryEngine : public Engine {
 public:
  absl::Status CreateTable(std::shared_ptr<const Schema> schema) override;
  absl::Status AlterTable(std::shared_ptr<const Schema> schema) override;
  absl::Status DropTable(TableId table) override;
  // It has no files: a restored table is empty.
  absl::StatusOr<TableFiles> LinkFiles(TableId table,
                                       const std::string& directory) override;
  absl::StatusOr<EngineCheckpoint> Checkpoint(
      const std::string& directory) override;
  absl::StatusOr<std::vector<std::string>> RestoreTable(
      std::shared_ptr<const Schema> schema, const std::string& directory,
      const TableFiles& files) override;
  std::shared_ptr<const Schema> FindTable(TableId table) const override;
  void Write(const Mutation& mutation, DoneCallback done) override;
  void WriteAtomic(std::span<const Mutation> mutations,
                   DoneCallback done) override;
  void Read(const ReadCommand& command, RowConsumer* consumer,
            absl::AnyInvocable<void(absl::StatusOr<PageEnd>)> done) override;
  void Flush(TableId table, std::optional<PartitionId> partition,
             DoneCallback done) override;
  void Compact(TableId table, std::optional<PartitionId> partition,
               DoneCallback done) override;
  // It has no files to scrub.
  void Scrub(
      TableId table, std::optional<PartitionId> partition,
      const ScrubOrder& order,
      absl::AnyInvocable<void(absl::StatusOr<TableScrub>)> done) override;
  std::vector<PartitionStatus> Partitions(TableId table) const override;
  std::vector<SSTableStatus> SSTables(TableId table) const override;
  EngineStatus status() const override;
  uint64_t EstimateBytes(TableId table, Token first, Token last) const override;
  void Stop(bool drain, DoneCallback done) override;

  // From now on every write (or read) answers `status`; OK ends it.
  void FailWrites(absl::Status status);
  void FailReads(absl::Status status);
  // Runs `action` before the next read looks at anything: what others do
  // meanwhile. On the thread that reads.
  void BeforeNextRead(std::function<void()> action);
  // Pages end with this reason after one row, as if time or tombstones had run
  // out; kExhausted ends it.
  void EndPagesEarly(EndReason reason);

  struct Table;

 private:
  absl::Status Check(const Mutation& mutation) const ROWAN_REQUIRES(mutex_);
  void Apply(const Mutation& mutation) ROWAN_REQUIRES(mutex_);
  std::string_view Keep(std::string_view bytes) ROWAN_REQUIRES(mutex_);
  Row KeepRow(const Row& row) ROWAN_REQUIRES(mutex_);

  mutable Mutex mutex_;
  std::map<uint32_t, std::shared_ptr<Table>> tables_ ROWAN_GUARDED_BY(mutex_);
  std::deque<std::string> kept_ ROWAN_GUARDED_BY(mutex_);
  absl::Status fail_writes_ ROWAN_GUARDED_BY(mutex_);
  absl::Status fail_reads_ ROWAN_GUARDED_BY(mutex_);
  std::function<void()> before_read_ ROWAN_GUARDED_BY(mutex_);
  EndReason early_ ROWAN_GUARDED_BY(mutex_) = EndReason::kExhausted;
  uint64_t reads_ ROWAN_GUARDED_BY(mutex_) = 0;
  uint64_t writes_ ROWAN_GUARDED_BY(mutex_) = 0;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_LIB_MEMORY_ENGINE_H_
