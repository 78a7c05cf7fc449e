// SPDX-License-Identifier: Apache-2.0
#include "node/coordinator/table_snapshots.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace rowan {

void TableSnapshots::Flush(
    std::string_view keyspace, std::string_view name, int64_t deadline_ns,
    absl::AnyInvocable<void(absl::StatusOr<Flushed>)> next) {
  absl::StatusOr<ChangeQueue::Place> place = changes_->Enter();
  if (!place.ok()) return next(place.status());
  Flushed table = coordinator_->catalogue()->Find(keyspace, name);
  auto go_on = [changes = changes_, place = *std::move(place), deadline_ns,
                next =
                    std::move(next)](absl::StatusOr<Flushed> flushed) mutable {
    changes->Continue(std::move(place), deadline_ns,
                      [flushed = std::move(flushed), next = std::move(next)](
                          const absl::Status& in_time) mutable {
                        if (!in_time.ok()) flushed = in_time;
                        next(std::move(flushed));
                      });
  };
  if (table == nullptr) return go_on(Flushed());
  const TableId id = table->id;
  coordinator_->local_engine().Flush(
      id, std::nullopt,
      [table = std::move(table),
       go_on = std::move(go_on)](const absl::Status& status) mutable {
        if (status.ok()) return go_on(std::move(table));
        go_on(status);
      });
}

absl::StatusOr<SnapshotInfo> TableSnapshots::Take(const Schema& table,
                                                  const Flushed& flushed,
                                                  std::string_view name,
                                                  bool or_like_it) {
  if (flushed == nullptr || flushed->id != table.id) {
    return absl::UnavailableError(
        "the table was made or truncated meanwhile; nothing was changed");
  }
  return coordinator_->snapshots().Create(
      name, or_like_it, coordinator_->clock().WallMicros(), table,
      [&](const std::string& directory) {
        return coordinator_->local_engine().LinkFiles(table.id, directory);
      });
}

absl::StatusOr<SnapshotInfo> TableSnapshots::TakeBefore(
    std::string_view what, const Schema& table, const Flushed& flushed) {
  const std::string name =
      absl::StrCat(std::string(what), "-", table.keyspace, ".", table.table,
                   "-", coordinator_->clock().WallSeconds());
  return Take(table, flushed, name, /*or_like_it=*/true);
}

}  // namespace rowan
