// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_BACKUP_MAKER_BACKUP_TASK_H_
#define ROWAN_NODE_BACKUP_MAKER_BACKUP_TASK_H_

#include <atomic>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <string>

#include "node/backup/backup.h"
#include "node/backup/backup_directory.h"
#include "node/backup/maker/backup_maker.h"

namespace rowan {

// One backup under way: steps that follow each other on the executor, each a
// few milliseconds but for the copy of the log, until one fails or all is done.
// Kept alive by the step that is to come.
class BackupMaker::Task : public std::enable_shared_from_this<Task> {
 public:
  using Done = absl::AnyInvocable<void(absl::StatusOr<BackupMade>)>;

  Task(const BackupParts& parts, std::string name, int64_t deadline_ns,
       Done done);

  // REQUIRES: no other task for this directory in this process.
  void Start() { Go(&Task::Prepare); }
  void Stop() { stopping_ = true; }
  BackupProgress progress() const {
    return {name_, bytes_done_.load(), bytes_total_.load()};
  }

 private:
  using Step = absl::Status (Task::*)();
  // A file of this node, and which object of the backup it is.
  struct Source {
    std::string path;
    uint64_t bytes = 0;
    StoredObject* object = nullptr;
  };

  // Each does its part and says which comes next.
  absl::Status Prepare();
  absl::Status FlushTables();
  absl::Status TakeCheckpoint();
  absl::Status CopyLogFiles();
  absl::Status ListFiles();
  absl::Status CopyNext();
  absl::Status Commit();

  void Go(Step step, std::chrono::nanoseconds delay = {});
  absl::Status InTime() const;
  // Begins again from the checkpoint: what it rests on went away meanwhile.
  absl::Status TakeAnother(const absl::Status& why);
  void End(absl::Status status);

  absl::Status RemoveLogCopy();
  absl::Status LearnEarlierFiles();
  absl::Status AddSSTable(const Backup::SSTableName& name);
  absl::StatusOr<bool> IsStored(const Source& source,
                                const StoredObject& object) const;
  std::string LinksPath() const { return parts_.work_path + "/sstables"; }
  std::string LogPath() const { return parts_.work_path + "/log"; }

  const BackupParts& parts_;
  const std::string name_;
  const int64_t deadline_ns_;
  Done done_;
  std::atomic<bool> stopping_{false};
  std::atomic<uint64_t> bytes_done_{0}, bytes_total_{0};

  BackupDirectory directory_;
  std::unique_ptr<FileLock> lock_;
  absl::Status flushed_;  // what came of it
  int checkpoints_ = 0;   // taken
  int log_tries_ = 0;     // of the last of them
  LogPosition log_until_;
  std::shared_ptr<const Catalogue> catalogue_;  // at the checkpoint
  Backup backup_;
  // SSTables of this node in earlier backups.
  std::map<Backup::SSTableName, StoredObject> earlier_;
  std::deque<Source> sources_;  // still to be copied; the first one is `copy_`
  std::unique_ptr<FileCopy> copy_;
  BackupMade made_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_BACKUP_MAKER_BACKUP_TASK_H_
