// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_BACKUP_RESTORE_H_
#define ROWAN_NODE_BACKUP_RESTORE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "node/backup/backup_directory.h"
#include "node/metadata/identity.h"
#include "storage/base/random.h"

namespace rowan {

// A data directory that was made.
struct RestoreResult {
  Digest digest;  // of what was read again from it, which is the backup's
  uint64_t files = 0, bytes = 0;
  Identity identity;  // the old name, a fresh id
  // SSTables that the node of before had lost already, one line each.
  std::vector<std::string> missing;
};

// Makes `to` a data directory that holds what the backup does, on which a node
// starts as after a power cut. It reads all of it again, and is no data
// directory before that has the backup's digest. Cut short anywhere, it can be
// run again. kFailedPrecondition: `to` is not empty; kDataLoss: what is
// damaged, in the backup or in what was written; kResourceExhausted. As
// BackupDirectory::Read. Blocks.
absl::StatusOr<RestoreResult> RestoreBackup(FileSystem* fs, Random* random,
                                            const BackupDirectory& directory,
                                            std::string_view name,
                                            const std::string& to);

}  // namespace rowan

#endif  // ROWAN_NODE_BACKUP_RESTORE_H_
