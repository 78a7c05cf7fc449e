// SPDX-License-Identifier: Apache-2.0
#include "node/metadata/snapshot_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/metadata/checked_file.h"
#include "node/metadata/snapshot_codec.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

constexpr char kDescription[] = "snapshot";

bool IsNameByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

absl::Status NoSnapshot(std::string_view name) {
  return absl::NotFoundError(absl::StrCat(
      "snapshot '", std::string(name.substr(0, 128)), "' doesn't exist"));
}

}  // namespace

uint64_t Snapshot::file_count() const {
  uint64_t count = 0;
  for (const auto& partition : files.partitions) {
    count += partition.files.size();
  }
  return count;
}

uint64_t Snapshot::bytes() const {
  uint64_t bytes = 0;
  for (const auto& partition : files.partitions) {
    for (const auto& file : partition.files) bytes += file.bytes;
  }
  return bytes;
}

bool SnapshotStore::ValidName(std::string_view name) {
  return !name.empty() && name.size() <= kNameBytesMax && name[0] != '.' &&
         std::all_of(name.begin(), name.end(), IsNameByte);
}

std::string SnapshotStore::PathOf(std::string_view name) const {
  return absl::StrCat(directory_, "/", std::string(name));
}

absl::StatusOr<std::unique_ptr<SnapshotStore>> SnapshotStore::Open(
    FileSystem* file_system, std::string directory) {
  RETURN_IF_ERROR(file_system->CreateDirectory(directory));
  RETURN_IF_ERROR(
      file_system->SyncDirectory(directory.substr(0, directory.rfind('/'))));
  auto store = std::unique_ptr<SnapshotStore>(
      new SnapshotStore(file_system, std::move(directory)));
  RETURN_IF_ERROR(store->Load());
  return store;
}

absl::Status SnapshotStore::Load() {
  ASSIGN_OR_RETURN(const std::vector<std::string> names,
                   file_system_->List(directory_));
  MutexLock lock(mutex_);
  for (const std::string& name : names) {
    const std::string path = PathOf(name);
    const auto file =
        ReadCheckedFile(*file_system_, absl::StrCat(path, "/", kDescription));
    absl::Status status = file.status();
    if (absl::IsNotFound(status)) {
      status = RemoveLinks(path);
      if (status.ok()) continue;
    }
    absl::StatusOr<Snapshot> snapshot = file.ok()
                                            ? DecodeSnapshot(file->payload)
                                            : absl::StatusOr<Snapshot>(status);
    if (!snapshot.ok() || !ValidName(name)) {
      notes_.push_back(absl::StrCat(path, " is no snapshot of use, and stays: ",
                                    snapshot.status().message()));
      continue;
    }
    snapshot->name = name;
    snapshots_[name] = std::make_shared<const Snapshot>(*std::move(snapshot));
  }
  return absl::OkStatus();
}

absl::Status SnapshotStore::RemoveLinks(const std::string& path) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names,
                   file_system_->List(path));
  for (const std::string& name : names) {
    if (!name.ends_with(".sst") && !name.starts_with(kDescription)) continue;
    RETURN_IF_ERROR(file_system_->Remove(absl::StrCat(path, "/", name)));
  }
  return file_system_->RemoveDirectory(path);
}

absl::StatusOr<std::string> SnapshotStore::FreeName(std::string_view name,
                                                    bool or_like_it) const {
  if (snapshots_.size() >= kSnapshotsMax) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "the node holds ", kSnapshotsMax, " snapshots, its limit; drop some"));
  }
  std::string free(name);
  for (size_t i = 2;; ++i) {
    if (!ValidName(free)) {
      return absl::InvalidArgumentError(
          absl::StrCat("a snapshot's name is 1..", kNameBytesMax,
                       " of [A-Za-z0-9._-], not starting with a point"));
    }
    // What couldn't be read at the start is on the disk, not in the map.
    ASSIGN_OR_RETURN(const bool taken, file_system_->Exists(PathOf(free)));
    if (!taken) return free;
    if (!or_like_it) {
      return absl::AlreadyExistsError(
          absl::StrCat("snapshot '", free, "' exists already"));
    }
    free = absl::StrCat(std::string(name), "-", i);
  }
}

absl::StatusOr<SnapshotStore::SnapshotPtr> SnapshotStore::Create(
    std::string_view name, bool or_like_it, int64_t created_at_us,
    const Schema& schema,
    absl::FunctionRef<absl::StatusOr<TableFiles>(const std::string&)> link) {
  MutexLock lock(mutex_);
  auto snapshot = std::make_shared<Snapshot>();
  ASSIGN_OR_RETURN(snapshot->name, FreeName(name, or_like_it));
  snapshot->created_at_us = created_at_us;
  snapshot->schema = schema;
  const std::string path = PathOf(snapshot->name);
  const auto make = [&]() -> absl::Status {
    RETURN_IF_ERROR(file_system_->CreateDirectory(path));
    ASSIGN_OR_RETURN(snapshot->files, link(path));
    RETURN_IF_ERROR(file_system_->SyncDirectory(directory_));
    return ReplaceCheckedFile(
        *file_system_, path, kDescription,
        {.version = 1, .payload = EncodeSnapshot(*snapshot)});
  };
  if (absl::Status status = make(); !status.ok()) {
    (void)RemoveLinks(path);  // the next start does what this can't
    return Annotate(status, absl::StrCat("snapshot '", snapshot->name, "'"));
  }
  snapshots_[snapshot->name] = snapshot;
  return snapshot;
}

absl::StatusOr<SnapshotStore::SnapshotPtr> SnapshotStore::Find(
    std::string_view name) const {
  MutexLock lock(mutex_);
  const auto found = snapshots_.find(name);
  if (found == snapshots_.end()) return NoSnapshot(name);
  return found->second;
}

absl::Status SnapshotStore::Drop(std::string_view name) {
  MutexLock lock(mutex_);
  const auto found = snapshots_.find(name);
  if (found == snapshots_.end()) return NoSnapshot(name);
  const std::string path = PathOf(name);
  RETURN_IF_ERROR(file_system_->Remove(absl::StrCat(path, "/", kDescription)));
  snapshots_.erase(found);
  RETURN_IF_ERROR(file_system_->SyncDirectory(path));
  RETURN_IF_ERROR(RemoveLinks(path));
  return file_system_->SyncDirectory(directory_);
}

SnapshotStore::Map SnapshotStore::List() const {
  MutexLock lock(mutex_);
  return snapshots_;
}

}  // namespace rowan
