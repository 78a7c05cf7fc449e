// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_SCHEMA_SERVICE_H_
#define ROWAN_NODE_SERVICE_SCHEMA_SERVICE_H_

#include "node/coordinator/coordinator.h"
#include "node/service/call.h"
#include "rowan/v1/schema.pb.h"
#include "storage/base/executor.h"

namespace rowan {

// rowan.v1.Schema but for what TableChangeService does. Look-ups answer at once
// from the published catalogue; changes wait for the disk, so they go to the
// blocking executor. Stateless and thread-safe; coordinator and executor
// outlive it.
class SchemaService {
 public:
  SchemaService(Coordinator* coordinator, Executor* blocking)
      : coordinator_(coordinator), blocking_(blocking) {}

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
  Executor* const blocking_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_SCHEMA_SERVICE_H_
