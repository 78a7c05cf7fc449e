// SPDX-License-Identifier: Apache-2.0
#include "node/backup/restored_directory.h"

#include <algorithm>
#include <set>
#include <vector>

#include "node/metadata/checked_file.h"
#include "node/metadata/data_directory.h"
#include "node/metadata/directory_names.h"
#include "node/metadata/local_metadata_store.h"
#include "storage/base/coding.h"
#include "storage/base/status_macros.h"
#include "storage/engine/state/file_names.h"
#include "storage/manifest/manifest_state.h"

namespace rowan {
namespace {

constexpr char kIdentity[] = "identity";
constexpr char kClock[] = "clock";
constexpr char kLock[] = "LOCK";
constexpr char kCatalogue[] = "catalogue";

bool Holds(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// What Begin may take: nothing, or what an earlier one began.
absl::Status CheckContents(FileSystem& fs, const std::string& path) {
  ASSIGN_OR_RETURN(const bool exists, fs.Exists(path));
  if (!exists) return fs.CreateDirectory(path);
  ASSIGN_OR_RETURN(std::vector<std::string> names, fs.List(path));
  if (Holds(names, kUnfinishedRestore) && !Holds(names, kIdentity)) {
    return absl::OkStatus();
  }
  std::erase(names, kLock);
  if (names.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(path, ": is not empty; name a new directory"));
}

absl::Status WriteText(FileSystem& fs, const std::string& path,
                       std::string_view text) {
  ASSIGN_OR_RETURN(std::unique_ptr<File> file,
                   fs.Open(path, {.write = true, .create = true}));
  RETURN_IF_ERROR(file->WriteAt(0, text));
  return file->Sync();
}

// A directory of files only.
absl::Status RemoveFolder(FileSystem& fs, const std::string& path) {
  ASSIGN_OR_RETURN(const bool there, fs.Exists(path));
  if (!there) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::vector<std::string> names, fs.List(path));
  for (const std::string& name : names) {
    RETURN_IF_ERROR(fs.Remove(absl::StrCat(path, "/", name)));
  }
  return fs.RemoveDirectory(path);
}

bool IsTableDirectory(std::string_view name) {
  return name.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

absl::StatusOr<RestoredDirectory> RestoredDirectory::Begin(FileSystem* fs,
                                                           std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  RETURN_IF_ERROR(CheckContents(*fs, path));
  absl::StatusOr<std::unique_ptr<FileLock>> lock =
      fs->Lock(absl::StrCat(path, "/", kLock));
  if (absl::IsFailedPrecondition(lock.status())) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ": in use by another process"));
  }
  if (!lock.ok()) return lock.status();
  RestoredDirectory directory(fs, std::move(path), *std::move(lock));
  RETURN_IF_ERROR(WriteText(
      *fs, absl::StrCat(directory.path_, "/", kUnfinishedRestore),
      "rowan backup restore works here, or was cut short: run it again\n"));
  RETURN_IF_ERROR(fs->SyncDirectory(directory.path_));
  RETURN_IF_ERROR(SyncNames(*fs, directory.path_));
  RETURN_IF_ERROR(directory.Clear());
  return directory;
}

absl::Status RestoredDirectory::Clear() {
  ASSIGN_OR_RETURN(const bool storage, fs_->Exists(StoragePath()));
  if (storage) {
    ASSIGN_OR_RETURN(const auto names, fs_->List(StoragePath()));
    for (const std::string& name : names) {
      if (!IsTableDirectory(name)) continue;
      RETURN_IF_ERROR(
          RemoveFolder(*fs_, absl::StrCat(StoragePath(), "/", name)));
    }
    RETURN_IF_ERROR(RemoveFolder(*fs_, StoragePath()));
  }
  RETURN_IF_ERROR(RemoveFolder(*fs_, LogPath()));
  return RemoveFolder(*fs_, MetadataPath());
}

std::string RestoredDirectory::SSTablePath(
    const Backup::SSTableName& name) const {
  return absl::StrCat(StoragePath(), "/", TableDirectoryName(name.first), "/",
                      SSTableFileName(name.second));
}

absl::Status RestoredDirectory::Write(const Backup& backup,
                                      const ObjectStore& objects) {
  for (const std::string& folder : {StoragePath(), LogPath(), MetadataPath()}) {
    RETURN_IF_ERROR(fs_->CreateDirectory(folder));
  }
  RETURN_IF_ERROR(fs_->SyncDirectory(path_));
  RETURN_IF_ERROR(WriteSSTables(backup, objects));
  RETURN_IF_ERROR(WriteManifest(backup));
  RETURN_IF_ERROR(WriteLog(backup, objects));
  return WriteMetadata(backup);
}

