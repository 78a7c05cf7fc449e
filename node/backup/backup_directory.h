// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_BACKUP_BACKUP_DIRECTORY_H_
#define ROWAN_NODE_BACKUP_BACKUP_DIRECTORY_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "node/backup/backup.h"
#include "node/backup/object_store.h"
#include "storage/base/file_system.h"

namespace rowan {

// A directory of backups (FORMAT.md), elsewhere than the node's data. Looking
// at it needs no lock and no node; what it shows is never changed, only added
// to.
//
// Thread-safe but for the additions, which belong to who holds the lock. Every
// call blocks on the disk.
class BackupDirectory {
 public:
  static constexpr size_t kNameBytesMax = 128;
  // 1..128 of [A-Za-z0-9._-], not starting with a point, not ending in .tmp.
  static bool ValidName(std::string_view name);

  BackupDirectory(FileSystem* fs, std::string path)
      : fs_(fs), path_(std::move(path)), objects_(fs, path_ + "/objects") {}

  const std::string& path() const { return path_; }
  const ObjectStore& objects() const { return objects_; }

  // Ascending. kNotFound when it is no directory of backups.
  absl::StatusOr<std::vector<std::string>> Names() const;
  // kInvalidArgument for what is no name; kNotFound; kDataLoss naming the file;
  // kFailedPrecondition for a later version's. Its objects are not looked at.
  absl::StatusOr<Backup> Read(std::string_view name) const;

  // Makes it ready to add to, and the caller the only one who does.
  // kFailedPrecondition when somebody else is.
  absl::StatusOr<std::unique_ptr<FileLock>> BeginAdding();
  ObjectStore& mutable_objects() { return objects_; }
  // Whether a backup of that name may be added: kInvalidArgument,
  // kAlreadyExists.
  absl::Status CheckFree(std::string_view name) const;
  // The last step of a backup, whose objects are all there: durable when OK.
  absl::Status Add(std::string_view name, const Backup& backup);

 private:
  std::string BackupsPath() const { return path_ + "/backups"; }
  std::string PathOf(std::string_view name) const {
    return absl::StrCat(BackupsPath(), "/", std::string(name));
  }

  FileSystem* const fs_;
  const std::string path_;
  ObjectStore objects_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_BACKUP_BACKUP_DIRECTORY_H_
