// SPDX-License-Identifier: Apache-2.0
#include "tests/model/table_files_run.h"

#include <utility>

namespace rowan {

using Wrong = TableFilesRun::Wrong;

Wrong TableFilesRun::Take(int number, const Table& table) {
  if (const absl::Status flushed = world_->Flush(table.schema->id);
      !flushed.ok()) {
    return flushed.ToString();
  }
  const std::string directory = "/kept" + std::to_string(next_directory_++);
  world_->fs().WriteFile(directory + "/here", "");
  absl::StatusOr<TableFiles> files =
      world_->engine().LinkFiles(table.schema->id, directory);
  if (!files.ok()) return files.status().ToString();
  snapshots_[static_cast<size_t>(number)].emplace(
      Snapshot{table, directory, *std::move(files)});
  return std::nullopt;
}

Wrong TableFilesRun::Truncate(const TableShape* shape, Table* table) {
  Table empty{Renewed(*table->schema), History(shape)};
  const absl::Status made = world_->engine().CreateTable(empty.schema);
  if (!made.ok()) return made.ToString();
  return Replace(std::move(empty), table);
}

Wrong TableFilesRun::Restore(int number, Table* table) {
  const auto& snapshot = snapshots_[static_cast<size_t>(number)];
  if (!snapshot.has_value()) return std::nullopt;
  Table restored{Renewed(*snapshot->table.schema), snapshot->table.history};
  const auto damage = world_->engine().RestoreTable(
      restored.schema, snapshot->directory, snapshot->files);
  if (!damage.ok()) return damage.status().ToString();
  if (!damage->empty()) return "a restored file is damaged: " + damage->front();
  return Replace(std::move(restored), table);
}

std::shared_ptr<Schema> TableFilesRun::Renewed(const Schema& schema) {
  auto renewed = std::make_shared<Schema>(schema);
  renewed->id = TableId{next_id_++};
  renewed->version = SchemaVersion{1};
  return renewed;
}

Wrong TableFilesRun::Replace(Table by, Table* table) {
  const absl::Status dropped = world_->engine().DropTable(table->schema->id);
  if (!dropped.ok()) return dropped.ToString();
  *table = std::move(by);
  return std::nullopt;
}

}  // namespace rowan
