// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_ADMIN_SERVICE_H_
#define ROWAN_NODE_SERVICE_ADMIN_SERVICE_H_

#include "node/coordinator/coordinator.h"
#include "node/metrics/node_facts.h"
#include "node/service/call.h"
#include "rowan/v1/admin.pb.h"

namespace rowan {

// rowan.v1.Admin: how this node stands, and orders to its engine. Stateless and
// thread-safe; coordinator and facts outlive it.
class AdminService {
 public:
  AdminService(Coordinator* coordinator, const NodeFacts* facts)
      : coordinator_(coordinator), facts_(facts) {}

  void GetNodeStatus(UnaryCall<v1::GetNodeStatusRequest, v1::NodeStatus>* call);
  void Flush(UnaryCall<v1::FlushRequest, v1::FlushResponse>* call);
  void Compact(UnaryCall<v1::CompactRequest, v1::CompactResponse>* call);
  void ListPartitions(
      UnaryCall<v1::ListPartitionsRequest, v1::ListPartitionsResponse>* call);
  void ListSSTables(
      UnaryCall<v1::ListSSTablesRequest, v1::ListSSTablesResponse>* call);

 private:
  Coordinator* const coordinator_;
  const NodeFacts* const facts_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_ADMIN_SERVICE_H_
