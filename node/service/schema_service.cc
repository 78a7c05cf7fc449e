// SPDX-License-Identifier: Apache-2.0
#include "node/service/schema_service.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/service/in_queue.h"
#include "node/service/schema_codec.h"
#include "node/service/table_lookup.h"
#include "node/service/wire/request_error.h"

namespace rowan {
namespace {

constexpr uint32_t kListMax = 1000;
constexpr uint32_t kTablesDefault = 100;

size_t PageSize(uint32_t requested, uint32_t fallback) {
  return requested == 0 ? fallback : std::min(requested, kListMax);
}

// Names come from the client; a message holds no more of them than a name has.
std::string Shown(const std::string& name) {
  return name.substr(0, kNameLengthMax + 1);
}

absl::Status NoKeyspace(const std::string& name) {
  return InField(
      RequestError(absl::StatusCode::kNotFound, "UNKNOWN_KEYSPACE",
                   absl::StrCat("keyspace '", Shown(name), "' doesn't exist")),
      "name");
}

void EncodeKeyspace(const Catalogue& catalogue, const std::string& name,
                    v1::Keyspace* keyspace) {
  keyspace->set_name(name);
  keyspace->set_tables(catalogue.TablesIn(name));
}

}  // namespace

void SchemaService::CreateKeyspace(
    UnaryCall<v1::CreateKeyspaceRequest, v1::CreateKeyspaceResponse>* call) {
  InQueue(changes_, call, [this, call] {
    const v1::CreateKeyspaceRequest& request = call->request();
    absl::StatusOr<SchemaRegistry::Change> change =
        coordinator_->schemas().CreateKeyspace(request.name(),
                                               request.if_not_exists());
    if (!change.ok()) return call->Finish(ChangeError(change.status(), "name"));
    EncodeKeyspace(*coordinator_->catalogue(), request.name(),
                   call->response()->mutable_keyspace());
    call->response()->set_created(change->changed);
    call->response()->set_catalogue_version(change->catalogue_version);
    call->Finish(absl::OkStatus());
  });
}

void SchemaService::GetKeyspace(
    UnaryCall<v1::GetKeyspaceRequest, v1::Keyspace>* call) {
  const std::shared_ptr<const Catalogue> catalogue = coordinator_->catalogue();
  const std::string& name = call->request().name();
  if (!catalogue->HasKeyspace(name)) return call->Finish(NoKeyspace(name));
  EncodeKeyspace(*catalogue, name, call->response());
  call->Finish(absl::OkStatus());
}

void SchemaService::ListKeyspaces(
    UnaryCall<v1::ListKeyspacesRequest, v1::ListKeyspacesResponse>* call) {
  const v1::ListKeyspacesRequest& request = call->request();
  const std::shared_ptr<const Catalogue> catalogue = coordinator_->catalogue();
  const size_t page = PageSize(request.page_size(), kListMax);
  const auto& names = catalogue->keyspaces();
  auto name = request.page_token().empty()
                  ? names.begin()
                  : names.upper_bound(request.page_token());
  for (size_t i = 0; i < page && name != names.end(); ++i, ++name) {
    EncodeKeyspace(*catalogue, *name, call->response()->add_keyspaces());
  }
  if (name != names.end()) {
    call->response()->set_next_page_token(*std::prev(name));
  }
  call->Finish(absl::OkStatus());
}

void SchemaService::DropKeyspace(
    UnaryCall<v1::DropKeyspaceRequest, v1::DropKeyspaceResponse>* call) {
  InQueue(changes_, call, [this, call] {
    const v1::DropKeyspaceRequest& request = call->request();
    absl::StatusOr<SchemaRegistry::Change> change =
        coordinator_->schemas().DropKeyspace(request.name(),
                                             request.if_exists());
    if (!change.ok()) return call->Finish(ChangeError(change.status(), "name"));
    call->response()->set_dropped(change->changed);
    call->response()->set_catalogue_version(change->catalogue_version);
    call->Finish(absl::OkStatus());
  });
}

void SchemaService::CreateTable(
    UnaryCall<v1::CreateTableRequest, v1::CreateTableResponse>* call) {
  absl::StatusOr<Schema> decoded = DecodeTable(
      call->request().table(),
      coordinator_->catalogue()->TypesIn(call->request().table().keyspace()));
  if (!decoded.ok()) return call->Finish(InField(decoded.status(), "table"));
  InQueue(changes_, call, [this, call, schema = *std::move(decoded)] {
    absl::StatusOr<SchemaRegistry::Change> change =
        coordinator_->schemas().CreateTable(schema,
                                            call->request().if_not_exists());
    if (!change.ok()) {
      return call->Finish(ChangeError(change.status(), "table"));
    }
    EncodeTable(*change->table, call->response()->mutable_table());
    call->response()->set_created(change->changed);
    call->response()->set_catalogue_version(change->catalogue_version);
    call->Finish(absl::OkStatus());
  });
}

void SchemaService::GetTable(UnaryCall<v1::GetTableRequest, v1::Table>* call) {
  const v1::GetTableRequest& request = call->request();
  const std::shared_ptr<const Catalogue> catalogue = coordinator_->catalogue();
  const Catalogue::TablePtr table =
      catalogue->Find(request.keyspace(), request.name());
  if (table == nullptr) {
    return call->Finish(InField(
        NoTable(*catalogue, request.keyspace(), request.name()),
        catalogue->HasKeyspace(request.keyspace()) ? "name" : "keyspace"));
  }
  EncodeTable(*table, call->response());
  call->Finish(absl::OkStatus());
}

void SchemaService::ListTables(
    UnaryCall<v1::ListTablesRequest, v1::ListTablesResponse>* call) {
  const v1::ListTablesRequest& request = call->request();
  const std::shared_ptr<const Catalogue> catalogue = coordinator_->catalogue();
  if (!request.keyspace().empty() &&
      !catalogue->HasKeyspace(request.keyspace())) {
    return call->Finish(InField(
        RequestError(absl::StatusCode::kNotFound, "UNKNOWN_KEYSPACE",
                     absl::StrCat("keyspace '", Shown(request.keyspace()),
                                  "' doesn't exist")),
        "keyspace"));
  }
  const std::string prefix =
      request.keyspace().empty() ? "" : request.keyspace() + ".";
  const size_t page = PageSize(request.page_size(), kTablesDefault);
  const auto& tables = catalogue->tables();
  auto table = request.page_token() < prefix
                   ? tables.lower_bound(prefix)
                   : tables.upper_bound(request.page_token());
  for (; table != tables.end() && table->first.starts_with(prefix); ++table) {
    if (static_cast<size_t>(call->response()->tables_size()) == page) {
      call->response()->set_next_page_token(std::prev(table)->first);
      break;
    }
    EncodeTable(*table->second, call->response()->add_tables());
  }
  call->Finish(absl::OkStatus());
}

}  // namespace rowan
