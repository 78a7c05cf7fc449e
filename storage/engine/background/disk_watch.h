// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_BACKGROUND_DISK_WATCH_H_
#define ROWAN_STORAGE_ENGINE_BACKGROUND_DISK_WATCH_H_

#include <atomic>

#include "storage/engine/state/engine_core.h"

namespace rowan {

// Looks at the room on the disk every kStopLookMs while there are writes, and
// while they are refused for want of it, until there is some again. An idle
// node with room has no timer.
//
// Thread-safe. The timer holds the activity.
class DiskWatch {
 public:
  explicit DiskWatch(EngineCore* core) : core_(core) {}

  // The first look, before anything is written.
  void Start();
  // A write came. Two loads while the timer runs.
  void OnWrite() {
    if (!written_.load(std::memory_order_relaxed)) written_.store(true);
    if (!running_.load(std::memory_order_relaxed)) Run();
  }

 private:
  void Run();
  void Look();
  void Tick();

  EngineCore* const core_;
  std::atomic<bool> written_{false};  // since the last look
  std::atomic<bool> running_{false};
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_BACKGROUND_DISK_WATCH_H_
