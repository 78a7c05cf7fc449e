// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_BACKUP_OBJECT_STORE_H_
#define ROWAN_NODE_BACKUP_OBJECT_STORE_H_

#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "node/backup/backup.h"
#include "node/backup/file_copy.h"
#include "storage/base/file_system.h"

namespace rowan {

// The objects of a backup directory: contents under their digests (FORMAT.md).
// What has its name is whole; that it stays so is for Check to find out.
//
// Reading is thread-safe. One writer at a time: who holds the directory's lock.
// Every call but PathOf blocks on the disk.
class ObjectStore {
 public:
  ObjectStore(FileSystem* fs, std::string directory)
      : fs_(fs), directory_(std::move(directory)) {}

  std::string PathOf(const Digest& digest) const;
  // Whether it is there with its size. Its bytes are not looked at.
  absl::StatusOr<bool> Has(const StoredObject& object) const;
  // Reads it again. kDataLoss naming the file: missing, of another size, or
  // other bytes. `copied_to`: makes that file of it, too, with zeros up to
  // `file_bytes`; it is there after kDataLoss as well.
  absl::Status Check(const StoredObject& object,
                     const std::string& copied_to = "",
                     uint64_t file_bytes = 0) const;

  // Begins to add the first `bytes` of a file. What an earlier one left
  // unfinished goes.
  absl::StatusOr<FileCopy> BeginAdd(const std::string& from, uint64_t bytes);
  // When the copy has ended: gives it its name. Durable after Sync.
  absl::StatusOr<StoredObject> EndAdd(const FileCopy& copy);
  // Makes the names of `objects` durable, whoever gave them.
  absl::Status Sync(const std::vector<StoredObject>& objects);

 private:
  std::string FolderOf(const Digest& digest) const;
  std::string IncomingPath() const { return directory_ + "/incoming.tmp"; }
  absl::Status RemoveIncoming();

  FileSystem* const fs_;
  const std::string directory_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_BACKUP_OBJECT_STORE_H_
