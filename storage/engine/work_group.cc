// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/work_group.h"

#include <deque>
#include <utility>

#include "storage/base/mutex.h"

namespace rowan {

struct WorkGroup::State {
  // Runs the oldest that waits; false when none does.
  bool RunOne() {
    Piece piece;
    {
      MutexLock lock(mutex);
      if (waiting.empty()) return false;
      piece = std::move(waiting.front());
      waiting.pop_front();
      ++running;
    }
    absl::Status status = piece();
    piece = nullptr;  // what it holds is released before it counts as ended
    MutexLock lock(mutex);
    first_error.Update(status);
    if (!first_error.ok()) waiting.clear();
    if (--running == 0) ended.NotifyAll();
    return true;
  }

  Mutex mutex;
  CondVar ended;  // running is 0
  std::deque<Piece> waiting ROWAN_GUARDED_BY(mutex);
  size_t running ROWAN_GUARDED_BY(mutex) = 0;
  size_t helpers ROWAN_GUARDED_BY(mutex) = 0;  // posted and not ended
  absl::Status first_error ROWAN_GUARDED_BY(mutex);
};

WorkGroup::WorkGroup(Executor* executor, size_t waiting_max)
    : executor_(executor),
      waiting_max_(waiting_max),
      state_(std::make_shared<State>()) {}

WorkGroup::~WorkGroup() {
  MutexLock lock(state_->mutex);
  state_->waiting.clear();
  while (state_->running > 0) state_->ended.Wait(state_->mutex);
}

absl::Status WorkGroup::Add(Piece piece) {
  bool full = false, wants_helper = false;
  {
    MutexLock lock(state_->mutex);
    if (!state_->first_error.ok()) return state_->first_error;
    state_->waiting.push_back(std::move(piece));
    full = state_->waiting.size() > waiting_max_;
    // As many as wait could all find a thread.
    wants_helper = state_->helpers < waiting_max_;
    if (wants_helper) ++state_->helpers;
  }
  if (wants_helper) {
    executor_->Post([state = state_] {
      while (state->RunOne()) {
      }
      MutexLock lock(state->mutex);
      --state->helpers;
    });
  }
  if (full) state_->RunOne();
  return absl::OkStatus();
}

absl::Status WorkGroup::Drain() {
  while (state_->RunOne()) {
  }
  MutexLock lock(state_->mutex);
  while (state_->running > 0) state_->ended.Wait(state_->mutex);
  return state_->first_error;
}

}  // namespace rowan
