// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_COORDINATOR_SCHEMA_REGISTRY_H_
#define ROWAN_NODE_COORDINATOR_SCHEMA_REGISTRY_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "node/metadata/catalogue.h"
#include "node/metadata/catalogue_history.h"
#include "node/metadata/metadata_store.h"
#include "storage/base/mutex.h"
#include "storage/engine/engine.h"

namespace rowan {

// The node's copy of the catalogue and the only way to change it. Readers load
// one pointer; changes take turns, reach the metadata store first and are
// published last, so that what is published is durable.
//
// Thread-safe. Changes block; they belong on a blocking executor.
// Errors of changes: kInvalidArgument, kNotFound, kAlreadyExists,
// kFailedPrecondition, and those of store and engine; nothing has changed then.
// But kUnknown: the store can't tell whether it has the change. The next start
// finds it whole or not at all. Until then the tables that it would make or
// change are withheld (Catalogue), so that no write is acknowledged that the
// start might drop, and all later changes are kFailedPrecondition. All of these
// errors have the reason OUTCOME_UNKNOWN.
class SchemaRegistry {
 public:
  // What a table may be at most on one node: enough for memory's fixed cost
  // (a table of 16 partitions takes up to 64 KiB).
  static constexpr size_t kTablesMax = 10'000;
  static constexpr size_t kKeyspacesMax = 10'000;

  // Reads the catalogue. `store` outlives the registry. Blocks.
  static absl::StatusOr<std::unique_ptr<SchemaRegistry>> Open(
      MetadataStore* store);

  // Before the first change: who holds the tables.
  void set_engine(Engine* engine) { engine_ = engine; }
  // From now on each version is recorded there before it is stored; a change
  // that can't be is refused. Blocks.
  void set_history(CatalogueHistory* history);

  std::shared_ptr<const Catalogue> catalogue() const {
    return catalogue_.load(std::memory_order_acquire);
  }
  std::vector<std::shared_ptr<const Schema>> Tables() const;

  struct Change {
    bool changed = false;  // false: it was so before (if_exists and the like)
    uint64_t catalogue_version = 0;
    // As it is now; none after a drop.
    std::shared_ptr<const Schema> table;
    // Of RestoreTable, as Engine::RestoreTable.
    std::vector<std::string> damage;
  };
  // What is done with the rows of a table before they are gone; an error keeps
  // them. No table changes meanwhile.
  using KeepRows = absl::FunctionRef<absl::Status(const Schema&)>;
  static absl::Status KeepNone(const Schema&) { return absl::OkStatus(); }

  absl::StatusOr<Change> CreateKeyspace(std::string_view name,
                                        bool if_not_exists);
  absl::StatusOr<Change> DropKeyspace(std::string_view name, bool if_exists);
  // `table` comes without id, version and column ids. kFailedPrecondition when
  // a user type in it is not as the catalogue has it (any more).
  absl::StatusOr<Change> CreateTable(Schema table, bool if_not_exists);
  // Gives `change` a copy of the table's schema; what that makes of it is the
  // next version, unless it is the same, or nothing is when it answers an
  // error, which is then that of the call. It may look at the version, since
  // changes take turns.
  absl::StatusOr<Change> AlterTable(
      std::string_view keyspace, std::string_view name,
      absl::FunctionRef<absl::Status(Schema*)> change);
  // The table goes on without rows: its data gets a new id, under the same name
  // and handle. Writes under way to the old data are answered as if they came
  // before, or kNotFound.
  absl::StatusOr<Change> TruncateTable(std::string_view keyspace,
                                       std::string_view name,
                                       KeepRows keep = KeepNone);
  // `keep`, and nothing else.
  absl::Status KeepTable(std::string_view keyspace, std::string_view name,
                         KeepRows keep);
  // Calls `use` with the catalogue and its version, while no change runs.
  // kFailedPrecondition after a change of unknown outcome.
  absl::Status HoldStill(
      absl::FunctionRef<absl::Status(const Catalogue&, uint64_t)> use);
  absl::StatusOr<Change> DropTable(std::string_view keyspace,
                                   std::string_view name, bool if_exists,
                                   KeepRows keep = KeepNone);
  // A new table of `schema`'s columns, options and dropped ids, with its names,
  // and of the SSTables in `directory` (Engine::RestoreTable). Its user types
  // become those of its keyspace now: kFailedPrecondition when one is missing
  // there, or is another (AsInCatalogue).
  absl::StatusOr<Change> RestoreTable(Schema schema,
                                      const std::string& directory,
                                      const TableFiles& files);

  // User types; user_types.cc.
  static constexpr size_t kTypesMax = 10'000;
  struct TypeChange {
    bool changed = false;
    uint64_t catalogue_version = 0;
    ColumnType type;  // as it is now, or was
  };
  absl::StatusOr<TypeChange> CreateType(const ColumnType& type,
                                        bool if_not_exists);
  // kFailedPrecondition while a table or another type uses it.
  absl::StatusOr<TypeChange> DropType(std::string_view keyspace,
                                      std::string_view name, bool if_exists);
  // As AlterTable, for a type and every table and type that uses it: each such
  // table gets its next version.
  absl::StatusOr<TypeChange> AlterType(
      std::string_view keyspace, std::string_view name,
      absl::FunctionRef<absl::Status(TypeArguments*)> change);

 private:
  explicit SchemaRegistry(MetadataStore* store) : store_(store) {}
  // kResourceExhausted (OVER_LIMIT): the node holds `max` of `what`.
  static absl::Status AtLimit(size_t max, std::string_view what);
  // What a change begins with: a copy of the catalogue.
  absl::StatusOr<Catalogue> Begin() ROWAN_REQUIRES(mutex_);
  // Makes it durable; then publishes it.
  absl::Status Commit(Catalogue next) ROWAN_REQUIRES(mutex_);
  void ForgetUnstored() ROWAN_REQUIRES(mutex_);
  // The same; after an error the engine's table `made` is dropped again, unless
  // the next start may want it.
  absl::Status CommitWith(TableId made, Catalogue next) ROWAN_REQUIRES(mutex_);
  absl::Status Store(const Catalogue& next) ROWAN_REQUIRES(mutex_);
  // Nobody knows whether `next` is stored.
  absl::Status StopChanges(const Catalogue& next, const absl::Status& why)
      ROWAN_REQUIRES(mutex_);
  void Publish(Catalogue next) ROWAN_REQUIRES(mutex_);
  // A table that the catalogue doesn't know any more: what fails now, the next
  // start does.
  void DropFromEngine(TableId table) ROWAN_REQUIRES(mutex_);
  Change Unchanged() ROWAN_REQUIRES(mutex_);
  // A new table; `make` makes it in the engine.
  absl::StatusOr<Change> AddTable(
      Schema table, Catalogue next,
      absl::FunctionRef<absl::Status(std::shared_ptr<const Schema>)> make)
      ROWAN_REQUIRES(mutex_);

  MetadataStore* const store_;
  Engine* engine_ = nullptr;
  CatalogueHistory* history_ = nullptr;
  std::atomic<std::shared_ptr<const Catalogue>> catalogue_;
  Mutex mutex_;  // held by one change at a time
  uint64_t version_ ROWAN_GUARDED_BY(mutex_) = 0;
  // The table that the next version makes from a snapshot.
  TableId restored_ ROWAN_GUARDED_BY(mutex_);
  absl::Status stopped_ ROWAN_GUARDED_BY(mutex_);  // why no change is taken
};

}  // namespace rowan

#endif  // ROWAN_NODE_COORDINATOR_SCHEMA_REGISTRY_H_
