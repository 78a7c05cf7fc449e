// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MEMTABLE_ENTRY_LOCK_H_
#define ROWAN_STORAGE_MEMTABLE_ENTRY_LOCK_H_

#include <atomic>
#include <cstdint>

namespace rowan {

// A lock of one byte that nobody waits for: it is tried a few dozen times,
// about as long as a small insert takes, and then the caller does something
// else. Thread-safe; not recursive.
class EntryLock {
 public:
  [[nodiscard]] bool TryLock() {
    for (int attempt = 0; attempt < kAttemptsMax; ++attempt) {
      if (held_.load(std::memory_order_relaxed) == 0 &&
          held_.exchange(1, std::memory_order_acquire) == 0) {
        return true;
      }
      __builtin_ia32_pause();
    }
    return false;
  }
  void Unlock() { held_.store(0, std::memory_order_release); }

 private:
  // A pause takes 40-140 cycles: 48 of them are 1-3 us, one insert or two.
  static constexpr int kAttemptsMax = 48;

  std::atomic<uint8_t> held_{0};
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_MEMTABLE_ENTRY_LOCK_H_
