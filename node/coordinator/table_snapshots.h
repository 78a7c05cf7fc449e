// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_COORDINATOR_TABLE_SNAPSHOTS_H_
#define ROWAN_NODE_COORDINATOR_TABLE_SNAPSHOTS_H_

#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "node/coordinator/change_queue.h"
#include "node/coordinator/coordinator.h"
#include "node/metadata/snapshot_store.h"

namespace rowan {

// How a snapshot of a table is made, in two steps: its memtables are flushed
// while everything goes on, and only then, with changes of tables standing
// still (SchemaRegistry::KeepRows), its SSTables are linked. So a snapshot
// holds every write that was acknowledged before the first step, and maybe
// later ones, and its schema knows all columns of its files.
//
// Stateless; thread-safe. Coordinator and queue outlive it.
class TableSnapshots {
 public:
  // A table as its memtables were flushed.
  using Flushed = std::shared_ptr<const Schema>;

  TableSnapshots(Coordinator* coordinator, ChangeQueue* changes)
      : coordinator_(coordinator), changes_(changes) {}

  // Step 1. `next` runs in the queue, whose place the change holds from now on:
  // the table, or nullptr when there is none of that name, or why it can't be
  // flushed, kDeadlineExceeded among others. When the queue has no place it
  // runs at once with why.
  void Flush(std::string_view keyspace, std::string_view name,
             int64_t deadline_ns,
             absl::AnyInvocable<void(absl::StatusOr<Flushed>)> next);

  // Step 2, where no table changes: of `table`, if its rows are still those
  // that were flushed; otherwise kUnavailable. Also as SnapshotStore::Create.
  absl::StatusOr<SnapshotInfo> Take(const Schema& table, const Flushed& flushed,
                                    std::string_view name, bool or_like_it);
  // The same under a name that says what becomes of the table, such as
  // "dropped-KEYSPACE.TABLE-SECONDS".
  absl::StatusOr<SnapshotInfo> TakeBefore(std::string_view what,
                                          const Schema& table,
                                          const Flushed& flushed);

 private:
  Coordinator* const coordinator_;
  ChangeQueue* const changes_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_COORDINATOR_TABLE_SNAPSHOTS_H_
