// SPDX-License-Identifier: Apache-2.0
#include "node/metadata/local_metadata_store.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/metadata/checked_file.h"
#include "storage/base/status_macros.h"

namespace rowan {

absl::StatusOr<std::unique_ptr<LocalMetadataStore>> LocalMetadataStore::Open(
    FileSystem* file_system, std::string directory) {
  RETURN_IF_ERROR(file_system->CreateDirectory(directory));
  return std::unique_ptr<LocalMetadataStore>(
      new LocalMetadataStore(file_system, std::move(directory)));
}

absl::StatusOr<VersionedValue> LocalMetadataStore::Load(std::string_view key) {
  absl::StatusOr<CheckedFile> file =
      ReadCheckedFile(*file_system_, directory_ + "/" + std::string(key));
  if (absl::IsNotFound(file.status())) return VersionedValue{};
  if (!file.ok()) return file.status();
  VersionedValue value{std::move(file->payload), file->version};
  const auto unsettled = unsettled_.find(key);
  if (unsettled != unsettled_.end() && unsettled->second == value.version) {
    RETURN_IF_ERROR(Store(key, value));
  }
  return value;
}

absl::Status LocalMetadataStore::Store(std::string_view key,
                                       const VersionedValue& value) {
  const std::string name(key);
  unsettled_[name] = value.version;
  RETURN_IF_ERROR(
      ReplaceCheckedFile(*file_system_, directory_, name,
                         {.version = value.version, .payload = value.value}));
  unsettled_.erase(name);
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
