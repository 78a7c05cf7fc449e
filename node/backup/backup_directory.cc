// SPDX-License-Identifier: Apache-2.0
#include "node/backup/backup_directory.h"

#include <utility>

#include "node/backup/backup_codec.h"
#include "node/metadata/checked_file.h"
#include "node/metadata/directory_names.h"
#include "node/metadata/snapshot_store.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

constexpr uint64_t kBackupVersion = 1;
constexpr std::string_view kTemporarySuffix = ".tmp";

absl::Status CheckName(std::string_view name) {
  if (BackupDirectory::ValidName(name)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("a backup's name is 1..", BackupDirectory::kNameBytesMax,
                   " of [A-Za-z0-9._-], not starting with a point and not "
                   "ending in .tmp"));
}

}  // namespace

bool BackupDirectory::ValidName(std::string_view name) {
  static_assert(SnapshotStore::kNameBytesMax == kNameBytesMax);
  return SnapshotStore::ValidName(name) && !name.ends_with(kTemporarySuffix);
}

absl::StatusOr<std::vector<std::string>> BackupDirectory::Names() const {
  ASSIGN_OR_RETURN(const bool there, fs_->Exists(BackupsPath()));
  if (!there) {
    return absl::NotFoundError(absl::StrCat(
        path_,
        ": holds no backups; name the directory that is the node's "
        "backup.dir"));
  }
  ASSIGN_OR_RETURN(std::vector<std::string> names, fs_->List(BackupsPath()));
  std::erase_if(names,
                [](const std::string& name) { return !ValidName(name); });
  return names;
}

absl::StatusOr<Backup> BackupDirectory::Read(std::string_view name) const {
  RETURN_IF_ERROR(CheckName(name));
  const std::string path = PathOf(name);
  const absl::StatusOr<CheckedFile> file = ReadCheckedFile(*fs_, path);
  if (absl::IsNotFound(file.status())) {
    return absl::NotFoundError(absl::StrCat("there is no backup '",
                                            std::string(name), "' in ", path_));
  }
  if (!file.ok()) return file.status();
  if (file->version != kBackupVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": is version ", file->version,
                     "; this program knows version ", kBackupVersion));
  }
  absl::StatusOr<Backup> backup = DecodeBackup(file->payload);
  if (!backup.ok()) return Annotate(backup.status(), path);
  return backup;
}

absl::StatusOr<std::unique_ptr<FileLock>> BackupDirectory::BeginAdding() {
  RETURN_IF_ERROR(fs_->CreateDirectory(path_ + "/objects"));
  RETURN_IF_ERROR(fs_->CreateDirectory(BackupsPath()));
  absl::StatusOr<std::unique_ptr<FileLock>> lock = fs_->Lock(path_ + "/LOCK");
  if (absl::IsFailedPrecondition(lock.status())) {
    return absl::FailedPreconditionError(absl::StrCat(
        "another backup is being made in ", path_, "; wait for its end"));
  }
  return lock;
}

absl::Status BackupDirectory::CheckFree(std::string_view name) const {
  RETURN_IF_ERROR(CheckName(name));
  ASSIGN_OR_RETURN(const bool taken, fs_->Exists(PathOf(name)));
  if (!taken) return absl::OkStatus();
  return absl::AlreadyExistsError(
      absl::StrCat("backup '", std::string(name), "' exists already"));
}

absl::Status BackupDirectory::Add(std::string_view name, const Backup& backup) {
  RETURN_IF_ERROR(CheckFree(name));
  RETURN_IF_ERROR(objects_.Sync(ObjectsOf(backup)));
  RETURN_IF_ERROR(SyncNames(*fs_, BackupsPath()));
  return ReplaceCheckedFile(
      *fs_, BackupsPath(), std::string(name),
      {.version = kBackupVersion, .payload = EncodeBackup(backup)});
}

}  // namespace rowan
