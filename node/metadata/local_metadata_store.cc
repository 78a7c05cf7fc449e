// SPDX-License-Identifier: Apache-2.0
#include "node/metadata/local_metadata_store.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/metadata/checked_pair.h"
#include "storage/base/logging.h"
#include "storage/base/status_macros.h"

namespace rowan {
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
  absl::StatusOr<CheckedPair> pair =
      ReadCheckedPair(*file_system_, directory_, key,
                      [](const CheckedFile&) { return absl::OkStatus(); });
  if (absl::IsNotFound(pair.status())) return VersionedValue{};
  RETURN_IF_ERROR(pair.status());
  VersionedValue value{std::move(pair->file.payload), pair->file.version};
  if (!pair->alike && !unsettled_.contains(key)) {
    Log(LogLevel::kWarning, "metadata written again to both of its files",
        {{"first", pair->first}, {"copy", pair->copy}});
  }
  if (!pair->alike || unsettled_.contains(key)) {
    RETURN_IF_ERROR(Store(key, value));
  } else {
    settled_[std::string(key)] = value;
  }
  return value;
}

absl::Status LocalMetadataStore::Store(std::string_view key,
                                       const VersionedValue& value) {
  const std::string name(key);
  RETURN_IF_ERROR(
      StageCheckedPair(*file_system_, directory_, key,
                       {.version = value.version, .payload = value.value}));
  // From here on the disk may hold either, until the directory is synced.
  settled_.erase(name);
  unsettled_.insert(name);
  RETURN_IF_ERROR(PublishCheckedPair(*file_system_, directory_, key));
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
