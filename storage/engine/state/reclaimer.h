// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_STATE_RECLAIMER_H_
#define ROWAN_STORAGE_ENGINE_STATE_RECLAIMER_H_

#include <atomic>
#include <chrono>

#include "storage/base/epoch.h"
#include "storage/base/executor.h"
#include "storage/engine/state/activity.h"

namespace rowan {

// Sees to it that what was retired is freed even when nothing is retired
// afterwards: memtables after the last flush, files after the last merge, a
// dropped table. While a reader is still inside it looks again every
// millisecond.
//
// Thread-safe. At most one timer runs; `activity` counts it.
class Reclaimer {
 public:
  Reclaimer(EpochDomain* epochs, Executor* executor, Activity* activity)
      : epochs_(epochs), executor_(executor), activity_(activity) {}

  void Collect() {
    if (epochs_->Collect() == 0) return;
    if (waiting_.exchange(true)) return;
    if (!activity_->Begin()) return;
    executor_->PostAfter(std::chrono::milliseconds(1), [this] {
      waiting_.store(false);
      Collect();
      activity_->End();
    });
  }

 private:
  EpochDomain* const epochs_;
  Executor* const executor_;
  Activity* const activity_;
  std::atomic<bool> waiting_{false};
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_STATE_RECLAIMER_H_
