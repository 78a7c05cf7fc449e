// SPDX-License-Identifier: Apache-2.0
#include "node/coordinator/change_queue.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"

namespace rowan {

absl::StatusOr<ChangeQueue::Place> ChangeQueue::Enter() {
  Place place(this);
  if (++under_way_ <= kUnderWayMax) return place;
  return absl::ResourceExhaustedError(
      absl::StrCat("the node works on ", kUnderWayMax,
                   " changes of tables and snapshots, its limit; nothing was "
                   "done, try again"));
}

void ChangeQueue::Continue(Place place, Task task) {
  executor_->Post(
      [place = std::move(place), task = std::move(task)]() mutable { task(); });
}

absl::Status ChangeQueue::Post(Task task) {
  ASSIGN_OR_RETURN(Place place, Enter());
  Continue(std::move(place), std::move(task));
  return absl::OkStatus();
}

}  // namespace rowan
