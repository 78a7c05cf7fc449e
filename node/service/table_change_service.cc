// SPDX-License-Identifier: Apache-2.0
#include "node/service/table_change_service.h"

#include <algorithm>
#include <map>
#include <span>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/metadata/schema_changed.h"
#include "node/service/in_queue.h"
#include "node/service/schema_codec.h"
#include "node/service/table_lookup.h"
#include "node/service/wire/request_error.h"
#include "storage/base/status_macros.h"
#include "storage/model/schema_change.h"

namespace rowan {
namespace {

// Of RestoreTableResponse; a line is at most 2 KiB.
constexpr size_t kDamageLinesMax = 1000;

// What a request to change a column says wrongly: the request's fault, whatever
// the columns are called.
absl::Status ColumnError(const absl::Status& status) {
  if (status.ok()) return status;
  if (!absl::IsNotFound(status)) {
    return WithReason(status, absl::IsResourceExhausted(status) ? "OVER_LIMIT"
                                                                : "BAD_COLUMN");
  }
  const absl::string_view message = status.message();
  return BadRequest("UNKNOWN_COLUMN", {message.data(), message.size()});
}

absl::Status ApplyDrops(const v1::AlterTableRequest& request, Schema* schema) {
  for (int i = 0; i < request.drop_columns_size(); ++i) {
    RETURN_IF_ERROR(
        InField(ColumnError(DropColumn(request.drop_columns(i), schema)),
                "drop_columns", i));
  }
  return absl::OkStatus();
}

absl::Status ApplyRenames(const v1::AlterTableRequest& request,
                          Schema* schema) {
  std::map<std::string, std::string, std::less<>> names;
  for (int i = 0; i < request.rename_columns_size(); ++i) {
    const auto& rename = request.rename_columns(i);
    if (!names.emplace(rename.from(), rename.to()).second) {
      return InField(BadRequest("COLUMN_TWICE", "a column is renamed twice"),
                     "rename_columns", i);
    }
  }
  return InField(ColumnError(RenameColumns(names, schema)), "rename_columns");
}

absl::Status ApplyAdditions(const v1::AlterTableRequest& request,
                            std::span<const ColumnType> user_types,
                            Schema* schema) {
  for (int i = 0; i < request.add_columns_size(); ++i) {
    absl::StatusOr<Column> column =
        DecodeColumn(request.add_columns(i), user_types);
    absl::Status status = column.status();
    if (status.ok()) {
      status = ColumnError(AddColumn(*std::move(column), schema));
    }
    RETURN_IF_ERROR(InField(std::move(status), "add_columns", i));
  }
  return absl::OkStatus();
}

absl::Status ChangeOptions(const v1::TableOptions& request,
                           TableOptions* options) {
  const TableOptions present = *options;
  RETURN_IF_ERROR(DecodeOptions(request, options));
  if (options->partition_prefix_length == present.partition_prefix_length) {
    return absl::OkStatus();
  }
  return InField(
      BadRequest("BAD_OPTION",
                 absl::StrCat("a table's number of partitions can't be "
                              "changed; it has ",
                              1u << present.partition_prefix_length)),
      "partitions");
}

absl::Status CheckSize(const v1::AlterTableRequest& request) {
  const int changes = request.add_columns_size() + request.drop_columns_size() +
                      request.rename_columns_size();
  if (static_cast<size_t>(changes) > 3 * kColumnsMax) {
    return OverLimit(absl::StatusCode::kInvalidArgument, "number of changes",
                     static_cast<uint64_t>(changes), 3 * kColumnsMax);
  }
  if (changes > 0 || request.options().ByteSizeLong() > 0) {
    return absl::OkStatus();
  }
  return BadRequest("EMPTY_CHANGE", "the request changes nothing");
}

// Run on a copy of the table's schema, while no other change runs.
// `user_types` are its keyspace's.
absl::Status Alter(const v1::AlterTableRequest& request,
                   std::span<const ColumnType> user_types, Schema* schema) {
  if (request.schema_version() != 0 &&
      request.schema_version() != schema->version.value) {
    return InField(SchemaChanged(*schema, request.schema_version()),
                   "schema_version");
  }
  RETURN_IF_ERROR(ApplyDrops(request, schema));
  RETURN_IF_ERROR(ApplyRenames(request, schema));
  RETURN_IF_ERROR(ApplyAdditions(request, user_types, schema));
  return InField(ChangeOptions(request.options(), &schema->options), "options");
}

// Names the snapshot that was made before the error: whatever became of the
// table, its rows are there.
template <typename CallType>
absl::Status RemoveError(const absl::Status& status, CallType* call) {
  const std::string& snapshot = call->response()->snapshot();
  absl::Status error = ChangeError(status, "name");
  if (snapshot.empty()) return error;
  return WithMetadata(std::move(error), "snapshot", snapshot);
}

}  // namespace

void TableChangeService::AlterTable(
    UnaryCall<v1::AlterTableRequest, v1::AlterTableResponse>* call) {
  const absl::Status size = CheckSize(call->request());
  if (!size.ok()) return call->Finish(size);
  InQueue(changes_, call, [this, call] {
    const v1::AlterTableRequest& request = call->request();
    absl::StatusOr<SchemaRegistry::Change> change =
        coordinator_->schemas().AlterTable(
            request.keyspace(), request.name(), [&](Schema* schema) {
              return Alter(
                  request,
                  coordinator_->catalogue()->TypesIn(request.keyspace()),
                  schema);
            });
    if (!change.ok()) return call->Finish(ChangeError(change.status(), "name"));
    EncodeTable(*change->table, call->response()->mutable_table());
    call->response()->set_catalogue_version(change->catalogue_version);
    call->Finish(absl::OkStatus());
  });
}

template <typename CallType>
void TableChangeService::Remove(
    CallType* call, std::string_view what,
    std::function<void(SchemaRegistry::KeepRows)> remove) {
  if (call->request().no_snapshot()) {
    return InQueue(changes_, call, [remove = std::move(remove)] {
      remove(SchemaRegistry::KeepNone);
    });
  }
  snapshots_.Flush(
      call->request().keyspace(), call->request().name(), call->deadline_ns(),
      [this, call, what, remove = std::move(remove)](
          const absl::StatusOr<TableSnapshots::Flushed>& flushed) {
        // Who dropped it meanwhile was faster: the registry says so.
        const absl::Status& status = flushed.status();
        if (!status.ok() && !absl::IsNotFound(status) &&
            !absl::IsCancelled(status)) {
          return call->Finish(DiskError(status));
        }
        remove([&](const Schema& table) -> absl::Status {
          ASSIGN_OR_RETURN(
              const auto snapshot,
              snapshots_.TakeBefore(what, table, flushed.value_or(nullptr)));
          call->response()->set_snapshot(snapshot.name);
          return absl::OkStatus();
        });
      });
}

void TableChangeService::TruncateTable(
    UnaryCall<v1::TruncateTableRequest, v1::TruncateTableResponse>* call) {
  Remove(call, "truncated", [this, call](SchemaRegistry::KeepRows keep) {
    const v1::TruncateTableRequest& request = call->request();
    absl::StatusOr<SchemaRegistry::Change> change =
        coordinator_->schemas().TruncateTable(request.keyspace(),
                                              request.name(), keep);
    if (!change.ok()) return call->Finish(RemoveError(change.status(), call));
    call->response()->set_catalogue_version(change->catalogue_version);
    call->Finish(absl::OkStatus());
  });
}

void TableChangeService::DropTable(
    UnaryCall<v1::DropTableRequest, v1::DropTableResponse>* call) {
  Remove(call, "dropped", [this, call](SchemaRegistry::KeepRows keep) {
    const v1::DropTableRequest& request = call->request();
    absl::StatusOr<SchemaRegistry::Change> change =
        coordinator_->schemas().DropTable(request.keyspace(), request.name(),
                                          request.if_exists(), keep);
    if (!change.ok()) return call->Finish(RemoveError(change.status(), call));
    call->response()->set_dropped(change->changed);
    call->response()->set_catalogue_version(change->catalogue_version);
    call->Finish(absl::OkStatus());
  });
}

void TableChangeService::RestoreTable(
    UnaryCall<v1::RestoreTableRequest, v1::RestoreTableResponse>* call) {
  InQueue(changes_, call, [this, call] {
    const v1::RestoreTableRequest& request = call->request();
    SnapshotStore& store = coordinator_->snapshots();
    const absl::StatusOr<Snapshot> snapshot = store.Read(request.snapshot());
    if (!snapshot.ok()) {
      return call->Finish(
          InField(SnapshotError(snapshot.status()), "snapshot"));
    }
    Schema schema = snapshot->schema;
    if (!request.keyspace().empty()) schema.keyspace = request.keyspace();
    if (!request.name().empty()) schema.table = request.name();
    absl::StatusOr<SchemaRegistry::Change> change =
        coordinator_->schemas().RestoreTable(std::move(schema),
                                             store.PathOf(request.snapshot()),
                                             snapshot->files);
    if (!change.ok()) return call->Finish(ChangeError(change.status(), "name"));
    EncodeTable(*change->table, call->response()->mutable_table());
    call->response()->set_catalogue_version(change->catalogue_version);
    change->damage.resize(std::min(change->damage.size(), kDamageLinesMax));
    for (const std::string& line : change->damage) {
      call->response()->add_damage(line);
    }
    call->Finish(absl::OkStatus());
  });
}

}  // namespace rowan
