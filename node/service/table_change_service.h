// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_TABLE_CHANGE_SERVICE_H_
#define ROWAN_NODE_SERVICE_TABLE_CHANGE_SERVICE_H_

#include <functional>
#include <string_view>

#include "node/coordinator/change_queue.h"
#include "node/coordinator/coordinator.h"
#include "node/coordinator/table_snapshots.h"
#include "node/service/call.h"
#include "rowan/v1/schema.pb.h"

namespace rowan {

// What rowan.v1.Schema does to a table that is there, or was: altering,
// emptying, dropping and restoring it. All of it waits for the disk and goes to
// the queue of changes: since that runs one at a time, no snapshot is dropped
// while a table is made of it. Stateless and thread-safe; coordinator and queue
// outlive it.
class TableChangeService {
 public:
  TableChangeService(Coordinator* coordinator, ChangeQueue* changes)
      : coordinator_(coordinator),
        changes_(changes),
        snapshots_(coordinator, changes) {}

  void AlterTable(
      UnaryCall<v1::AlterTableRequest, v1::AlterTableResponse>* call);
  void TruncateTable(
      UnaryCall<v1::TruncateTableRequest, v1::TruncateTableResponse>* call);
  void DropTable(UnaryCall<v1::DropTableRequest, v1::DropTableResponse>* call);
  void RestoreTable(
      UnaryCall<v1::RestoreTableRequest, v1::RestoreTableResponse>* call);

 private:
  // Runs `remove` in the queue of changes with what keeps the rows of the
  // call's table in a snapshot, unless the request wants none; its name goes
  // into the answer.
  template <typename CallType>
  void Remove(CallType* call, std::string_view what,
              std::function<void(SchemaRegistry::KeepRows)> remove);

  Coordinator* const coordinator_;
  ChangeQueue* const changes_;
  TableSnapshots snapshots_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_TABLE_CHANGE_SERVICE_H_
