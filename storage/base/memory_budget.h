// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_BASE_MEMORY_BUDGET_H_
#define ROWAN_STORAGE_BASE_MEMORY_BUDGET_H_

#include <atomic>
#include <cstdint>

namespace rowan {

// The exact count of bytes that all memtables of a node hold, against one
// limit. Arenas charge what they take from the allocator and release it when
// they are freed; nobody waits here (admission does, before any lock).
// Thread-safe; one relaxed add per charge.
class MemoryBudget {
 public:
  explicit MemoryBudget(int64_t limit_bytes) : limit_bytes_(limit_bytes) {}

  void Charge(int64_t bytes) {
    used_bytes_.fetch_add(bytes, std::memory_order_relaxed);
  }
  void Release(int64_t bytes) {
    used_bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  }

  int64_t used_bytes() const {
    return used_bytes_.load(std::memory_order_relaxed);
  }
  int64_t limit_bytes() const { return limit_bytes_; }

 private:
  const int64_t limit_bytes_;
  std::atomic<int64_t> used_bytes_{0};
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_BASE_MEMORY_BUDGET_H_
