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
  return VersionedValue{std::move(file->payload), file->version};
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
  RETURN_IF_ERROR(ReplaceCheckedFile(
      *file_system_, directory_, std::string(key),
      {.version = expected + 1, .payload = std::string(value)}));
  return expected + 1;
}

}  // namespace rowan
