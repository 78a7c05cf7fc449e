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

// What a table held at one moment.
struct Snapshot {
  int64_t created_at_us = 0;  // the node's wall clock
  Schema schema;
  TableFiles files;
};

// What is known of one without asking the disk.
struct SnapshotInfo {
  std::string name;
  int64_t created_at_us = 0;
  std::string keyspace, table;
  uint64_t sstables = 0;
  uint64_t bytes = 0;  // of them
};

// The snapshots of a node: a directory for each, with hard links to SSTables
// and one checked pair that says what they are (FORMAT.md). That is written
// last and removed first: a directory without it is a snapshot that a crash cut
// short, and is removed at the next start, if nothing else is in it.
// Of a snapshot its SnapshotInfo is in memory, a few hundred bytes.
//
// Thread-safe. Only List never waits for the disk. A name that is being made or
// dropped is taken, and not there.
class SnapshotStore {
 public:
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
  absl::StatusOr<SnapshotInfo> Create(
      std::string_view name, bool or_like_it, int64_t created_at_us,
      const Schema& schema,
      absl::FunctionRef<absl::StatusOr<TableFiles>(const std::string&)> link);
  // From the disk. kNotFound, kDataLoss. Its files are there until it is
  // dropped: who works with them sees to it that nobody does.
  absl::StatusOr<Snapshot> Read(std::string_view name) const;
  // kNotFound. After another error it is there still, or half gone, which the
  // next start makes whole.
  absl::Status Drop(std::string_view name);
  // By name, those behind `after`, at most `max`.
  std::vector<SnapshotInfo> List(std::string_view after, size_t max) const;
  // Where the files of a snapshot lie.
  std::string PathOf(std::string_view name) const;

  // What Open found damaged or foreign and left alone, one line each.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  enum class State {
    kThere,
    kBusy,  // being made or dropped
    kLeft,  // damaged, foreign or half gone: the name is taken
  };
  struct Entry {
    State state = State::kBusy;
    SnapshotInfo info;
  };

  SnapshotStore(FileSystem* file_system, std::string directory)
      : file_system_(file_system), directory_(std::move(directory)) {}
  absl::Status Load();
  // What Open makes of one name in the directory. kDataLoss and others: it is
  // no snapshot, and stays.
  absl::Status LoadOne(const std::string& name);
  absl::StatusOr<Snapshot> ReadFrom(const std::string& path) const;
  absl::Status CheckComplete(const std::string& path,
                             const Snapshot& snapshot) const;
  absl::Status RemoveDescription(const std::string& path);
  // Removes a directory with nothing in it but what Create puts there.
  absl::Status RemoveLinks(const std::string& path);
  // Takes a name that neither the map nor the disk has.
  absl::StatusOr<std::string> TakeName(std::string_view name, bool or_like_it);
  // The same, of the map alone.
  absl::StatusOr<std::string> TakeFreeName(std::string_view name,
                                           bool or_like_it);
  void SetState(const std::string& name, State state);

  FileSystem* const file_system_;
  const std::string directory_;
  std::vector<std::string> notes_;
  mutable Mutex mutex_;  // not held over I/O
  std::map<std::string, Entry, std::less<>> entries_ ROWAN_GUARDED_BY(mutex_);
};

}  // namespace rowan

#endif  // ROWAN_NODE_METADATA_SNAPSHOT_STORE_H_
