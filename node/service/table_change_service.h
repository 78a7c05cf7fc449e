// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_TABLE_CHANGE_SERVICE_H_
#define ROWAN_NODE_SERVICE_TABLE_CHANGE_SERVICE_H_

#include "node/coordinator/coordinator.h"
#include "node/service/call.h"
#include "rowan/v1/schema.pb.h"
#include "storage/base/executor.h"

namespace rowan {

// What rowan.v1.Schema does to a table that is there: altering, emptying and
// dropping it. All of it waits for the disk and goes to the blocking executor.
// Stateless and thread-safe; coordinator and executor outlive it.
class TableChangeService {
 public:
  TableChangeService(Coordinator* coordinator, Executor* blocking)
      : coordinator_(coordinator), blocking_(blocking) {}

  void AlterTable(
      UnaryCall<v1::AlterTableRequest, v1::AlterTableResponse>* call);
  void TruncateTable(
      UnaryCall<v1::TruncateTableRequest, v1::TruncateTableResponse>* call);
  void DropTable(UnaryCall<v1::DropTableRequest, v1::DropTableResponse>* call);

 private:
  Coordinator* const coordinator_;
  Executor* const blocking_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_TABLE_CHANGE_SERVICE_H_
