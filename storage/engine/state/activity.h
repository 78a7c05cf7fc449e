// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_STATE_ACTIVITY_H_
#define ROWAN_STORAGE_ENGINE_STATE_ACTIVITY_H_

#include <atomic>
#include <cstdint>
#include <utility>

#include "storage/base/check.h"
#include "storage/base/executor.h"

namespace rowan {

// Counts what is under way, so that its owner can stop: after Stop nothing new
// begins, and `idle` runs once, when the last thing has ended (at once when
// there is none), on whichever thread ends it.
//
// Thread-safe, lock-free. The object may be destroyed by `idle`.
class Activity {
 public:
  // False after Stop: the caller does nothing and does not call End.
  [[nodiscard]] bool Begin() {
    if (state_.fetch_add(1) < kStopping) return true;
    End();
    return false;
  }
  void End() {
    if (state_.fetch_sub(1) == kStopping + 1) RunIdle();
  }
  // REQUIRES: not called before.
  void Stop(Task idle) {
    idle_ = std::move(idle);
    // Holds one count itself, so that a zero can't be missed.
    const uint64_t before = state_.fetch_add(kStopping + 1);
    ROWAN_CHECK(before < kStopping);
    End();
  }
  bool stopping() const { return state_.load() >= kStopping; }

 private:
  // Far above any count of things under way.
  static constexpr uint64_t kStopping = uint64_t{1} << 62;

  void RunIdle() {
    if (ran_.exchange(true)) return;  // a refused Begin may pass zero again
    Task idle = std::move(idle_);
    idle();
  }

  std::atomic<uint64_t> state_{0};
  std::atomic<bool> ran_{false};
  Task idle_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_STATE_ACTIVITY_H_
