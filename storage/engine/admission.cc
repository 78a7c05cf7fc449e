// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/admission.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace rowan {
namespace {

constexpr int64_t kRoomShare = 64;      // of the room left, per tick
constexpr int64_t kTickBackoffMs = 64;  // longest tick while nothing moves

}  // namespace

Admission::Admission(const MemoryBudget* budget, Executor* executor,
                     Activity* activity, uint64_t queue_bytes_max)
    : budget_(budget),
      executor_(executor),
      activity_(activity),
      queue_bytes_max_(queue_bytes_max),
      slow_bytes_(static_cast<int64_t>(
          static_cast<double>(budget->limit_bytes()) * kSlowFill)) {}

int64_t Admission::Used() const {
  return budget_->used_bytes() +
         reserved_bytes_.load(std::memory_order_relaxed);
}

bool Admission::TryAdmit(uint64_t bytes) {
  if (queueing_.load(std::memory_order_relaxed)) return false;
  const auto signed_bytes = static_cast<int64_t>(bytes);
  if (Used() + signed_bytes > slow_bytes_) return false;
  reserved_bytes_.fetch_add(signed_bytes, std::memory_order_relaxed);
  return true;
}

void Admission::Queue(uint64_t bytes, Go go) {
  absl::Status refused;
  {
    MutexLock lock(mutex_);
    if (stopped_) {
      refused = absl::UnavailableError("the node is shutting down");
    } else if (waiting_bytes_ + bytes > queue_bytes_max_) {
      refused = absl::ResourceExhaustedError(
          "the node's memory for new writes is full and its queue too; "
          "slow down and retry");
    } else {
      waiting_.push_back({bytes, std::move(go)});
      waiting_bytes_ += bytes;
      if (!queueing_.exchange(true)) StartTimer();
      return;
    }
  }
  go(refused);
}

void Admission::Finish(uint64_t bytes) {
  reserved_bytes_.fetch_sub(static_cast<int64_t>(bytes),
                            std::memory_order_relaxed);
}

void Admission::StartTimer() {
  if (!activity_->Begin()) return;
  executor_->PostAfter(std::chrono::milliseconds(tick_ms_), [this] {
    Tick();
    activity_->End();
  });
}

void Admission::Tick() {
  std::vector<Waiting> released;
  {
    MutexLock lock(mutex_);
    if (stopped_) return;
    const int64_t room = budget_->limit_bytes() - Used();
    int64_t quota = std::max<int64_t>(room / kRoomShare, room > 0 ? 1 : 0);
    quota *= tick_ms_;
    while (!waiting_.empty() && quota > 0) {
      Waiting& first = waiting_.front();
      quota -= static_cast<int64_t>(first.bytes);
      reserved_bytes_.fetch_add(static_cast<int64_t>(first.bytes),
                                std::memory_order_relaxed);
      waiting_bytes_ -= first.bytes;
      released.push_back(std::move(first));
      waiting_.pop_front();
    }
    tick_ms_ = released.empty() ? std::min(tick_ms_ * 2, kTickBackoffMs) : 1;
    if (waiting_.empty()) {
      queueing_.store(false);
      tick_ms_ = 1;
    } else {
      StartTimer();
    }
  }
  for (Waiting& waiting : released) waiting.go(absl::OkStatus());
}

void Admission::Stop() {
  std::deque<Waiting> waiting;
  {
    MutexLock lock(mutex_);
    stopped_ = true;
    queueing_.store(true);
    waiting.swap(waiting_);
    waiting_bytes_ = 0;
  }
  for (Waiting& one : waiting) {
    one.go(absl::UnavailableError("the node is shutting down"));
  }
}

}  // namespace rowan
