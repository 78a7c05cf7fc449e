// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_BACKUP_RESTORED_DIRECTORY_H_
#define ROWAN_NODE_BACKUP_RESTORED_DIRECTORY_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "node/backup/backup.h"
#include "node/backup/object_store.h"
#include "node/metadata/identity.h"
#include "storage/base/file_system.h"

namespace rowan {

// A data directory that is being made of a backup. Until Finish it has no
// identity, so that no node starts on it; whatever ends the work before, Begin
// takes it again.
//
// Used by one thread; every call blocks on the disk.
class RestoredDirectory {
 public:
  // Makes `path` when it is missing, and empties it when it holds a restore
  // that was cut short. kFailedPrecondition when it holds anything else, or
  // another process works there.
  static absl::StatusOr<RestoredDirectory> Begin(FileSystem* fs,
                                                 std::string path);

  // Lays everything out, durably. kDataLoss naming an object that is damaged.
  absl::Status Write(const Backup& backup, const ObjectStore& objects);
  // What was written, read again from the files: `like`, if all is well.
  absl::StatusOr<Backup> Read(const Backup& like) const;
  // It is a data directory from here on.
  absl::Status Finish(const Identity& identity);

 private:
  RestoredDirectory(FileSystem* fs, std::string path,
                    std::unique_ptr<FileLock> lock)
      : fs_(fs), path_(std::move(path)), lock_(std::move(lock)) {}

  std::string StoragePath() const { return path_ + "/storage"; }
  std::string LogPath() const { return path_ + "/commitlog"; }
  std::string MetadataPath() const { return path_ + "/metadata"; }
  std::string SSTablePath(const Backup::SSTableName& name) const;

  absl::Status Clear();
  absl::Status WriteSSTables(const Backup& backup, const ObjectStore& objects);
  absl::Status WriteManifest(const Backup& backup);
  absl::Status WriteLog(const Backup& backup, const ObjectStore& objects);
  absl::Status WriteMetadata(const Backup& backup);
  absl::Status ReadSSTables(Backup* backup) const;
  absl::Status ReadLog(Backup* backup) const;
  absl::Status ReadMetadata(Backup* backup) const;

  FileSystem* fs_;
  std::string path_;
  std::unique_ptr<FileLock> lock_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_BACKUP_RESTORED_DIRECTORY_H_
