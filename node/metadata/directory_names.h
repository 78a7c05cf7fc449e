// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_METADATA_DIRECTORY_NAMES_H_
#define ROWAN_NODE_METADATA_DIRECTORY_NAMES_H_

#include <string>

#include "absl/status/status.h"
#include "storage/base/file_system.h"

namespace rowan {

// Makes the directory's name durable, and those of the directories above it,
// which may be as new. What is somebody else's, and refuses that, is older.
absl::Status SyncNames(FileSystem& fs, std::string path);

}  // namespace rowan

#endif  // ROWAN_NODE_METADATA_DIRECTORY_NAMES_H_
