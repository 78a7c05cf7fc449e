// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_STATE_PARTITION_H_
#define ROWAN_STORAGE_ENGINE_STATE_PARTITION_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "partitioner/partition_id.h"
#include "storage/base/epoch.h"
#include "storage/base/memory_budget.h"
#include "storage/base/mutation_log.h"
#include "storage/base/mutex.h"
#include "storage/memtable/memtable.h"
#include "storage/sstable/loss/lost_ranges.h"
#include "storage/sstable/sstable.h"

namespace rowan {

// A memtable with what the engine must know to flush it: who is still about to
// insert, and which part of the log it stands for.
struct MemtableSlot {
  MemtableSlot(PartitionId partition, MemoryBudget* budget)
      : memtable(partition, budget) {}

  static constexpr uint64_t kNoPosition = UINT64_MAX;

  Memtable memtable;
  // Writers between append and insert.
  std::atomic<int64_t> pins{0};
  // At or below every log position of its records; kNoPosition while there are
  // none. Set before the first append that may end here.
  std::atomic<uint64_t> first_position{kNoPosition};
  // Above every log position of its records.
  std::atomic<uint64_t> end_position{0};
  // How often its contents were appended to the log again.
  std::atomic<int> rewrites{0};

  void LowerFirst(LogPosition position) {
    uint64_t seen = first_position.load();
    while (seen > position.value &&
           !first_position.compare_exchange_weak(seen, position.value)) {
    }
  }
  void RaiseEnd(LogPosition position) {
    uint64_t seen = end_position.load();
    while (seen < position.value &&
           !end_position.compare_exchange_weak(seen, position.value)) {
    }
  }
};

// What a reader of a partition sees: an immutable list of sources. Swapped by
// one store; taken under an epoch guard, or held by shared_from_this() when the
// reader must wait for the disk.
struct PartitionView : std::enable_shared_from_this<PartitionView> {
  std::shared_ptr<MemtableSlot> active;
  std::vector<std::shared_ptr<MemtableSlot>> flushing;  // newest first
  std::vector<std::shared_ptr<SSTable>> sstables;       // newest first
  // What these say is lost; null: nothing.
  std::shared_ptr<const LostRanges> lost;
};

// One partition of one table: memtables and SSTables of its own, flushed and
// compacted by itself.
//
// Thread-safe. Readers and pinning writers take no lock. Changes of the view
// (switch, flush, compaction) are serialised by a mutex that is never held over
// I/O.
//
// Invariants:
//  1. Every record of the partition at or after flushed_to is in a memtable of
//     the view; every one below it is in an SSTable (or purged).
//  2. `flushing` empties from its old end: flushes commit in order.
//  3. A slot's pins only grow while it is the active one (a writer that lost
//     the race lets go without inserting).
class Partition {
 public:
  Partition(TableId table, PartitionId id, MemoryBudget* budget,
            EpochDomain* epochs);
  ~Partition();
  Partition(const Partition&) = delete;
  Partition& operator=(const Partition&) = delete;

  TableId table() const { return table_; }
  PartitionId id() const { return id_; }

  // REQUIRES: the caller is inside an epoch guard.
  const PartitionView* view() const { return view_.load(); }
  std::shared_ptr<const PartitionView> HoldView() const;

  // Pins the active memtable for a record that is about to be appended. Sets
  // *last_gone when it let go of a memtable sealed meanwhile, as Unpin does.
  MemtableSlot* Pin(const MutationLog& log, bool* last_gone);
  // Whether `slot`, pinned by the caller, still takes new writes.
  bool IsActive(const MemtableSlot* slot) const;
  // The record is inserted (or given up); `slot` is not touched afterwards.
  // True when no pin is left: a flush that waits for it may start.
  [[nodiscard]] static bool Unpin(MemtableSlot* slot) {
    return slot->pins.fetch_sub(1) == 1;
  }

  // Makes a new memtable the active one and seals the old one, unless it is
  // empty and unpinned. Returns how many memtables have been sealed so far: the
  // ticket that flushed_count() reaches when what was there now is on disk.
  // `tail` reads the log's tail; it is called before the new one is public.
  uint64_t Seal(absl::FunctionRef<LogPosition()> tail);
  uint64_t flushed_count() const;

  // The oldest sealed memtable and the position that its flush makes
  // flushed_to; nullopt when there is none.
  struct Sealed {
    std::shared_ptr<MemtableSlot> slot;
    LogPosition flushed_to;
  };
  std::optional<Sealed> OldestSealed() const;

  // The manifest has recorded the flush of the oldest sealed memtable. `file`
  // is null when nothing was left to write.
  void FlushCommitted(std::shared_ptr<SSTable> file, LogPosition flushed_to);
  // The manifest has recorded that `added` stands for `removed`.
  void CompactionCommitted(std::span<const FileId> removed,
                           std::span<const std::shared_ptr<SSTable>> added);

  // Before anyone reads: what the manifest says, or is about to.
  void Restore(std::vector<std::shared_ptr<SSTable>> sstables,
               LogPosition flushed_to);

  // Before anyone reads: the log lost records that may have been
  // of this partition, and how, of which kLostBytesMax are kept; "": it lost
  // none.
  void SetLost(std::string_view how);
  // kDataLoss for everyone who reads, when SetLost said so.
  const absl::Status& lost() const { return lost_; }
  const std::string& lost_how() const { return lost_how_; }

  LogPosition flushed_to() const { return {flushed_to_.load()}; }
  // The smallest log position that is needed to rebuild its memtables;
  // kNoPosition when none is. FlushManager::ReleaseLog has the race-free use.
  uint64_t FirstNeededPosition() const;

 private:
  struct SealedSlot {
    std::shared_ptr<MemtableSlot> slot;
    LogPosition flushed_to;
  };

  // Publishes `next` and retires the old view.
  void Publish(std::shared_ptr<PartitionView> next) ROWAN_REQUIRES(mutex_);

  const TableId table_;
  const PartitionId id_;
  MemoryBudget* const budget_;
  EpochDomain* const epochs_;
  absl::Status lost_;
  std::string lost_how_;

  mutable Mutex mutex_;
  std::shared_ptr<PartitionView> current_ ROWAN_GUARDED_BY(mutex_);
  std::vector<SealedSlot> sealed_ ROWAN_GUARDED_BY(mutex_);  // oldest first
  uint64_t sealed_count_ ROWAN_GUARDED_BY(mutex_) = 0;
  uint64_t flushed_count_ ROWAN_GUARDED_BY(mutex_) = 0;
  // Written under the mutex.
  std::atomic<uint64_t> flushed_to_{0};
  std::atomic<PartitionView*> view_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_STATE_PARTITION_H_
