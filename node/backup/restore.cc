// SPDX-License-Identifier: Apache-2.0
#include "node/backup/restore.h"

#include <utility>

#include "node/backup/backup_codec.h"
#include "node/backup/restored_directory.h"
#include "storage/base/error_reason.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

// What `found`, which has not the digest of `wanted`, has otherwise.
std::string Difference(const Backup& wanted, const Backup& found) {
  if (found.manifest != wanted.manifest) return "the manifest";
  if (found.catalogue != wanted.catalogue) return "the catalogue";
  for (const auto& [name, object] : wanted.sstables) {
    const auto at = found.sstables.find(name);
    if (at != found.sstables.end() && at->second == object) continue;
    return absl::StrCat("SSTable ", name.second.value, " of table ",
                        name.first.value);
  }
  return found.log == wanted.log ? "the clock" : "the commit log";
}

std::vector<std::string> MissingSSTables(const Backup& backup) {
  std::vector<std::string> missing;
  for (const auto& [id, table] : backup.manifest.tables) {
    for (const auto& [partition_id, partition] : table.partitions) {
      for (const ManifestFile& file : partition.files) {
        if (backup.sstables.contains({id, file.file})) continue;
        missing.push_back(
            absl::StrCat("SSTable ", file.file.value, " of table ", id.value,
                         " was missing when the backup was made"));
      }
    }
  }
  return missing;
}

absl::Status CheckRoom(FileSystem& fs, const std::string& to, uint64_t bytes) {
  const absl::StatusOr<uint64_t> free = fs.FreeBytes(to);
  // Who doesn't tell runs full in its time.
  if (!free.ok() || *free >= bytes) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat(
      to, ": the backup takes ", bytes, " bytes, ", *free, " are free"));
}

}  // namespace

absl::StatusOr<RestoreResult> RestoreBackup(FileSystem* fs, Random* random,
                                            const BackupDirectory& directory,
                                            std::string_view name,
                                            const std::string& to) {
  ASSIGN_OR_RETURN(const Backup backup, directory.Read(name));
  RestoreResult result{.digest = DigestOf(backup),
                       .identity = NewIdentity(backup.node_name, random),
                       .missing = MissingSSTables(backup)};
  for (const auto& [sstable, object] : backup.sstables) {
    result.bytes += object.bytes;
  }
  for (const Backup::LogFile& file : backup.log.files) {
    result.bytes += file.object.bytes;
  }
  result.files = backup.sstables.size() + backup.log.files.size();
  ASSIGN_OR_RETURN(RestoredDirectory restored,
                   RestoredDirectory::Begin(fs, to));
  RETURN_IF_ERROR(CheckRoom(*fs, to, result.bytes));
  RETURN_IF_ERROR(restored.Write(backup, directory.objects()));
  ASSIGN_OR_RETURN(const Backup found, restored.Read(backup));
  if (DigestOf(found) != result.digest) {
    return absl::DataLossError(
        absl::StrCat(to, ": ", Difference(backup, found),
                     " is not what was written there; is its disk good?"));
  }
  RETURN_IF_ERROR(restored.Finish(result.identity));
  return result;
}

}  // namespace rowan
