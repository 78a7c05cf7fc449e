// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_BACKUP_BACKUP_CODEC_H_
#define ROWAN_NODE_BACKUP_BACKUP_CODEC_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "node/backup/backup.h"

namespace rowan {

// The payload of backups/NAME (FORMAT.md).
std::string EncodeBackup(const Backup& backup);
// kDataLoss for anything but bytes that EncodeBackup made. What it names are
// plain names of files, and the catalogue can be decoded.
absl::StatusOr<Backup> DecodeBackup(std::string_view bytes);

// One digest over all that the backup holds: that of its payload.
Digest DigestOf(const Backup& backup);

}  // namespace rowan

#endif  // ROWAN_NODE_BACKUP_BACKUP_CODEC_H_