absl::Status RestoredDirectory::WriteSSTables(const Backup& backup,
                                              const ObjectStore& objects) {
  std::set<std::string> folders;
  for (const auto& [name, object] : backup.sstables) {
    const std::string folder =
        absl::StrCat(StoragePath(), "/", TableDirectoryName(name.first));
    if (folders.insert(folder).second) {
      RETURN_IF_ERROR(fs_->CreateDirectory(folder));
    }
    RETURN_IF_ERROR(objects.Check(object, SSTablePath(name)));
  }
  for (const std::string& folder : folders) {
    RETURN_IF_ERROR(fs_->SyncDirectory(folder));
  }
  return fs_->SyncDirectory(StoragePath());
}

absl::Status RestoredDirectory::WriteManifest(const Backup& backup) {
  ASSIGN_OR_RETURN(std::unique_ptr<Manifest> manifest,
                   Manifest::Open(fs_, StoragePath()));
  return manifest->Commit(SnapshotOf(backup.manifest));
}

absl::Status RestoredDirectory::WriteLog(const Backup& backup,
                                         const ObjectStore& objects) {
  for (const Backup::LogFile& file : backup.log.files) {
    RETURN_IF_ERROR(objects.Check(
        file.object, absl::StrCat(LogPath(), "/", file.name), file.file_bytes));
  }
  return fs_->SyncDirectory(LogPath());
}

absl::Status RestoredDirectory::WriteMetadata(const Backup& backup) {
  ASSIGN_OR_RETURN(auto metadata,
                   LocalMetadataStore::Open(fs_, MetadataPath()));
  RETURN_IF_ERROR(metadata->Cas(kCatalogue, 0, backup.catalogue).status());
  std::string bound;
  PutLittle<int64_t>(backup.timestamps_below_us, &bound);
  return ReplaceCheckedFile(
      *fs_, path_, kClock,
      {.version = static_cast<uint64_t>(backup.timestamps_below_us),
       .payload = bound});
}

absl::StatusOr<Backup> RestoredDirectory::Read(const Backup& like) const {
  // What a data directory doesn't hold is taken as it was.
  Backup found{.created_at_us = like.created_at_us,
               .node_id = like.node_id,
               .node_name = like.node_name,
               .catalogue_version = like.catalogue_version};
  found.log.from = like.log.from;
  found.log.end = like.log.end;
  ASSIGN_OR_RETURN(const std::unique_ptr<Manifest> manifest,
                   Manifest::Open(fs_, StoragePath()));
  found.manifest = manifest->state();
  RETURN_IF_ERROR(ReadSSTables(&found));
  RETURN_IF_ERROR(ReadLog(&found));
  RETURN_IF_ERROR(ReadMetadata(&found));
  return found;
}

absl::Status RestoredDirectory::ReadSSTables(Backup* backup) const {
  for (const auto& [id, table] : backup->manifest.tables) {
    for (const auto& [partition_id, partition] : table.partitions) {
      for (const ManifestFile& file : partition.files) {
        const Backup::SSTableName name(id, file.file);
        const absl::StatusOr<uint64_t> bytes =
            FileBytes(fs_, SSTablePath(name));
        if (absl::IsNotFound(bytes.status())) continue;
        if (!bytes.ok()) return bytes.status();
        ASSIGN_OR_RETURN(backup->sstables[name],
                         CopyWhole(fs_, SSTablePath(name), "", *bytes));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status RestoredDirectory::ReadLog(Backup* backup) const {
  ASSIGN_OR_RETURN(backup->log.files, DescribeLogFiles(fs_, LogPath()));
  for (Backup::LogFile& file : backup->log.files) {
    ASSIGN_OR_RETURN(file.object,
                     CopyWhole(fs_, absl::StrCat(LogPath(), "/", file.name), "",
                               file.object.bytes));
  }
  return absl::OkStatus();
}

absl::Status RestoredDirectory::ReadMetadata(Backup* backup) const {
  ASSIGN_OR_RETURN(auto metadata,
                   LocalMetadataStore::Open(fs_, MetadataPath()));
  ASSIGN_OR_RETURN(VersionedValue catalogue, metadata->Get(kCatalogue));
  backup->catalogue = std::move(catalogue.value);
  const std::string clock_path = absl::StrCat(path_, "/", kClock);
  const absl::StatusOr<CheckedFile> clock = ReadCheckedFile(*fs_, clock_path);
  if (!clock.ok()) return clock.status();
  if (clock->payload.size() != sizeof(int64_t)) {
    return absl::DataLossError(absl::StrCat(clock_path, ": malformed"));
  }
  backup->timestamps_below_us = LoadLittle<int64_t>(clock->payload.data());
  return absl::OkStatus();
}

absl::Status RestoredDirectory::Finish(const Identity& identity) {
  RETURN_IF_ERROR(
      ReplaceCheckedFile(*fs_, path_, kIdentity,
                         {.version = 1, .payload = EncodeIdentity(identity)}));
  RETURN_IF_ERROR(fs_->Remove(absl::StrCat(path_, "/", kUnfinishedRestore)));
  return fs_->SyncDirectory(path_);
}

}  // namespace rowan
