// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_STATE_ENGINE_CORE_H_
#define ROWAN_STORAGE_ENGINE_STATE_ENGINE_CORE_H_

#include <atomic>
#include <memory>
#include <string>

#include "storage/base/epoch.h"
#include "storage/base/logging.h"
#include "storage/base/memory_budget.h"
#include "storage/base/mutation_log.h"
#include "storage/base/mutex.h"
#include "storage/engine/state/activity.h"
#include "storage/engine/state/counters.h"
#include "storage/engine/state/disk_space.h"
#include "storage/engine/state/engine_world.h"
#include "storage/engine/state/manifest_store.h"
#include "storage/engine/state/reclaimer.h"
#include "storage/engine/state/tables.h"

namespace rowan {

// What the walks and the background managers of one engine share. Owned by the
// engine, made before them and destroyed after them; holds parts, no logic.
struct EngineCore {
  EngineCore(const EngineOptions& engine_options,
             const EngineWorld& engine_world)
      : options(engine_options),
        world(engine_world),
        budget(engine_options.memtable_limit_bytes),
        disk(world.file_system, {options.directory, options.log_directory},
             options.disk_reserve_bytes),
        reclaimer(&epochs, world.foreground, &activity),
        tables(&epochs) {}

  // The log or the manifest takes no more: no write is taken from now on. The
  // first failure stays: it is what the operator must see.
  void ReportFailure(const absl::Status& status) {
    {
      MutexLock lock(failure_mutex_);
      if (!failure_.empty()) return;
      failure_ = std::string(status.message());
    }
    failed_.store(true);
    if (activity.stopping()) return;  // who stops it hears of it
    Log(LogLevel::kError, "the node takes no more writes until it is restarted",
        {{"error", status}});
    if (world.on_failure) world.on_failure();
  }
  bool failed() const { return failed_.load(std::memory_order_relaxed); }
  std::string failure() const {
    MutexLock lock(failure_mutex_);
    return failure_;
  }
  // A flush, a merge or a spare segment failed; it is tried again, and writes
  // go on. Logged when it is of another kind than the last, or once a minute.
  void ReportBackgroundFailure(const absl::Status& status) {
    constexpr int64_t kLogEveryNs = 60'000'000'000;
    const int64_t now_ns = world.clock->MonotonicNanos();
    {
      MutexLock lock(failure_mutex_);
      background_failure_ = std::string(status.message());
      if (status.code() == logged_code_ && now_ns < log_again_ns_) return;
      logged_code_ = status.code();
      log_again_ns_ = now_ns + kLogEveryNs;
    }
    Log(LogLevel::kError, "background work failed, and is tried again",
        {{"error", status}});
  }
  std::string background_failure() const {
    MutexLock lock(failure_mutex_);
    return background_failure_;
  }

  const EngineOptions options;
  const EngineWorld world;
  MemoryBudget budget;  // outlives the memtables that the epochs still hold
  EpochDomain epochs;
  EngineCounters counters;
  Activity activity;  // everything under way, foreground and background
  DiskSpace disk;
  Reclaimer reclaimer;
  Tables tables;
  std::unique_ptr<ManifestStore> manifest;  // set by recovery
  std::unique_ptr<MutationLog> log;         // set by recovery

 private:
  mutable Mutex failure_mutex_;
  std::string failure_ ROWAN_GUARDED_BY(failure_mutex_);
  std::string background_failure_ ROWAN_GUARDED_BY(failure_mutex_);
  absl::StatusCode logged_code_ ROWAN_GUARDED_BY(failure_mutex_) =
      absl::StatusCode::kOk;
  int64_t log_again_ns_ ROWAN_GUARDED_BY(failure_mutex_) = 0;
  std::atomic<bool> failed_{false};
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_STATE_ENGINE_CORE_H_
