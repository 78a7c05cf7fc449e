// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_BACKUP_BACKUP_CHECK_H_
#define ROWAN_NODE_BACKUP_BACKUP_CHECK_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "node/backup/backup_directory.h"

namespace rowan {

// What came of reading a backup again.
struct BackupCheck {
  Digest digest;  // of the backup
  uint64_t objects = 0, bytes = 0;
  // What is damaged: the file, what is wrong with it and what of the node it
  // was, one line each. Empty: all is as it was written.
  std::vector<std::string> damage;
};

// Reads every byte that the backup holds. As BackupDirectory::Read, when the
// backup itself can't be; what of its objects can't be read is in the answer.
absl::StatusOr<BackupCheck> CheckBackup(const BackupDirectory& directory,
                                        std::string_view name);

// What of the node an object is, for people: "SSTable 12 of table ks.t".
std::vector<std::string> UsesOf(const Backup& backup,
                                const StoredObject& object);

}  // namespace rowan

#endif  // ROWAN_NODE_BACKUP_BACKUP_CHECK_H_
