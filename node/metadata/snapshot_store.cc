// SPDX-License-Identifier: Apache-2.0
#include "node/metadata/snapshot_store.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/metadata/checked_pair.h"
#include "node/metadata/snapshot_codec.h"
#include "storage/base/error_reason.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

constexpr char kDescription[] = "snapshot";
constexpr uint64_t kDescriptionVersion = 1;

bool IsNameByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

bool IsDescription(const std::string& name) {
  return name == kDescription || name == CheckedCopyName(kDescription);
}

absl::StatusOr<Snapshot> DecodeDescription(const CheckedFile& file) {
  if (file.version != kDescriptionVersion) {
    return absl::FailedPreconditionError(
        absl::StrCat("its description is version ", file.version,
                     "; this program knows version ", kDescriptionVersion));
  }
  return DecodeSnapshot(file.payload);
}

template <typename Check>
auto JudgeBy(Check check) {
  return [check](const CheckedFile& file) -> absl::Status {
    ASSIGN_OR_RETURN(const Snapshot snapshot, DecodeDescription(file));
    return check(snapshot);
  };
}

// Whether Create, cut short anywhere, may have left a file of that name.
bool IsOurs(std::string_view name) {
  for (const std::string& ours :
       {std::string(kDescription), CheckedCopyName(kDescription)}) {
    if (name == ours || name == ours + ".tmp") return true;
  }
  return name.ends_with(".sst") && name.size() > 4 &&
         name.find_first_not_of("0123456789") == name.size() - 4;
}

absl::Status NoSnapshot(std::string_view name) {
  return absl::NotFoundError(absl::StrCat(
      "snapshot '", std::string(name.substr(0, 128)), "' doesn't exist"));
}

SnapshotInfo InfoOf(const std::string& name, const Snapshot& snapshot) {
  SnapshotInfo info{.name = name,
                    .created_at_us = snapshot.created_at_us,
                    .keyspace = snapshot.schema.keyspace,
                    .table = snapshot.schema.table};
  for (const auto& partition : snapshot.files.partitions) {
    info.sstables += partition.files.size();
    for (const auto& file : partition.files) info.bytes += file.bytes;
  }
  return info;
}

}  // namespace

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
  for (const std::string& name : names) {
    const absl::Status status = LoadOne(name);
    if (status.ok()) continue;
    notes_.push_back(absl::StrCat(
        PathOf(name), " is no snapshot of use, and stays: ", status.message()));
    SetState(name, State::kLeft);
  }
  return absl::OkStatus();
}

absl::Status SnapshotStore::LoadOne(const std::string& name) {
  if (!ValidName(name)) {
    return absl::InvalidArgumentError("no snapshot has such a name");
  }
  const std::string path = PathOf(name);
  const absl::Status opened =
      OpenCheckedPair(*file_system_, path, kDescription,
                      JudgeBy([&](const Snapshot& snapshot) {
                        return CheckComplete(path, snapshot);
                      }))
          .status();
  const bool cut_short = absl::IsNotFound(opened);
  if (!cut_short) RETURN_IF_ERROR(opened);
  // A process may have died between making or removing the description and its
  // sync. A power cut is not to take back what is seen now.
  RETURN_IF_ERROR(file_system_->SyncDirectory(path));
  if (cut_short) return RemoveLinks(path);
  ASSIGN_OR_RETURN(const Snapshot snapshot, ReadFrom(path));
  MutexLock lock(mutex_);
  entries_[name] = {State::kThere, InfoOf(name, snapshot)};
  return absl::OkStatus();
}

absl::StatusOr<Snapshot> SnapshotStore::ReadFrom(
    const std::string& path) const {
  ASSIGN_OR_RETURN(const CheckedPair pair,
                   ReadCheckedPair(*file_system_, path, kDescription,
                                   JudgeBy([&](const Snapshot& snapshot) {
                                     return CheckComplete(path, snapshot);
                                   })));
  return DecodeDescription(pair.file);
}

// The description of another snapshot names others of the files, or fewer.
absl::Status SnapshotStore::CheckComplete(const std::string& path,
                                          const Snapshot& snapshot) const {
  std::set<std::string> named;
  for (const TableFiles::Partition& partition : snapshot.files.partitions) {
    for (const auto& file : partition.files) named.insert(file.name);
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> names,
                   file_system_->List(path));
  for (const std::string& name : names) {
    if (!name.ends_with(".sst") || named.contains(name)) continue;
    return absl::DataLossError(absl::StrCat("does not name ", name,
                                            ", so it is not of this snapshot"));
  }
  return absl::OkStatus();
}

absl::Status SnapshotStore::RemoveDescription(const std::string& path) {
  for (const std::string& name :
       {std::string(kDescription), CheckedCopyName(kDescription)}) {
    const absl::Status removed =
        file_system_->Remove(absl::StrCat(path, "/", name));
    if (!absl::IsNotFound(removed)) RETURN_IF_ERROR(removed);
  }
  return file_system_->SyncDirectory(path);
}

