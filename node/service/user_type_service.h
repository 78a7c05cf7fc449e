// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_USER_TYPE_SERVICE_H_
#define ROWAN_NODE_SERVICE_USER_TYPE_SERVICE_H_

#include "node/coordinator/change_queue.h"
#include "node/coordinator/coordinator.h"
#include "node/service/call.h"
#include "rowan/v1/schema.pb.h"

namespace rowan {

// The user types of rowan.v1.Schema. As SchemaService.
class UserTypeService {
 public:
  UserTypeService(Coordinator* coordinator, ChangeQueue* changes)
      : coordinator_(coordinator), changes_(changes) {}

  void CreateType(
      UnaryCall<v1::CreateTypeRequest, v1::CreateTypeResponse>* call);
  void GetType(UnaryCall<v1::GetTypeRequest, v1::UserType>* call);
  void ListTypes(UnaryCall<v1::ListTypesRequest, v1::ListTypesResponse>* call);
  void AlterType(UnaryCall<v1::AlterTypeRequest, v1::AlterTypeResponse>* call);
  void DropType(UnaryCall<v1::DropTypeRequest, v1::DropTypeResponse>* call);

 private:
  Coordinator* const coordinator_;
  ChangeQueue* const changes_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_USER_TYPE_SERVICE_H_
