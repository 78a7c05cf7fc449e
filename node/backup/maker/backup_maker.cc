// SPDX-License-Identifier: Apache-2.0
#include "node/backup/maker/backup_maker.h"

#include <utility>

#include "node/backup/maker/backup_task.h"
#include "storage/base/logging.h"
#include "storage/base/status_macros.h"

namespace rowan {

BackupMaker::BackupMaker(BackupParts parts) : parts_(std::move(parts)) {}
BackupMaker::~BackupMaker() = default;

absl::Status BackupMaker::Begin(const std::shared_ptr<Task>& task) {
  if (parts_.directory.empty()) {
    return absl::FailedPreconditionError(
        "the node has no directory for backups: set backup.dir in its "
        "configuration and start it again");
  }
  MutexLock lock(mutex_);
  if (stopped_) return absl::UnavailableError("the node is shutting down");
  if (task_ != nullptr) {
    return absl::FailedPreconditionError(
        absl::StrCat("backup '", task_->progress().name,
                     "' is being made; see rowan status"));
  }
  task_ = task;
  return absl::OkStatus();
}

void BackupMaker::Make(
    std::string name, int64_t deadline_ns,
    absl::AnyInvocable<void(absl::StatusOr<BackupMade>)> done) {
  auto held =
      std::make_shared<absl::AnyInvocable<void(absl::StatusOr<BackupMade>)>>(
          std::move(done));
  auto task =
      std::make_shared<Task>(parts_, std::move(name), deadline_ns,
                             [this, held](absl::StatusOr<BackupMade> made) {
                               Ended(made);
                               (*held)(std::move(made));
                             });
  const absl::Status begun = Begin(task);
  if (!begun.ok()) return (*held)(begun);
  task->Start();
}

void BackupMaker::Ended(const absl::StatusOr<BackupMade>& made) {
  std::string name;
  {
    MutexLock lock(mutex_);
    name = task_->progress().name;
    task_ = nullptr;
  }
  if (!made.ok()) {
    Log(LogLevel::kWarning, "backup not made",
        {{"name", name}, {"error", made.status()}});
    return;
  }
  Log(LogLevel::kInfo, "backup made",
      {{"name", name},
       {"digest", made->digest.Hex()},
       {"bytes", made->bytes},
       {"bytes_copied", made->bytes_copied}});
  for (const std::string& line : made->missing) {
    Log(LogLevel::kWarning, "backup lacks", {{"name", name}, {"what", line}});
  }
}

std::optional<BackupProgress> BackupMaker::progress() const {
  MutexLock lock(mutex_);
  if (task_ == nullptr) return std::nullopt;
  return task_->progress();
}

void BackupMaker::Stop() {
  MutexLock lock(mutex_);
  stopped_ = true;
  if (task_ != nullptr) task_->Stop();
}

absl::Status RemoveBackupWork(FileSystem* fs, const std::string& work_path) {
  for (const char* folder : {"/sstables", "/log", ""}) {
    const std::string path = work_path + folder;
    ASSIGN_OR_RETURN(const bool there, fs->Exists(path));
    if (!there) continue;
    ASSIGN_OR_RETURN(const std::vector<std::string> names, fs->List(path));
    for (const std::string& name : names) {
      RETURN_IF_ERROR(fs->Remove(absl::StrCat(path, "/", name)));
    }
    RETURN_IF_ERROR(fs->RemoveDirectory(path));
  }
  return absl::OkStatus();
}

}  // namespace rowan
