// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_STATE_COUNTERS_H_
#define ROWAN_STORAGE_ENGINE_STATE_COUNTERS_H_

#include <atomic>
#include <cstdint>

#include "storage/engine/state/read_counters.h"

namespace rowan {

// Background work of one kind, in partitions.
struct TaskCounts {
  uint64_t running = 0;
  uint64_t waiting = 0;  // due, with its turn, a pin or a retry to come
};

// What the engine counts about itself since it was opened. Relaxed adds; read
// together they need not be of one moment.
struct EngineCounters {
  using Count = std::atomic<uint64_t>;
  Count writes{0};
  Count writes_delayed{0}, writes_refused{0};
  Count flushes{0}, flushes_failed{0}, flush_bytes{0};
  Count log_rewrites{0}, log_rewrite_bytes{0};
  Count compactions{0}, compactions_failed{0};
  Count compaction_bytes_read{0}, compaction_bytes_written{0};
  ReadCounters reads;

  static void Add(Count& count, uint64_t by = 1) {
    count.fetch_add(by, std::memory_order_relaxed);
  }
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_STATE_COUNTERS_H_
