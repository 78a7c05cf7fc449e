// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_TABLE_DIRECTORY_H_
#define ROWAN_STORAGE_ENGINE_TABLE_DIRECTORY_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/engine/state/engine_core.h"
#include "storage/engine/table_files.h"

namespace rowan {

// Whether `name` is one of our table files, finished or not, or set aside.
bool IsTableFile(std::string_view name);

// Whether it is that of a directory of a table.
bool IsTableDirectory(std::string_view name);

// A table that nobody knows yet, and its directory, durable.
absl::StatusOr<std::shared_ptr<Table>> MakeTable(
    EngineCore* core, std::shared_ptr<const Schema> schema);

// Enters a new table into the manifest and the engine: an empty one, or, with
// `directory`, one made of the SSTables that `files` says are there. They are
// linked under new ids; a crash before the edit leaves a directory that the
// next start removes. What of them is damaged, missing or lost before gets a
// line in `damage`. kAlreadyExists.
absl::Status AddTable(EngineCore* core, std::shared_ptr<const Schema> schema);
absl::Status AddTable(EngineCore* core, std::shared_ptr<const Schema> schema,
                      const std::string& directory, const TableFiles& files,
                      std::vector<std::string>* damage);

// Links the table's SSTables into `directory` and makes the links durable. Each
// partition is taken as it is at one moment, one after another. kDataLoss when
// a file has gone from the directory of its table.
absl::StatusOr<TableFiles> LinkTableFiles(FileSystem* fs, const Table& table,
                                          const std::string& directory);

// Links the SSTables that `state` names out of the directory `storage` into
// `directory`. Missing ones are left out; nothing is made durable.
absl::Status LinkManifestFiles(FileSystem* fs, const std::string& storage,
                               const ManifestState& state,
                               const std::string& directory);

// Unlinks the table files in `directory`, then itself if it is empty. A missing
// one is no error.
absl::Status RemoveTableFiles(FileSystem* fs, const std::string& directory);

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_TABLE_DIRECTORY_H_
