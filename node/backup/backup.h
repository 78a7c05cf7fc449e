// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_BACKUP_BACKUP_H_
#define ROWAN_NODE_BACKUP_BACKUP_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "node/backup/digest.h"
#include "storage/base/ids.h"
#include "storage/manifest/manifest.h"

namespace rowan {

// Contents in objects/ (FORMAT.md).
struct StoredObject {
  Digest digest;
  uint64_t bytes = 0;
  friend auto operator<=>(const StoredObject&, const StoredObject&) = default;
};

// What a node held at one moment, as a power cut would have left it (FORMAT.md,
// "What it means"): a plain value, whose bytes are in objects.
struct Backup {
  using SSTableName = std::pair<TableId, FileId>;
  struct LogFile {
    std::string name;
    StoredObject object;
    uint64_t file_bytes = 0;  // the object, and zeros behind it
    friend bool operator==(const LogFile&, const LogFile&) = default;
  };
  // The commit log in [from, end).
  struct Log {
    LogPosition from, end;
    std::vector<LogFile> files;  // ascending by name
    friend bool operator==(const Log&, const Log&) = default;
  };

  int64_t created_at_us = 0;  // the node's wall clock
  std::string node_id;        // 16 bytes
  std::string node_name;
  // Every timestamp that the node had given out is below.
  int64_t timestamps_below_us = 0;
  uint64_t catalogue_version = 0;
  std::string catalogue;  // Catalogue::Encode
  ManifestState manifest;
  // Of those that the manifest names, the ones that were there.
  std::map<SSTableName, StoredObject> sstables;
  Log log;

  friend bool operator==(const Backup&, const Backup&) = default;
};

// Every object that it names, once each, ascending.
std::vector<StoredObject> ObjectsOf(const Backup& backup);

}  // namespace rowan

#endif  // ROWAN_NODE_BACKUP_BACKUP_H_
