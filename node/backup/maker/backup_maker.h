// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_BACKUP_MAKER_BACKUP_MAKER_H_
#define ROWAN_NODE_BACKUP_MAKER_BACKUP_MAKER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "node/backup/digest.h"
#include "node/coordinator/coordinator.h"
#include "storage/base/executor.h"
#include "storage/base/file_system.h"
#include "storage/base/mutex.h"

namespace rowan {

// What a backup works with; all that is pointed to outlives the maker.
struct BackupParts {
  Coordinator* coordinator = nullptr;
  const HybridClock* timestamps = nullptr;
  FileSystem* file_system = nullptr;
  Executor* executor = nullptr;  // may wait for the disk
  std::string node_id;           // 16 bytes
  std::string node_name;
  std::string directory;  // of backups; "": none are made
  // In the data directory, for the time of a backup; whoever starts empties it.
  std::string work_path;
  // Where the log is: the node's own, and an archive of it if there is one.
  std::vector<std::string> log_paths;
};

struct BackupMade {
  std::string name;
  Digest digest;
  int64_t created_at_us = 0;                    // the node's wall clock
  uint64_t files = 0, bytes = 0;                // that it holds
  uint64_t files_copied = 0, bytes_copied = 0;  // of them, those it added
  // SSTables that the node has lost, one line each: it lacks their rows.
  std::vector<std::string> missing;
};

struct BackupProgress {
  std::string name;
  // Of what is to be copied; both 0 before that is known.
  uint64_t bytes_done = 0, bytes_total = 0;
};

// Makes backups of the node, one at a time: flushes, takes the engine's files
// of one moment through hard links and the log up to a later one, and copies
// what the directory doesn't have yet, in steps of 1 MiB and at 64 MiB/s at
// most. It holds every write that was acknowledged before the call, and none
// that began after its end.
//
// Thread-safe. Whatever ends a backup under way leaves the directory as it was,
// and objects that the next one uses.
class BackupMaker {
 public:
  explicit BackupMaker(BackupParts parts);
  // REQUIRES: nothing under way.
  ~BackupMaker();

  // `done` is called once, on any thread. `deadline_ns`: monotonic; INT64_MAX:
  // none. kFailedPrecondition: backup.dir is not set, or one is being made;
  // kInvalidArgument and kAlreadyExists, of the name; kDeadlineExceeded;
  // kUnavailable: the node stops; kAborted: tables change all the time;
  // kResourceExhausted; kDataLoss, what the disk can't read.
  void Make(std::string name, int64_t deadline_ns,
            absl::AnyInvocable<void(absl::StatusOr<BackupMade>)> done);

  // Of the one under way.
  std::optional<BackupProgress> progress() const;

  // Ends what is under way at its next step, and takes no more.
  void Stop();

 private:
  class Task;
  absl::Status Begin(const std::shared_ptr<Task>& task);
  void Ended(const absl::StatusOr<BackupMade>& made);

  const BackupParts parts_;
  mutable Mutex mutex_;
  std::shared_ptr<Task> task_ ROWAN_GUARDED_BY(mutex_);  // under way
  bool stopped_ ROWAN_GUARDED_BY(mutex_) = false;
};

// Removes the work of a backup that its process did not end.
absl::Status RemoveBackupWork(FileSystem* fs, const std::string& work_path);

}  // namespace rowan

#endif  // ROWAN_NODE_BACKUP_MAKER_BACKUP_MAKER_H_
