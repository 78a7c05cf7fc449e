// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_NODE_BACKUP_SAMPLE_BACKUP_H_
#define ROWAN_TESTS_NODE_BACKUP_SAMPLE_BACKUP_H_

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "node/backup/backup_directory.h"
#include "node/metadata/catalogue.h"
#include "storage/base/status_macros.h"
#include "tests/lib/mem_file_system.h"
#include "tests/lib/test_tables.h"

namespace rowan {

inline constexpr char kBackupDir[] = "/elsewhere/backups";
inline constexpr uint64_t kSampleLogFileBytes = 64 << 10;

// A backup's value without its objects: two tables, three SSTables of which one
// was missing, and two files of the log, the second of which ends in zeros.
inline Backup SampleBackup() {
  Backup backup{.created_at_us = 1'767'225'600'000'000,
                .node_id = "0123456789abcdef",
                .node_name = "n1",
                .timestamps_below_us = 1'767'225'604'000'000,
                .catalogue_version = 3};
  Catalogue catalogue;
  catalogue.AddKeyspace("test");
  for (int i = 0; i < 2; ++i) {
    Schema schema = *TestSchema(catalogue.TakeTableId().value);
    schema.handle = TableHandle{schema.id.value};
    catalogue.AddTable(std::make_shared<const Schema>(std::move(schema)));
  }
  backup.catalogue = catalogue.Encode();
  ManifestState& manifest = backup.manifest;
  manifest.tables[TableId{1}].partitions[{0, 0}] = {
      .files = {{FileId{4}, 1, 20}, {FileId{6}, 0, 10}},
      .flushed_to = LogPosition{70'000},
      .lost = "a record"};
  manifest.tables[TableId{2}].created_at = LogPosition{66'000};
  manifest.tables[TableId{2}].partitions[{0, 0}].files = {{FileId{5}, 0, 10}};
  manifest.next_file = FileId{9};
  backup.log.from = LogPosition{65'536};
  backup.log.end = LogPosition{140'000};
  return backup;
}

// Adds `contents` as an object, as a copy of a file `from` that it makes.
inline absl::StatusOr<StoredObject> AddObject(MemFileSystem& fs,
                                              BackupDirectory& directory,
                                              const std::string& from,
                                              std::string_view contents) {
  fs.WriteFile(from, contents);
  ASSIGN_OR_RETURN(FileCopy copy,
                   directory.mutable_objects().BeginAdd(from, contents.size()));
  for (bool more = true; more;) {
    ASSIGN_OR_RETURN(more, copy.Step());
  }
  return directory.mutable_objects().EndAdd(copy);
}

// SampleBackup with its objects, as backup `name`.
inline absl::StatusOr<Backup> AddSampleBackup(MemFileSystem& fs,
                                              std::string_view name) {
  BackupDirectory directory(&fs, kBackupDir);
  ASSIGN_OR_RETURN(const auto lock, directory.BeginAdding());
  RETURN_IF_ERROR(directory.CheckFree(name));
  Backup backup = SampleBackup();
  ASSIGN_OR_RETURN((backup.sstables[{TableId{1}, FileId{4}}]),
                   AddObject(fs, directory, "/from/4", "twenty bytes of rows"));
  ASSIGN_OR_RETURN((backup.sstables[{TableId{2}, FileId{5}}]),
                   AddObject(fs, directory, "/from/5", "ten bytes!"));
  for (const char* file : {"segment-000001.log", "segment-000002.log"}) {
    ASSIGN_OR_RETURN(const StoredObject object,
                     AddObject(fs, directory, "/from/log",
                               std::string("chunks of ") + file));
    backup.log.files.push_back({file, object, kSampleLogFileBytes});
  }
  RETURN_IF_ERROR(directory.Add(name, backup));
  return backup;
}

}  // namespace rowan

#endif  // ROWAN_TESTS_NODE_BACKUP_SAMPLE_BACKUP_H_
