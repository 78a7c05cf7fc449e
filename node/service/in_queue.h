// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_IN_QUEUE_H_
#define ROWAN_NODE_SERVICE_IN_QUEUE_H_

#include <utility>

#include "node/coordinator/change_queue.h"

namespace rowan {

// Runs `change`, which finishes `call`, in the queue. When that is full, or the
// call's deadline passes there, the call is refused.
template <typename CallType, typename Change>
void InQueue(ChangeQueue* queue, CallType* call, Change change) {
  const absl::Status refused = queue->Post(
      call->deadline_ns(),
      [call, change = std::move(change)](const absl::Status& in_time) mutable {
        if (!in_time.ok()) return call->Finish(in_time);
        change();
      });
  if (!refused.ok()) call->Finish(refused);
}

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_IN_QUEUE_H_