absl::Status SnapshotStore::RemoveLinks(const std::string& path) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names,
                   file_system_->List(path));
  for (const std::string& name : names) {
    if (IsOurs(name)) continue;
    return absl::FailedPreconditionError(
        absl::StrCat("it holds ", name, ", which no snapshot does"));
  }
  if (std::any_of(names.begin(), names.end(), IsDescription)) {
    RETURN_IF_ERROR(RemoveDescription(path));
  }
  for (const std::string& name : names) {
    if (IsDescription(name)) continue;
    RETURN_IF_ERROR(file_system_->Remove(absl::StrCat(path, "/", name)));
  }
  return file_system_->RemoveDirectory(path);
}

void SnapshotStore::SetState(const std::string& name, State state) {
  MutexLock lock(mutex_);
  entries_[name].state = state;
}

absl::StatusOr<std::string> SnapshotStore::TakeFreeName(std::string_view name,
                                                        bool or_like_it) {
  MutexLock lock(mutex_);
  if (entries_.size() >= kSnapshotsMax) {
    return WithReason(absl::ResourceExhaustedError(
                          absl::StrCat("the node holds ", kSnapshotsMax,
                                       " snapshots, its limit; drop some")),
                      "OVER_LIMIT");
  }
  std::string free(name);
  for (size_t i = 2;; ++i) {
    if (!ValidName(free)) {
      return absl::InvalidArgumentError(
          absl::StrCat("a snapshot's name is 1..", kNameBytesMax,
                       " of [A-Za-z0-9._-], not starting with a point"));
    }
    if (entries_.try_emplace(free).second) return free;
    if (!or_like_it) {
      return absl::AlreadyExistsError(
          absl::StrCat("snapshot '", free, "' exists already"));
    }
    free = absl::StrCat(std::string(name), "-", i);
  }
}

absl::StatusOr<std::string> SnapshotStore::TakeName(std::string_view name,
                                                    bool or_like_it) {
  for (;;) {  // each turn takes a name that somebody else put there
    ASSIGN_OR_RETURN(std::string free, TakeFreeName(name, or_like_it));
    const absl::StatusOr<bool> there = file_system_->Exists(PathOf(free));
    if (there.ok() && !*there) return free;
    SetState(free, State::kLeft);
    RETURN_IF_ERROR(there.status());
    if (!or_like_it) {
      return absl::AlreadyExistsError(
          absl::StrCat(PathOf(free), " exists already"));
    }
  }
}

absl::StatusOr<SnapshotInfo> SnapshotStore::Create(
    std::string_view name, bool or_like_it, int64_t created_at_us,
    const Schema& schema,
    absl::FunctionRef<absl::StatusOr<TableFiles>(const std::string&)> link) {
  ASSIGN_OR_RETURN(const std::string taken, TakeName(name, or_like_it));
  const std::string path = PathOf(taken);
  Snapshot snapshot{.created_at_us = created_at_us, .schema = schema};
  const auto make = [&]() -> absl::Status {
    RETURN_IF_ERROR(file_system_->CreateDirectory(path));
    ASSIGN_OR_RETURN(snapshot.files, link(path));
    RETURN_IF_ERROR(file_system_->SyncDirectory(directory_));
    return ReplaceCheckedPair(
        *file_system_, path, kDescription,
        {.version = kDescriptionVersion, .payload = EncodeSnapshot(snapshot)});
  };
  const absl::Status status = make();
  const bool gone = !status.ok() && RemoveLinks(path).ok();
  MutexLock lock(mutex_);
  const auto entry = entries_.find(taken);
  if (status.ok()) {
    entry->second = {State::kThere, InfoOf(taken, snapshot)};
    return entry->second.info;
  }
  entry->second.state = State::kLeft;  // until the next start removes it
  if (gone) entries_.erase(entry);
  return Annotate(status, absl::StrCat("snapshot '", taken, "'"));
}

absl::StatusOr<Snapshot> SnapshotStore::Read(std::string_view name) const {
  {
    MutexLock lock(mutex_);
    const auto found = entries_.find(name);
    if (found == entries_.end() || found->second.state != State::kThere) {
      return NoSnapshot(name);
    }
  }
  absl::StatusOr<Snapshot> snapshot = ReadFrom(PathOf(name));
  // Dropped meanwhile, or taken away by hand.
  if (absl::IsNotFound(snapshot.status())) return NoSnapshot(name);
  return snapshot;
}

absl::Status SnapshotStore::Drop(std::string_view name) {
  const std::string path = PathOf(name), taken(name);
  {
    MutexLock lock(mutex_);
    const auto found = entries_.find(name);
    if (found == entries_.end() || found->second.state != State::kThere) {
      return NoSnapshot(name);
    }
    found->second.state = State::kBusy;
  }
  // Until that is durable it may come back, and needs all its files.
  absl::Status status = RemoveDescription(path);
  if (status.ok()) status = RemoveLinks(path);
  if (status.ok()) status = file_system_->SyncDirectory(directory_);
  if (!status.ok()) {
    SetState(taken, ReadFrom(path).ok() ? State::kThere : State::kLeft);
    return status;
  }
  MutexLock lock(mutex_);
  entries_.erase(taken);
  return status;
}

std::vector<SnapshotInfo> SnapshotStore::List(std::string_view after,
                                              size_t max) const {
  std::vector<SnapshotInfo> infos;
  MutexLock lock(mutex_);
  for (auto entry = entries_.upper_bound(after);
       entry != entries_.end() && infos.size() < max; ++entry) {
    if (entry->second.state == State::kThere) {
      infos.push_back(entry->second.info);
    }
  }
  return infos;
}

}  // namespace rowan
