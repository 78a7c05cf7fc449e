// SPDX-License-Identifier: Apache-2.0
#include "node/service/call_host.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "grpc/grpc.h"
#include "node/service/limits.h"
#include "node/service/wire/request_error.h"

namespace rowan {

int64_t CallHost::DeadlineOf(gpr_timespec deadline, int64_t now_ns) {
  constexpr int64_t kNone = std::numeric_limits<int64_t>::max();
  constexpr int64_t kMarginMaxNs = 50'000'000;
  if (gpr_time_cmp(deadline, gpr_inf_future(deadline.clock_type)) == 0) {
    return kNone;
  }
  const gpr_timespec left =
      gpr_time_sub(deadline, gpr_now(deadline.clock_type));
  // Longer than a year is as good as none, and keeps the sum below in range.
  if (left.tv_sec > int64_t{365} * 24 * 3600) return kNone;
  const int64_t left_ns = left.tv_sec * 1'000'000'000 + left.tv_nsec;
  return now_ns + left_ns - std::min(left_ns / 10, kMarginMaxNs);
}

absl::Status CallHost::Admit(int64_t deadline_ns, int64_t now_ns,
                             size_t request_bytes) const {
  if (request_bytes > kRequestBytesMax) {
    return OverLimit(absl::StatusCode::kResourceExhausted, "request bytes",
                     request_bytes, kRequestBytesMax);
  }
  if (deadline_ns <= now_ns) {
    return RequestError(absl::StatusCode::kDeadlineExceeded,
                        "DEADLINE_EXCEEDED",
                        "the deadline passed before work began; nothing was "
                        "done");
  }
  if (stopping_.load(std::memory_order_relaxed)) {
    return RequestError(absl::StatusCode::kUnavailable, "UNAVAILABLE",
                        "the node is shutting down; nothing was done");
  }
  if (metrics_->in_flight() > in_flight_max_) {
    return RequestError(
        absl::StatusCode::kResourceExhausted, "OVERLOADED",
        absl::StrCat("the node works on ", in_flight_max_,
                     " requests, its limit; nothing was done, try again"));
  }
  return absl::OkStatus();
}

void CallHost::CallStarted() {
  MutexLock lock(mutex_);
  ++calls_;
}

void CallHost::CallEnded() {
  MutexLock lock(mutex_);
  if (--calls_ > 0) return;
  was_idle_ = true;
  changed_.NotifyAll();
}

void CallHost::StopAdmitting() {
  MutexLock lock(mutex_);
  stopping_.store(true);
  was_idle_ = calls_ == 0;
}

void CallHost::WaitUntilIdle() {
  MutexLock lock(mutex_);
  while (calls_ > 0) changed_.Wait(mutex_);
}

void CallHost::WaitWithPatience() {
  MutexLock lock(mutex_);
  while (!was_idle_ && !out_of_patience_) changed_.Wait(mutex_);
}

void CallHost::EndPatience() {
  MutexLock lock(mutex_);
  out_of_patience_ = true;
  changed_.NotifyAll();
}

}  // namespace rowan
