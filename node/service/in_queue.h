// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_IN_QUEUE_H_
#define ROWAN_NODE_SERVICE_IN_QUEUE_H_

#include <utility>

#include "node/coordinator/change_queue.h"

namespace rowan {

// Runs `change`, which finishes `call`, in the queue; when that is full, the
// call is refused.
template <typename CallType, typename Change>
void InQueue(ChangeQueue* queue, CallType* call, Change change) {
  const absl::Status refused = queue->Post(std::move(change));
  if (!refused.ok()) call->Finish(refused);
}

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_IN_QUEUE_H_
