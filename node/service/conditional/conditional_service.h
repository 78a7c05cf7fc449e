// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_CONDITIONAL_CONDITIONAL_SERVICE_H_
#define ROWAN_NODE_SERVICE_CONDITIONAL_CONDITIONAL_SERVICE_H_

#include "node/coordinator/coordinator.h"
#include "node/service/call.h"
#include "rowan/v1/data.pb.h"

namespace rowan {

// The methods of rowan.v1.Data that read before they write. Stateless and
// thread-safe; the coordinator outlives it.
class ConditionalService {
 public:
  explicit ConditionalService(Coordinator* coordinator)
      : coordinator_(coordinator) {}

  void CheckAndWrite(
      UnaryCall<v1::CheckAndWriteRequest, v1::CheckAndWriteResponse>* call);
  void Increment(UnaryCall<v1::IncrementRequest, v1::IncrementResponse>* call);

 private:
  Coordinator* const coordinator_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_CONDITIONAL_CONDITIONAL_SERVICE_H_
