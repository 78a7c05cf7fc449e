// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_SCHEMA_SERVICE_H_
#define ROWAN_NODE_SERVICE_SCHEMA_SERVICE_H_

#include "node/coordinator/change_queue.h"
#include "node/coordinator/coordinator.h"
#include "node/service/call.h"
#include "rowan/v1/schema.pb.h"

namespace rowan {

// rowan.v1.Schema but for what TableChangeService does. Look-ups answer at once
// from the published catalogue; changes wait for the disk, so they go to the
// queue of changes. Stateless and thread-safe; coordinator and queue outlive
// it.
class SchemaService {
 public:
  SchemaService(Coordinator* coordinator, ChangeQueue* changes)
      : coordinator_(coordinator), changes_(changes) {}

  void CreateKeyspace(
      UnaryCall<v1::CreateKeyspaceRequest, v1::CreateKeyspaceResponse>* call);
  void GetKeyspace(UnaryCall<v1::GetKeyspaceRequest, v1::Keyspace>* call);
  void ListKeyspaces(
      UnaryCall<v1::ListKeyspacesRequest, v1::ListKeyspacesResponse>* call);
  void DropKeyspace(
      UnaryCall<v1::DropKeyspaceRequest, v1::DropKeyspaceResponse>* call);
  void CreateTable(
      UnaryCall<v1::CreateTableRequest, v1::CreateTableResponse>* call);
  void GetTable(UnaryCall<v1::GetTableRequest, v1::Table>* call);
  void ListTables(
      UnaryCall<v1::ListTablesRequest, v1::ListTablesResponse>* call);

 private:
  Coordinator* const coordinator_;
  ChangeQueue* const changes_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_SCHEMA_SERVICE_H_
