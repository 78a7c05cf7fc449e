// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_BACKGROUND_COMPACTION_PACE_H_
#define ROWAN_STORAGE_ENGINE_BACKGROUND_COMPACTION_PACE_H_

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace rowan {

// How much of its threads merging takes: what the foreground leaves, more as
// debt grows.
//
//   share = 1                                                foreground idle
//   share = kShareMin + (1 - kShareMin) * min(1, debt/full)  otherwise
//   pause after a step = its time * (1/share - 1), at most kPauseMaxNanos
//
// Where debt settles: when all of a thread merges C bytes/s and writers make
// R < C bytes/s of merging necessary (their bytes times the rewrites per byte),
// share settles at R/C, so debt at full * (R/C - kShareMin)/(1 - kShareMin):
// below `full`, apart from the one group that has just become due. When R > C
// nothing is held back; debt then grows, and reads pay. Merging never slows a
// writer: admission knows memory alone.
//
// Thread-safe; a few relaxed loads.
class CompactionPace {
 public:
  // A step of about 1 ms then comes every 8 ms: one of two cores loses an
  // eighth, and 400 MB/s of merging still become 50 MB/s.
  static constexpr double kShareMin = 1.0 / 8;
  // As long without a read or write: idle. The log calls itself idle after the
  // same time.
  static constexpr int64_t kIdleNanos = 100'000'000;
  // A step that waited long for the disk has not held a core for that long; and
  // a stopping engine, or one that becomes idle, waits no longer than this.
  static constexpr int64_t kPauseMaxNanos = 100'000'000;

  // `full_bytes` > 0: the debt that takes everything. The engine gives the size
  // of all memtables: at that debt merging has fallen behind by as much as
  // flushes can bring in one turn.
  explicit CompactionPace(int64_t full_bytes) : full_bytes_(full_bytes) {}

  double Share(uint64_t debt_bytes, bool foreground_idle) const {
    if (foreground_idle) return 1;
    const double of_full =
        static_cast<double>(debt_bytes) / static_cast<double>(full_bytes_);
    return kShareMin + (1 - kShareMin) * std::min(1.0, of_full);
  }
  static int64_t PauseNanos(int64_t step_ns, double share) {
    const double pause = static_cast<double>(step_ns) * (1 / share - 1);
    return static_cast<int64_t>(
        std::min(pause, static_cast<double>(kPauseMaxNanos)));
  }

  // Whether the count of reads and writes has stood still for kIdleNanos. What
  // changed since the last call counts as of now.
  bool ForegroundIdle(uint64_t operations, int64_t now_ns) {
    if (operations_.exchange(operations, std::memory_order_relaxed) !=
        operations) {
      changed_ns_.store(now_ns, std::memory_order_relaxed);
      return false;
    }
    return now_ns - changed_ns_.load(std::memory_order_relaxed) >= kIdleNanos;
  }

 private:
  const int64_t full_bytes_;
  std::atomic<uint64_t> operations_{0};
  std::atomic<int64_t> changed_ns_{-kIdleNanos};
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_BACKGROUND_COMPACTION_PACE_H_
