// SPDX-License-Identifier: Apache-2.0
#include "node/coordinator/change_queue.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/error_reason.h"
#include "storage/base/status_macros.h"

namespace rowan {

absl::StatusOr<ChangeQueue::Place> ChangeQueue::Enter() {
  Place place(this);
  if (++under_way_ <= kUnderWayMax) return place;
  return WithReason(
      absl::ResourceExhaustedError(absl::StrCat(
          "the node works on ", kUnderWayMax,
          " changes of tables and snapshots, its limit; nothing was done, try "
          "again")),
      "OVERLOADED");
}

void ChangeQueue::Continue(Place place, int64_t deadline_ns, Change change) {
  executor_->Post([place = std::move(place), clock = clock_, deadline_ns,
                   change = std::move(change)]() mutable {
    change(clock->MonotonicNanos() < deadline_ns
               ? absl::OkStatus()
               : absl::DeadlineExceededError(
                     "the deadline passed while the change waited for its "
                     "turn; nothing was changed"));
  });
}

absl::Status ChangeQueue::Post(int64_t deadline_ns, Change change) {
  ASSIGN_OR_RETURN(Place place, Enter());
  Continue(std::move(place), deadline_ns, std::move(change));
  return absl::OkStatus();
}

}  // namespace rowan
