// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_BACKGROUND_COMPACTION_MANAGER_H_
#define ROWAN_STORAGE_ENGINE_BACKGROUND_COMPACTION_MANAGER_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "storage/base/mutex.h"
#include "storage/engine/background/compaction_pace.h"
#include "storage/engine/background/damaged_files.h"
#include "storage/engine/state/engine_core.h"
#include "storage/engine/state/table_scrub.h"

namespace rowan {

// Merges SSTables in the background: after every flush and every merge it asks
// the strategy whether the partition has a merge due. Up to
// options.compactions_max steps run at once on the background executor, paced
// by compaction_pace.h. Writers and readers never wait for it.
//
// Merges take turns, step by step, so that a long one holds up no small one:
// options.compactions_max of each size class are open at once (of kSizeClasses,
// each kClassFactor wider), the most overlapped first. So a merge has at least
// 1/kSizeClasses of the steps, and waits for none of more than kClassFactor
// times its size. An open one holds a block of each input and one of output.
//
// Thread-safe. The lock is held for bookkeeping only. A failed merge leaves its
// inputs as they were and is reported. After kDataLoss the damaged inputs are
// left out of the plans that follow and only an operator's CompactAll tries
// them again; after any other error the partition waits kRetryFirst, doubling
// to kRetryMax.
class CompactionManager {
 public:
  explicit CompactionManager(EngineCore* core);

  // Queues the partition if its strategy has something due.
  void Consider(const std::shared_ptr<Table>& table, Partition* partition);
  // Merges all SSTables that the partition has when its turn comes into one.
  // `done` runs when that is committed or has failed.
  void CompactAll(const std::shared_ptr<Table>& table, Partition* partition,
                  DoneCallback done);

  // Looks for damage in all SSTables that the partition has when its turn comes
  // (PartitionScrub); no merge of it runs meanwhile. `report`, which is filled
  // until then, outlives `done`.
  void Scrub(const std::shared_ptr<Table>& table, Partition* partition,
             const ScrubOrder& order, TableScrub* report, DoneCallback done);

  static constexpr size_t kSizeClasses = 4;
  static constexpr uint64_t kSmallBytes = 16 << 20;  // the first class
  static constexpr uint64_t kClassFactor = 16;

  // The debt: bytes of the inputs of merges that are due or running.
  uint64_t pending_bytes() const { return pending_bytes_.load(); }
  // The same for one partition.
  uint64_t PendingBytes(const Partition& partition, const Schema& schema) const;
  // Merges leave it out from now on: it is damaged.
  void LeaveOut(FileId file) { damaged_.Add(file); }
  // SSTables that merges leave out because of damage that one of them, or the
  // scrub, found.
  uint64_t damaged_files() const { return damaged_.count(); }
  TaskCounts tasks() const;

 private:
  struct ScrubWanted {
    ScrubOrder order;
    TableScrub* report;
    DoneCallback done;
  };
  struct Entry {
    std::shared_ptr<Table> table;
    Partition* partition;
    bool running = false;
    uint64_t overlap = 0;        // files of the merge that is due; 0: none is
    uint64_t merge_bytes = 0;    // of its inputs
    uint64_t pending_bytes = 0;  // the partition's debt
    bool merging_all = false;    // what runs is a CompactAll
    int64_t retry_ms = 0;        // the wait after the last failure; 0: none
    int64_t not_before_ns = 0;   // on the monotonic clock
    std::vector<DoneCallback> all;  // who asked for CompactAll
    std::deque<ScrubWanted> scrubs;

    bool AskedFor() const { return !all.empty() || !scrubs.empty(); }
  };
  struct Run;

  Entry* FindOrAdd(const std::shared_ptr<Table>& table, Partition* partition)
      ROWAN_REQUIRES(mutex_);
  // Asks the strategy again.
  void Refresh(Entry* entry) ROWAN_REQUIRES(mutex_);
  void EraseIfDone(Entry* entry) ROWAN_REQUIRES(mutex_);
  // What comes of an entry whose merge has ended.
  void Settle(Entry* entry, const absl::Status& status, bool new_damage)
      ROWAN_REQUIRES(mutex_);
  // The open job of an entry whose turn it is.
  std::shared_ptr<Run> OpenRun(Entry* entry) ROWAN_REQUIRES(mutex_);
  // Sees to it that entries that wait for their time are looked at again.
  void RetryLater() ROWAN_REQUIRES(mutex_);
  void StartSome();
  std::vector<DoneCallback> TakeWaiters() ROWAN_REQUIRES(mutex_);
  static size_t SizeClass(uint64_t bytes);
  // Of the entries that may be merged now; nullptr: none.
  Entry* MostUrgent() ROWAN_REQUIRES(mutex_);
  // A worker's task: one step of the merge whose turn it is, then itself again
  // after a pause; ends when no merge waits. It holds the activity all along.
  void Turn();
  std::shared_ptr<Run> TakeTurn();
  int64_t PauseNanos(int64_t began_ns, int64_t ended_ns);
  void Finished(std::shared_ptr<Run> run, absl::Status status);

  EngineCore* const core_;
  CompactionPace pace_;
  DamagedFiles damaged_;
  std::atomic<uint64_t> pending_bytes_{0};
  mutable Mutex mutex_;
  int workers_ ROWAN_GUARDED_BY(mutex_) = 0;
  std::array<int, kSizeClasses> open_ ROWAN_GUARDED_BY(mutex_) = {};
  // Open merges without a worker. While there is one, a worker lives.
  std::deque<std::shared_ptr<Run>> turns_ ROWAN_GUARDED_BY(mutex_);
  bool retry_timer_ ROWAN_GUARDED_BY(mutex_) = false;
  std::deque<std::unique_ptr<Entry>> entries_ ROWAN_GUARDED_BY(mutex_);
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_BACKGROUND_COMPACTION_MANAGER_H_
