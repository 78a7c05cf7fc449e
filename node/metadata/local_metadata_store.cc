// SPDX-License-Identifier: Apache-2.0
#include "node/metadata/local_metadata_store.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/metadata/checked_file.h"
#include "storage/base/logging.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

constexpr char kCopySuffix[] = ".copy";

// Of a key's two files the one that counts. What was acknowledged is in both,
// so that the older one of two is behind, and either may stand for the other.
absl::StatusOr<CheckedFile> Newest(const absl::StatusOr<CheckedFile>& first,
                                   const absl::StatusOr<CheckedFile>& second) {
  for (const auto* file : {&first, &second}) {
    // A later program's file, or one that can't be looked at now, is not to be
    // written over.
    if (!file->ok() && !absl::IsNotFound(file->status()) &&
        !absl::IsDataLoss(file->status())) {
      return file->status();
    }
  }
  if (first.ok() && second.ok()) {
    return second->version > first->version ? second : first;
  }
  if (second.ok() || absl::IsNotFound(first.status())) return second;
  return first;
}

}  // namespace

absl::StatusOr<std::unique_ptr<LocalMetadataStore>> LocalMetadataStore::Open(
    FileSystem* file_system, std::string directory) {
  RETURN_IF_ERROR(file_system->CreateDirectory(directory));
  // The process before this one may have died between a rename and its sync.
  RETURN_IF_ERROR(file_system->SyncDirectory(directory));
  return std::unique_ptr<LocalMetadataStore>(
      new LocalMetadataStore(file_system, std::move(directory)));
}

absl::StatusOr<VersionedValue> LocalMetadataStore::Load(std::string_view key) {
  const auto settled = settled_.find(key);
  if (settled != settled_.end()) return settled->second;
  const std::string path = PathOf(key);
  const auto first = ReadCheckedFile(*file_system_, path);
  const auto second =
      ReadCheckedFile(*file_system_, absl::StrCat(path, kCopySuffix));
  if (absl::IsNotFound(first.status()) && absl::IsNotFound(second.status())) {
    return VersionedValue{};
  }
  ASSIGN_OR_RETURN(CheckedFile newest, Newest(first, second));
  VersionedValue value{std::move(newest.payload), newest.version};
  const bool alike = first.ok() && second.ok() &&
                     first->version == second->version &&
                     first->payload == second->payload;
  if (!alike && !unsettled_.contains(key)) {
    Log(LogLevel::kWarning, "metadata written again to both of its files",
        {{"first", first.status()}, {"copy", second.status()}});
  }
  if (!alike || unsettled_.contains(key)) {
    RETURN_IF_ERROR(Store(key, value));
  } else {
    settled_[std::string(key)] = value;
  }
  return value;
}

absl::Status LocalMetadataStore::Store(std::string_view key,
                                       const VersionedValue& value) {
  const std::string name(key);
  const std::string path = PathOf(key);
  const std::string copy = absl::StrCat(path, kCopySuffix);
  const CheckedFile file{.version = value.version, .payload = value.value};
  RETURN_IF_ERROR(WriteCheckedFile(*file_system_, path + ".tmp", file));
  RETURN_IF_ERROR(WriteCheckedFile(*file_system_, copy + ".tmp", file));
  // From here on the disk may hold either, until the directory is synced.
  settled_.erase(name);
  unsettled_.insert(name);
  RETURN_IF_ERROR(file_system_->Rename(path + ".tmp", path));
  RETURN_IF_ERROR(file_system_->Rename(copy + ".tmp", copy));
  RETURN_IF_ERROR(file_system_->SyncDirectory(directory_));
  unsettled_.erase(name);
  settled_[name] = value;
  return absl::OkStatus();
}

absl::StatusOr<VersionedValue> LocalMetadataStore::Get(std::string_view key) {
  MutexLock lock(mutex_);
  return Load(key);
}

absl::StatusOr<uint64_t> LocalMetadataStore::Cas(std::string_view key,
                                                 uint64_t expected,
                                                 std::string_view value) {
  MutexLock lock(mutex_);
  ASSIGN_OR_RETURN(const VersionedValue now, Load(key));
  if (now.version != expected) {
    return absl::AbortedError(
        absl::StrCat("version is ", now.version, " and not ", expected));
  }
  RETURN_IF_ERROR(Store(key, {std::string(value), expected + 1}));
  return expected + 1;
}

}  // namespace rowan
