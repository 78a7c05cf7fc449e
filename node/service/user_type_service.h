// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_USER_TYPE_SERVICE_H_
#define ROWAN_NODE_SERVICE_USER_TYPE_SERVICE_H_

#include "node/coordinator/coordinator.h"
#include "node/service/call.h"
#include "rowan/v1/schema.pb.h"
#include "storage/base/executor.h"

namespace rowan {

// The user types of rowan.v1.Schema. As SchemaService.
class UserTypeService {
 public:
  UserTypeService(Coordinator* coordinator, Executor* blocking)
      : coordinator_(coordinator), blocking_(blocking) {}

  void CreateType(
      UnaryCall<v1::CreateTypeRequest, v1::CreateTypeResponse>* call);
  void GetType(UnaryCall<v1::GetTypeRequest, v1::UserType>* call);
  void ListTypes(UnaryCall<v1::ListTypesRequest, v1::ListTypesResponse>* call);
  void AlterType(UnaryCall<v1::AlterTypeRequest, v1::AlterTypeResponse>* call);
  void DropType(UnaryCall<v1::DropTypeRequest, v1::DropTypeResponse>* call);

 private:
  Coordinator* const coordinator_;
  Executor* const blocking_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_USER_TYPE_SERVICE_H_
