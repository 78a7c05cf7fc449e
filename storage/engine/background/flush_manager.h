// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_BACKGROUND_FLUSH_MANAGER_H_
#define ROWAN_STORAGE_ENGINE_BACKGROUND_FLUSH_MANAGER_H_

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "storage/base/mutex.h"
#include "storage/engine/background/compaction_manager.h"
#include "storage/engine/background/log_rewriter.h"
#include "storage/engine/background/partition_flush.h"
#include "storage/engine/state/engine_core.h"

namespace rowan {

// Brings memtables to disk: each partition by itself, its sealed memtables
// oldest first, up to options.flushes_max partitions at once, in steps on the
// background executor. Who asks: a partition over its limit, the node's budget
// (largest first, from half of it), the log's size (who pins the oldest
// segments, unless log_rewriter.h can move it), the operator.
//
// Thread-safe. The lock is held for bookkeeping only, never over I/O.
// Partitions take turns: one with many sealed memtables flushes one, then the
// others come. A failed flush keeps the memtable readable and is tried again
// after kRetryFirst, doubling to kRetryMax; the first failure is the engine's.
class FlushManager {
 public:
  FlushManager(EngineCore* core, CompactionManager* compactions);

  // Seals the partition's active memtable and brings everything sealed to disk.
  // `done` (may be null) runs when what was there at the call is on disk, or
  // with the error of the attempt.
  void Request(const std::shared_ptr<Table>& table, Partition* partition,
               DoneCallback done);
  // Looks at the budget and the log and requests what is needed. A few loads
  // and a short lock when nothing is.
  void MaybeFlush();
  // A memtable that a flush waits for may have lost its last pin.
  void PinsGone();
  // Through whom memtables are written to the log again; once, before all else.
  void SetAppender(RecordAppender* appender) {
    rewriter_.SetAppender(appender);
  }

  TaskCounts tasks() const;

 private:
  struct Waiter {
    uint64_t ticket;  // flushed_count to reach
    DoneCallback done;
  };
  // A partition with sealed memtables.
  struct Entry {
    std::shared_ptr<Table> table;
    Partition* partition;
    bool running = false;
    // Wait after the next failure's predecessor: 0 after success, negative
    // while the retry timer runs.
    int64_t retry_ms = 0;
    std::vector<Waiter> waiters;
  };

  Entry* Find(const Partition* partition) ROWAN_REQUIRES(mutex_);
  // Starts as many flushes as may run.
  void StartSome();
  void Step(std::shared_ptr<PartitionFlush> flush);
  void Finished(std::shared_ptr<PartitionFlush> flush, absl::Status status);
  // Who waits for a flush that has not begun.
  std::vector<Waiter> TakeIdleWaiters() ROWAN_REQUIRES(mutex_);
  std::vector<Waiter> TakeAnswered(Entry* entry, const absl::Status& status)
      ROWAN_REQUIRES(mutex_);
  void RetryLater(int64_t delay_ms, const Partition* partition);
  void FlushLargest();
  void FlushOldest();
  void Rewritten(const std::shared_ptr<Table>& table, Partition* partition,
                 const absl::Status& status);
  void ReleaseLog();

  EngineCore* const core_;
  CompactionManager* const compactions_;
  LogRewriter rewriter_;
  std::atomic<int> running_{0};
  std::atomic<int> waiting_for_pins_{0};
  // Memory in use when the last look at it found nothing to flush; 0: none.
  std::atomic<int64_t> looked_at_bytes_{0};
  // The log is over its size, and who pins its head is on its way.
  std::atomic<bool> log_flush_requested_{false};

  mutable Mutex mutex_;
  std::deque<std::unique_ptr<Entry>> entries_ ROWAN_GUARDED_BY(mutex_);
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_BACKGROUND_FLUSH_MANAGER_H_
