// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_TABLE_CHANGE_SERVICE_H_
#define ROWAN_NODE_SERVICE_TABLE_CHANGE_SERVICE_H_

#include <functional>
#include <string_view>

#include "node/coordinator/coordinator.h"
#include "node/coordinator/table_snapshots.h"
#include "node/service/call.h"
#include "rowan/v1/schema.pb.h"
#include "storage/base/executor.h"

namespace rowan {

// What rowan.v1.Schema does to a table that is there, or was: altering,
// emptying, dropping and restoring it. All of it waits for the disk and goes to
// the blocking executor. Stateless and thread-safe; coordinator and executor
// outlive it.
class TableChangeService {
 public:
  TableChangeService(Coordinator* coordinator, Executor* blocking)
      : coordinator_(coordinator),
        blocking_(blocking),
        snapshots_(coordinator, blocking) {}

  void AlterTable(
      UnaryCall<v1::AlterTableRequest, v1::AlterTableResponse>* call);
  void TruncateTable(
      UnaryCall<v1::TruncateTableRequest, v1::TruncateTableResponse>* call);
  void DropTable(UnaryCall<v1::DropTableRequest, v1::DropTableResponse>* call);
  void RestoreTable(
      UnaryCall<v1::RestoreTableRequest, v1::RestoreTableResponse>* call);

 private:
  // Runs `remove` on the blocking executor with what keeps the rows of the
  // call's table in a snapshot, unless the request wants none; its name goes
  // into the answer.
  template <typename CallType>
  void Remove(CallType* call, std::string_view what,
              std::function<void(SchemaRegistry::KeepRows)> remove);

  Coordinator* const coordinator_;
  Executor* const blocking_;
  TableSnapshots snapshots_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_TABLE_CHANGE_SERVICE_H_
