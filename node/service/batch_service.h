// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_BATCH_SERVICE_H_
#define ROWAN_NODE_SERVICE_BATCH_SERVICE_H_

#include "node/coordinator/coordinator.h"
#include "node/service/call.h"
#include "rowan/v1/data.pb.h"

namespace rowan {

// The batches of rowan.v1.Data: many operations in one call, each answered by
// itself. Stateless and thread-safe; the coordinator outlives it.
class BatchService {
 public:
  explicit BatchService(Coordinator* coordinator) : coordinator_(coordinator) {}

  // One read after the other, so that they share one bound of bytes.
  void BatchRead(UnaryCall<v1::BatchReadRequest, v1::BatchReadResponse>* call);
  // All at once: they share the log's next sync.
  void BatchWrite(
      UnaryCall<v1::BatchWriteRequest, v1::BatchWriteResponse>* call);

 private:
  Coordinator* const coordinator_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_BATCH_SERVICE_H_
