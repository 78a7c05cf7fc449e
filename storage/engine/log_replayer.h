// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_LOG_REPLAYER_H_
#define ROWAN_STORAGE_ENGINE_LOG_REPLAYER_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/mutation_log.h"
#include "storage/engine/state/engine_core.h"
#include "storage/engine/work_group.h"
#include "storage/model/mutation.h"

namespace rowan {

// Brings the log's records back into memtables at the start, and remembers in
// the manifest which partitions a hole in the log may have hit.
//
// One use, one thread. It gathers records into batches and inserts these on the
// foreground executor's threads, in any order (mutations commute), helping
// along. Memtables over their limits are flushed between batches, when all
// records before that position are inserted; so memory is bounded as at run
// time, plus 16 batches of about 256 KiB and one for each thread; of batches
// with huge records (1 to 16 MiB) there is one at a time.
class LogReplayer : public LogReplay {
 public:
  // Holes that end at or below `accepted` are told and otherwise ignored.
  LogReplayer(EngineCore* core, LogPosition accepted);
  ~LogReplayer() override;

  // What the log is asked for: from the smallest position that any partition
  // still needs, to beyond the largest that one has recorded.
  LogNeed Need() const;

  absl::Status OnRecord(LogPosition position, std::string_view record) override;
  // Partitions in the hole's scope whose flushed position lies below its end
  // are marked, durably, before a flush could move that position.
  absl::Status OnHole(const LogHole& hole) override;
  // Returns when every record is in its memtable.
  absl::Status Finish();
  // Brings all of it to SSTables. Finish came before. `tail`: of the log, which
  // has taken no record since.
  absl::Status FlushAll(LogPosition tail);

  uint64_t replayed() const { return replayed_; }  // mutations
  uint64_t skipped() const { return skipped_; }    // in SSTables already
  // One line for each hole.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  struct Batch;

  absl::Status SubmitBatch();
  // --- On any thread.
  absl::Status InsertBatch(const Batch& batch);
  absl::Status InsertRecord(LogPosition position, std::string_view record);
  absl::Status InsertMutation(LogPosition position, Table* table,
                              MutationReader* reader);
  // --- Between batches. `position`: all records before it are inserted.
  absl::Status FlushWhatIsFull(LogPosition position);
  absl::Status FlushLargest(LogPosition position, bool* flushed);
  absl::Status FlushNow(const std::shared_ptr<Table>& table,
                        Partition* partition, LogPosition position);
  // How many partitions were marked, those marked before included.
  absl::StatusOr<uint64_t> MarkLost(const LogHole& hole);

  EngineCore* const core_;
  const LogPosition accepted_;
  const size_t batch_bytes_;
  std::unique_ptr<Batch> filling_;
  std::atomic<uint64_t> replayed_{0}, skipped_{0};
  std::atomic<bool> partition_full_{false};
  std::vector<std::string> notes_;
  WorkGroup work_;  // last: its pieces use the rest
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_LOG_REPLAYER_H_
