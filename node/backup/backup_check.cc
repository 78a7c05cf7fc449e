// SPDX-License-Identifier: Apache-2.0
#include "node/backup/backup_check.h"

#include "absl/strings/str_join.h"
#include "node/backup/backup_codec.h"
#include "node/metadata/catalogue.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

std::string TableName(const Backup& backup, TableId id) {
  const absl::StatusOr<Catalogue> catalogue =
      Catalogue::Decode(backup.catalogue);
  if (catalogue.ok()) {
    for (const auto& [name, table] : catalogue->tables()) {
      if (table->id == id) return absl::StrCat("table ", name);
    }
  }
  return absl::StrCat("table ", id.value);
}

}  // namespace

std::vector<std::string> UsesOf(const Backup& backup,
                                const StoredObject& object) {
  std::vector<std::string> uses;
  for (const auto& [name, stored] : backup.sstables) {
    if (stored != object) continue;
    uses.push_back(absl::StrCat("SSTable ", name.second.value, " of ",
                                TableName(backup, name.first)));
  }
  for (const Backup::LogFile& file : backup.log.files) {
    if (file.object != object) continue;
    uses.push_back(absl::StrCat("file ", file.name, " of the commit log"));
  }
  return uses;
}

absl::StatusOr<BackupCheck> CheckBackup(const BackupDirectory& directory,
                                        std::string_view name) {
  ASSIGN_OR_RETURN(const Backup backup, directory.Read(name));
  BackupCheck check{.digest = DigestOf(backup)};
  for (const StoredObject& object : ObjectsOf(backup)) {
    ++check.objects;
    check.bytes += object.bytes;
    const absl::Status status = directory.objects().Check(object);
    if (status.ok()) continue;
    check.damage.push_back(
        absl::StrCat(status.message(), " (",
                     absl::StrJoin(UsesOf(backup, object), ", "), ")"));
  }
  return check;
}

}  // namespace rowan
