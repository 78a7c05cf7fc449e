// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MEMTABLE_ARENA_H_
#define ROWAN_STORAGE_MEMTABLE_ARENA_H_

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "storage/base/memory_budget.h"
#include "storage/base/mutex.h"

namespace rowan {

// The memory of one memtable: bytes are handed out one after the other and
// freed all at once, with the arena. Chunks start at 1 KiB and double to
// 256 KiB, so that an empty memtable costs nothing here and a full one wastes
// little; every chunk is charged to the budget as a whole.
//
// Thread-safe. One fetch_add per allocation; a short lock when a chunk is full.
class Arena {
 public:
  explicit Arena(MemoryBudget* budget) : budget_(budget) {}
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // 8-byte aligned, not initialised. REQUIRES: bytes > 0.
  char* Allocate(size_t bytes);
  // As Allocate, all zero. A large array costs a page only when it is touched.
  char* AllocateZeroed(size_t bytes);

  // What the chunks took from the allocator, their headers included.
  int64_t memory_bytes() const {
    return memory_bytes_.load(std::memory_order_relaxed);
  }

  static constexpr size_t kChunkSizeMin = 1024;
  static constexpr size_t kChunkSizeMax = 256 * 1024;
  // Larger allocations get a chunk of their own, so that at most a quarter of
  // any chunk is left unused.
  static constexpr size_t kSharedSizeMax = kChunkSizeMax / 8;

 private:
  struct Chunk {
    Chunk* older;
    size_t size;               // header included
    std::atomic<size_t> used;  // header included; may run past `size`
    char* Take(size_t bytes);
  };

  // Replaces the current chunk by a new one with room for `bytes`, unless it is
  // no longer `full`.
  void Renew(const Chunk* full, size_t bytes) ROWAN_EXCLUDES(mutex_);
  char* AllocateAlone(size_t bytes, bool zeroed) ROWAN_EXCLUDES(mutex_);
  Chunk* NewChunk(size_t size, bool zeroed) ROWAN_REQUIRES(mutex_);

  MemoryBudget* const budget_;
  std::atomic<Chunk*> current_{nullptr};
  std::atomic<int64_t> memory_bytes_{0};
  Mutex mutex_;
  Chunk* chunks_ ROWAN_GUARDED_BY(mutex_) = nullptr;  // all, newest first
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_MEMTABLE_ARENA_H_
