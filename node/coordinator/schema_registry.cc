// SPDX-License-Identifier: Apache-2.0
#include "node/coordinator/schema_registry.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/metadata/user_type_use.h"
#include "storage/base/error_reason.h"
#include "storage/base/logging.h"
#include "storage/base/status_macros.h"
#include "storage/model/schema_change.h"

namespace rowan {
namespace {

constexpr std::string_view kCatalogueKey = "catalogue";

absl::Status CheckName(std::string_view what, std::string_view name) {
  if (Catalogue::ValidName(name)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(std::string(what), " '", std::string(name.substr(0, 64)),
                   "': expected 1..48 of [a-z0-9_], starting with a letter"));
}

absl::Status Missing(std::string_view what, std::string_view name) {
  return absl::NotFoundError(absl::StrCat(
      std::string(what), " '", std::string(name), "' doesn't exist"));
}

absl::Status MissingTable(std::string_view keyspace, std::string_view name) {
  return Missing("table", std::string(keyspace.substr(0, 64)) + "." +
                              std::string(name.substr(0, 64)));
}

absl::Status NotEmpty(std::string_view keyspace, std::string_view contents) {
  return WithReason(absl::FailedPreconditionError(absl::StrCat(
                        "keyspace '", std::string(keyspace), "' still holds ",
                        std::string(contents), "; drop them first")),
                    "KEYSPACE_NOT_EMPTY");
}

absl::Status Exists(std::string_view what, std::string_view name) {
  return absl::AlreadyExistsError(absl::StrCat(
      std::string(what), " '", std::string(name), "' exists already"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<SchemaRegistry>> SchemaRegistry::Open(
    MetadataStore* store) {
  ASSIGN_OR_RETURN(const VersionedValue stored, store->Get(kCatalogueKey));
  Catalogue catalogue;
  if (stored.version != 0) {
    ASSIGN_OR_RETURN(catalogue, Catalogue::Decode(stored.value));
  }
  auto registry = std::unique_ptr<SchemaRegistry>(new SchemaRegistry(store));
  registry->catalogue_ =
      std::make_shared<const Catalogue>(std::move(catalogue));
  registry->version_ = stored.version;
  return registry;
}

std::vector<std::shared_ptr<const Schema>> SchemaRegistry::Tables() const {
  const std::shared_ptr<const Catalogue> now = catalogue();
  std::vector<std::shared_ptr<const Schema>> tables;
  for (const auto& [name, table] : now->tables()) tables.push_back(table);
  return tables;
}

absl::Status SchemaRegistry::Commit(Catalogue next) {
  RETURN_IF_ERROR(Store(next));
  Publish(std::move(next));
  return absl::OkStatus();
}

absl::StatusOr<Catalogue> SchemaRegistry::Begin() {
  RETURN_IF_ERROR(stopped_);
  return *catalogue();
}

absl::Status SchemaRegistry::CommitWith(TableId made, Catalogue next) {
  absl::Status status = Commit(std::move(next));
  if (!status.ok() && stopped_.ok()) engine_->DropTable(made).IgnoreError();
  return status;
}

void SchemaRegistry::set_history(CatalogueHistory* history) {
  MutexLock lock(mutex_);
  history_ = history;
  ForgetUnstored();
}

void SchemaRegistry::ForgetUnstored() {
  if (history_ == nullptr) return;
  const absl::Status forgotten = history_->KeepUpTo(version_);
  if (forgotten.ok()) return;
  Log(LogLevel::kWarning, "the catalogue's history holds a version too many",
      {{"version", version_ + 1}, {"why", forgotten}});
}

absl::Status SchemaRegistry::Store(const Catalogue& next) {
  const std::string value = next.Encode();
  const TableId restored = std::exchange(restored_, TableId());
  if (history_ != nullptr) {
    RETURN_IF_ERROR(Annotate(history_->Record(version_ + 1, restored, value),
                             "the catalogue's history in backup.dir"));
  }
  const absl::Status status =
      store_->Cas(kCatalogueKey, version_, value).status();
  if (!status.ok()) {
    const auto now = store_->Get(kCatalogueKey);
    if (!now.ok()) return StopChanges(next, status);
    if (now->version != version_ + 1 || now->value != value) {
      ForgetUnstored();
      return status;
    }
  }
  ++version_;
  return absl::OkStatus();
}

absl::Status SchemaRegistry::StopChanges(const Catalogue& next,
                                         const absl::Status& why) {
  const std::shared_ptr<const Catalogue> published = catalogue();
  Catalogue untouched = *published;
  for (const auto& [one, other] :
       {std::pair(published.get(), &next), std::pair(&next, published.get())}) {
    for (const auto& [name, table] : one->tables()) {
      if (other->FindByFullName(name) != table) untouched.Withhold(*table);
    }
  }
  Publish(std::move(untouched));
  stopped_ = WithReason(
      absl::FailedPreconditionError(
          "no schema changes are taken, since it is not known whether the last "
          "one is stored; restart the node, which finds it done or not"),
      "OUTCOME_UNKNOWN");
  Log(LogLevel::kError, "schema change of unknown outcome", {{"why", why}});
  return WithReason(
      absl::UnknownError(absl::StrCat(
          "it is not known whether the change is stored: ", why.message(),
          "; restart the node, which finds it done or not; until then the "
          "tables that it concerns are out of reach")),
      "OUTCOME_UNKNOWN");
}

void SchemaRegistry::Publish(Catalogue next) {
  catalogue_.store(std::make_shared<const Catalogue>(std::move(next)),
                   std::memory_order_release);
}

void SchemaRegistry::DropFromEngine(TableId table) {
  const absl::Status status = engine_->DropTable(table);
  if (status.ok()) return;
  Log(LogLevel::kWarning, "a dropped table's files stay until the next start",
      {{"table", table.value}, {"why", status}});
}

SchemaRegistry::Change SchemaRegistry::Unchanged() {
  return {.changed = false, .catalogue_version = version_};
}

absl::Status SchemaRegistry::AtLimit(size_t max, std::string_view what) {
  return WithReason(
      absl::ResourceExhaustedError(absl::StrCat(
          "the node holds ", max, " ", std::string(what), ", its limit")),
      "OVER_LIMIT");
}

absl::StatusOr<SchemaRegistry::Change> SchemaRegistry::CreateKeyspace(
    std::string_view name, bool if_not_exists) {
  RETURN_IF_ERROR(CheckName("keyspace", name));
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(Catalogue next, Begin());
  if (next.HasKeyspace(name)) {
    if (if_not_exists) return Unchanged();
    return Exists("keyspace", name);
  }
  if (next.keyspaces().size() >= kKeyspacesMax) {
    return AtLimit(kKeyspacesMax, "keyspaces");
  }
  next.AddKeyspace(name);
  RETURN_IF_ERROR(Commit(std::move(next)));
  return Change{.changed = true, .catalogue_version = version_};
}

absl::StatusOr<SchemaRegistry::Change> SchemaRegistry::DropKeyspace(
    std::string_view name, bool if_exists) {
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(Catalogue next, Begin());
  if (!next.HasKeyspace(name)) {
    if (if_exists) return Unchanged();
    return Missing("keyspace", name);
  }
  if (const uint32_t tables = next.TablesIn(name); tables > 0) {
    return NotEmpty(name, absl::StrCat(tables, " tables"));
  }
  if (const size_t types = next.TypesIn(name).size(); types > 0) {
    return NotEmpty(name, absl::StrCat(types, " user types"));
  }
  next.RemoveKeyspace(name);
  RETURN_IF_ERROR(Commit(std::move(next)));
  return Change{.changed = true, .catalogue_version = version_};
}

absl::StatusOr<SchemaRegistry::Change> SchemaRegistry::CreateTable(
    Schema table, bool if_not_exists) {
  RETURN_IF_ERROR(CheckName("table", table.table));
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(Catalogue next, Begin());
  if (!next.HasKeyspace(table.keyspace)) {
    return Missing("keyspace", table.keyspace);
  }
  const std::string full_name = table.keyspace + "." + table.table;
  if (auto there = next.FindByFullName(full_name); there != nullptr) {
    if (!if_not_exists) return Exists("table", full_name);
    Change change = Unchanged();
    change.table = std::move(there);
    return change;
  }
  uint32_t column_id = 0;
  for (Column& column : table.columns) column.id = ColumnId{++column_id};
  return AddTable(std::move(table), std::move(next),
                  [this](std::shared_ptr<const Schema> schema) {
                    return engine_->CreateTable(std::move(schema));
                  });
}

absl::StatusOr<SchemaRegistry::Change> SchemaRegistry::RestoreTable(
    Schema schema, const std::string& directory, const TableFiles& files) {
  RETURN_IF_ERROR(CheckName("table", schema.table));
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(Catalogue next, Begin());
  if (!next.HasKeyspace(schema.keyspace)) {
    return Missing("keyspace", schema.keyspace);
  }
  if (next.Find(schema.keyspace, schema.table) != nullptr) {
    return Exists("table", schema.keyspace + "." + schema.table);
  }
  for (Column& column : schema.columns) {
    ASSIGN_OR_RETURN(column.type,
                     AsInCatalogue(next, schema.keyspace, column.type));
  }
  std::vector<std::string> damage;
  absl::StatusOr<Change> change = AddTable(
      std::move(schema), std::move(next),
      [&](std::shared_ptr<const Schema> table) -> absl::Status {
        const TableId id = table->id;
        ASSIGN_OR_RETURN(
            damage, engine_->RestoreTable(std::move(table), directory, files));
        restored_ = id;  // what Store does next is of it
        return absl::OkStatus();
      });
  if (!change.ok()) return change;
  for (const std::string& line : damage) {
    Log(LogLevel::kWarning, "restored a damaged snapshot", {{"found", line}});
  }
  change->damage = std::move(damage);
  return change;
}

absl::StatusOr<SchemaRegistry::Change> SchemaRegistry::AddTable(
    Schema table, Catalogue next,
    absl::FunctionRef<absl::Status(std::shared_ptr<const Schema>)> make) {
  if (next.tables().size() >= kTablesMax) {
    return AtLimit(kTablesMax, "tables");
  }
  table.id = next.TakeTableId();
  table.handle = TableHandle{table.id.value};
  table.version = SchemaVersion{1};
  RETURN_IF_ERROR(table.Validate());
  for (const Column& column : table.columns) {
    RETURN_IF_ERROR(CheckUserTypes(next, table.keyspace, column.type));
  }
  // By itself, before the engine hears of it: a start can then tell a catalogue
  // that is older than a table from one that a crash kept from naming it.
  RETURN_IF_ERROR(Commit(next));
  auto schema = std::make_shared<const Schema>(std::move(table));
  next.AddTable(schema);
  // The engine first: a table that the catalogue doesn't know is dropped at the
  // next start, so that a crash in between leaves nothing.
  RETURN_IF_ERROR(make(schema));
  RETURN_IF_ERROR(CommitWith(schema->id, std::move(next)));
  return Change{.changed = true,
                .catalogue_version = version_,
                .table = std::move(schema)};
}

absl::StatusOr<SchemaRegistry::Change> SchemaRegistry::AlterTable(
    std::string_view keyspace, std::string_view name,
    absl::FunctionRef<absl::Status(Schema*)> change) {
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(Catalogue next, Begin());
  const Catalogue::TablePtr table = next.Find(keyspace, name);
  if (table == nullptr) return MissingTable(keyspace, name);
  auto altered = std::make_shared<Schema>(*table);
  RETURN_IF_ERROR(change(altered.get()));
  if (EncodeSchema(*altered) == EncodeSchema(*table)) {
    Change unchanged = Unchanged();
    unchanged.table = table;
    return unchanged;
  }
  RETURN_IF_ERROR(CheckAlteration(*table, *altered));
  altered->version = SchemaVersion{table->version.value + 1};
  RETURN_IF_ERROR(altered->Validate());
  next.AddTable(altered);
  RETURN_IF_ERROR(Store(next));
  // The engine knows a column before anyone can write it, and may know later
  // than the disk that one is gone.
  const absl::Status told = engine_->AlterTable(altered);
  Publish(std::move(next));
  RETURN_IF_ERROR(told);
  return Change{.changed = true,
                .catalogue_version = version_,
                .table = std::move(altered)};
}

absl::StatusOr<SchemaRegistry::Change> SchemaRegistry::TruncateTable(
    std::string_view keyspace, std::string_view name, KeepRows keep) {
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(Catalogue next, Begin());
  const Catalogue::TablePtr table = next.Find(keyspace, name);
  if (table == nullptr) return MissingTable(keyspace, name);
  RETURN_IF_ERROR(keep(*table));
  auto emptied = std::make_shared<Schema>(*table);
  emptied->id = next.TakeTableId();
  RETURN_IF_ERROR(Commit(next));  // as in AddTable
  emptied->version = SchemaVersion{table->version.value + 1};
  next.AddTable(emptied);
  // As in CreateTable and DropTable: whichever of the two the catalogue doesn't
  // know after a crash, the engine drops at the next start.
  RETURN_IF_ERROR(engine_->CreateTable(emptied));
  RETURN_IF_ERROR(CommitWith(emptied->id, std::move(next)));
  DropFromEngine(table->id);
  return Change{.changed = true,
                .catalogue_version = version_,
                .table = std::move(emptied)};
}

absl::Status SchemaRegistry::HoldStill(
    absl::FunctionRef<absl::Status(const Catalogue&, uint64_t)> use) {
  MutexLock lock(mutex_);
  RETURN_IF_ERROR(stopped_);
  return use(*catalogue(), version_);
}

absl::Status SchemaRegistry::KeepTable(std::string_view keyspace,
                                       std::string_view name, KeepRows keep) {
  MutexLock lock(mutex_);
  const Catalogue::TablePtr table = catalogue()->Find(keyspace, name);
  return table == nullptr ? MissingTable(keyspace, name) : keep(*table);
}

absl::StatusOr<SchemaRegistry::Change> SchemaRegistry::DropTable(
    std::string_view keyspace, std::string_view name, bool if_exists,
    KeepRows keep) {
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(Catalogue next, Begin());
  const Catalogue::TablePtr table = next.Find(keyspace, name);
  if (table == nullptr) {
    if (if_exists) return Unchanged();
    return MissingTable(keyspace, name);
  }
  RETURN_IF_ERROR(keep(*table));
  next.RemoveTable(*table);
  RETURN_IF_ERROR(Commit(std::move(next)));
  DropFromEngine(table->id);
  return Change{.changed = true, .catalogue_version = version_};
}

}  // namespace rowan
