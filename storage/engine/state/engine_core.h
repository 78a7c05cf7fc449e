// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_STATE_ENGINE_CORE_H_
#define ROWAN_STORAGE_ENGINE_STATE_ENGINE_CORE_H_

#include <memory>
#include <string>

#include "storage/base/epoch.h"
#include "storage/base/memory_budget.h"
#include "storage/base/mutation_log.h"
#include "storage/base/mutex.h"
#include "storage/engine/state/activity.h"
#include "storage/engine/state/counters.h"
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
        reclaimer(&epochs, world.foreground, &activity),
        tables(&epochs) {}

  // The log takes no more. The first failure stays: it is what the operator
  // must see.
  void ReportFailure(const absl::Status& status) {
    MutexLock lock(failure_mutex_);
    if (failure_.empty()) failure_ = std::string(status.message());
  }
  std::string failure() const {
    MutexLock lock(failure_mutex_);
    return failure_;
  }
  // A flush or a merge failed; writes go on.
  void ReportBackgroundFailure(const absl::Status& status) {
    MutexLock lock(failure_mutex_);
    background_failure_ = std::string(status.message());
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
  Reclaimer reclaimer;
  Tables tables;
  std::unique_ptr<ManifestStore> manifest;  // set by recovery
  std::unique_ptr<MutationLog> log;         // set by recovery

 private:
  mutable Mutex failure_mutex_;
  std::string failure_ ROWAN_GUARDED_BY(failure_mutex_);
  std::string background_failure_ ROWAN_GUARDED_BY(failure_mutex_);
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_STATE_ENGINE_CORE_H_
