// SPDX-License-Identifier: Apache-2.0
#include "node/backup/object_store.h"

#include <memory>
#include <utility>

#include "storage/base/status_macros.h"

namespace rowan {

std::string ObjectStore::FolderOf(const Digest& digest) const {
  return absl::StrCat(directory_, "/", digest.Hex().substr(0, 2));
}

std::string ObjectStore::PathOf(const Digest& digest) const {
  return absl::StrCat(FolderOf(digest), "/", digest.Hex());
}

absl::StatusOr<bool> ObjectStore::Has(const StoredObject& object) const {
  const absl::StatusOr<uint64_t> bytes = FileBytes(fs_, PathOf(object.digest));
  if (absl::IsNotFound(bytes.status())) return false;
  if (!bytes.ok()) return bytes.status();
  return *bytes == object.bytes;
}

absl::Status ObjectStore::Check(const StoredObject& object,
                                const std::string& copied_to,
                                uint64_t file_bytes) const {
  const std::string path = PathOf(object.digest);
  const absl::StatusOr<uint64_t> bytes = FileBytes(fs_, path);
  if (absl::IsNotFound(bytes.status())) {
    return absl::DataLossError(absl::StrCat(path, ": is missing"));
  }
  if (!bytes.ok()) return bytes.status();
  if (*bytes != object.bytes) {
    return absl::DataLossError(absl::StrCat(
        path, ": has ", *bytes, " bytes instead of ", object.bytes));
  }
  ASSIGN_OR_RETURN(const StoredObject found,
                   CopyWhole(fs_, path, copied_to, object.bytes, file_bytes));
  if (found.digest == object.digest) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(
      path, ": its bytes are others, of digest ", found.digest.Hex()));
}

absl::Status ObjectStore::RemoveIncoming() {
  // Not written over: after a power cut amid a rename the name may be one more
  // of an object.
  ASSIGN_OR_RETURN(const bool left_over, fs_->Exists(IncomingPath()));
  return left_over ? fs_->Remove(IncomingPath()) : absl::OkStatus();
}

absl::StatusOr<FileCopy> ObjectStore::BeginAdd(const std::string& from,
                                               uint64_t bytes) {
  RETURN_IF_ERROR(RemoveIncoming());
  return FileCopy::Begin(fs_, from, IncomingPath(), bytes);
}

absl::StatusOr<StoredObject> ObjectStore::EndAdd(const FileCopy& copy) {
  const StoredObject object = copy.result();
  RETURN_IF_ERROR(fs_->CreateDirectory(FolderOf(object.digest)));
  RETURN_IF_ERROR(fs_->Rename(IncomingPath(), PathOf(object.digest)));
  return object;
}

absl::Status ObjectStore::Sync(const std::vector<StoredObject>& objects) {
  std::set<std::string> folders;
  for (const StoredObject& object : objects) {
    folders.insert(FolderOf(object.digest));
  }
  for (const std::string& folder : folders) {
    RETURN_IF_ERROR(fs_->SyncDirectory(folder));
  }
  return fs_->SyncDirectory(directory_);
}

}  // namespace rowan
