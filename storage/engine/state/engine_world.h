// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_STATE_ENGINE_WORLD_H_
#define ROWAN_STORAGE_ENGINE_STATE_ENGINE_WORLD_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "storage/base/clock.h"
#include "storage/base/executor.h"
#include "storage/base/file_system.h"

namespace rowan {

// How the engine answers: exactly once, on an executor's thread or on the
// caller's; it must not block.
using DoneCallback = absl::AnyInvocable<void(absl::Status)>;

// The world an engine lives in; all of it outlives the engine.
struct EngineWorld {
  FileSystem* file_system = nullptr;
  Clock* clock = nullptr;
  // Short work: inserts to post again, retries, delayed writes.
  Executor* foreground = nullptr;
  // Flushes and compactions, in steps of a few milliseconds.
  Executor* background = nullptr;
  // Reads that must wait for the disk; may block.
  Executor* blocking = nullptr;
  // Called at most once, when the engine takes no more writes until it is
  // opened again (EngineStatus::failure says why): on any thread, maybe under a
  // lock; must not block nor call the engine. May be empty.
  std::function<void()> on_failure;
};

struct EngineOptions {
  std::string directory;  // holds MANIFEST-<n>[.copy] and <table>/*.sst
  // All memtables of the node. Flushes start at half of it, the largest first;
  // writers are slowed from 60 % on and stop when it is full.
  int64_t memtable_limit_bytes = 512 << 20;
  // One partition's active memtable is switched at this size.
  int64_t partition_memtable_bytes_max = 64 << 20;
  // Above it, memtables that pin the oldest segments are written to the log's
  // tail again or flushed, one at a time.
  uint64_t log_bytes_max = uint64_t{4} << 30;
  // Writes waiting for admission, in encoded bytes; more are refused.
  uint64_t write_queue_bytes_max = 64 << 20;
  // Free space below which writes are refused (README.md, "Full disk"); 0: they
  // never are. The default: all memtables flushed, four log segments of 64 MiB,
  // and 256 MiB for merges and small files.
  uint64_t disk_reserve_bytes = uint64_t{1} << 30;
  // Where the log's files lie; "": on the file system of `directory`.
  std::string log_directory;
  // Partitions that lost records of the log to damage, before or at this start,
  // are read again without them.
  bool accept_data_loss = false;
  // Seconds from one reading of all SSTables to the next; 0: they are never
  // read on the side (Scrubber).
  int64_t scrub_period_s = 0;
  int64_t scrub_bytes_per_s = 8 << 20;  // what it reads at most, > 0
  int flushes_max = 2;                  // at once
  int compactions_max = 1;              // at once
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_STATE_ENGINE_WORLD_H_
