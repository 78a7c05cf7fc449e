// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_ENGINE_OPTIONS_H_
#define ROWAN_STORAGE_ENGINE_ENGINE_OPTIONS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "storage/base/clock.h"
#include "storage/base/executor.h"
#include "storage/base/file_system.h"
#include "storage/base/mutation_log.h"
#include "storage/base/random.h"
#include "storage/engine/engine.h"

namespace rowan {

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
};

struct EngineOptions {
  std::string directory;  // holds MANIFEST-<n> and <table>/*.sst
  // All memtables of the node. Flushes start at half of it, the largest first;
  // writers are slowed from 60 % on and stop when it is full.
  int64_t memtable_limit_bytes = 512 << 20;
  // One partition's active memtable is switched at this size.
  int64_t partition_memtable_bytes_max = 64 << 20;
  // Above it, partitions that pin old segments are flushed or rewritten.
  uint64_t log_bytes_max = uint64_t{4} << 30;
  // Writes waiting for admission, in encoded bytes; more are refused.
  uint64_t write_queue_bytes_max = 64 << 20;
  int flushes_max = 2;      // at once
  int compactions_max = 1;  // at once
};

// Opens the directory (making it if need be): reads the manifest, opens the
// SSTables, replays the log, removes orphans. `tables` is the catalogue's
// truth: a table it has and the manifest hasn't is created, one it hasn't is
// dropped. kDataLoss when manifest or log are damaged; a damaged SSTable is
// reported in status().recovery and fails only reads that need it. Blocks.
absl::StatusOr<std::unique_ptr<Engine>> OpenEngine(
    const EngineOptions& options, const EngineWorld& world, LogOpener open_log,
    std::vector<std::shared_ptr<const Schema>> tables);

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_ENGINE_OPTIONS_H_
