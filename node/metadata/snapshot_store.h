// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_METADATA_SNAPSHOT_STORE_H_
#define ROWAN_NODE_METADATA_SNAPSHOT_STORE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "storage/base/file_system.h"
#include "storage/base/mutex.h"
#include "storage/engine/table_files.h"
#include "storage/model/schema.h"

namespace rowan {

// What a table held at one moment. Immutable; shared.
struct Snapshot {
  std::string name;
  int64_t created_at_us = 0;  // the node's wall clock
  Schema schema;
  TableFiles files;

  uint64_t file_count() const;
  uint64_t bytes() const;
};

// The snapshots of a node: a directory for each, with hard links to SSTables
// and one checked file that says what they are (FORMAT.md). That file is
// written last and removed first: a directory without it is a snapshot that a
// crash cut short, and is removed at the next start.
//
// Thread-safe. Calls block on the disk, or on another call that does.
class SnapshotStore {
 public:
  using SnapshotPtr = std::shared_ptr<const Snapshot>;
  using Map = std::map<std::string, SnapshotPtr, std::less<>>;

  static constexpr size_t kNameBytesMax = 128;
  static constexpr size_t kSnapshotsMax = 10'000;

  // 1..128 of [A-Za-z0-9._-], not starting with a point.
  static bool ValidName(std::string_view name);

  // Makes `directory` when it is missing; its parent exists.
  static absl::StatusOr<std::unique_ptr<SnapshotStore>> Open(
      FileSystem* file_system, std::string directory);

  // Makes one of what `link` puts into the directory that it is given. With
  // `name` taken: kAlreadyExists, or, if `or_like_it`, "name-2" and so on.
  // kInvalidArgument, kResourceExhausted; an error leaves nothing.
  absl::StatusOr<SnapshotPtr> Create(
      std::string_view name, bool or_like_it, int64_t created_at_us,
      const Schema& schema,
      absl::FunctionRef<absl::StatusOr<TableFiles>(const std::string&)> link);
  // kNotFound.
  absl::StatusOr<SnapshotPtr> Find(std::string_view name) const;
  absl::Status Drop(std::string_view name);
  // By name.
  Map List() const;
  // Where the files of a snapshot lie.
  std::string PathOf(std::string_view name) const;

  // What Open found damaged or foreign and left alone, one line each.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  SnapshotStore(FileSystem* file_system, std::string directory)
      : file_system_(file_system), directory_(std::move(directory)) {}
  absl::Status Load();
  // Removes the links in a directory without its checked file.
  absl::Status RemoveLinks(const std::string& path);
  absl::StatusOr<std::string> FreeName(std::string_view name,
                                       bool or_like_it) const
      ROWAN_REQUIRES(mutex_);

  FileSystem* const file_system_;
  const std::string directory_;
  std::vector<std::string> notes_;
  mutable Mutex mutex_;
  Map snapshots_ ROWAN_GUARDED_BY(mutex_);
};

}  // namespace rowan

#endif  // ROWAN_NODE_METADATA_SNAPSHOT_STORE_H_
