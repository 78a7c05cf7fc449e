// SPDX-License-Identifier: Apache-2.0
#include "node/metadata/data_directory.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "node/metadata/checked_pair.h"
#include "node/metadata/directory_names.h"
#include "node/metadata/identity.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

constexpr char kIdentity[] = "identity";
constexpr char kLock[] = "LOCK";

// Before the lock is taken, which makes a file: a directory with foreign files
// in it stays as it is.
absl::Status CheckContents(FileSystem& fs, const std::string& path) {
  absl::StatusOr<bool> exists = fs.Exists(path);
  if (!exists.ok()) return exists.status();
  if (!*exists) return fs.CreateDirectory(path);
  ASSIGN_OR_RETURN(const std::vector<std::string> names, fs.List(path));
  const bool ours =
      std::any_of(names.begin(), names.end(), [](const std::string& name) {
        return name == kIdentity || name == CheckedCopyName(kIdentity);
      });
  // What a start that was cut short may have left.
  const bool fresh =
      std::all_of(names.begin(), names.end(), [](const std::string& name) {
        return name == kLock || name == std::string(kIdentity) + ".tmp" ||
               name == CheckedCopyName(kIdentity) + ".tmp";
      });
  if (ours || fresh) return absl::OkStatus();
  if (std::find(names.begin(), names.end(), kUnfinishedRestore) !=
      names.end()) {
    return absl::FailedPreconditionError(
        "a restore into it was cut short; run the same rowan backup restore "
        "again");
  }
  return absl::FailedPreconditionError(
      "it holds files, but none of a Rowan node; name an empty directory");
}

}  // namespace

absl::StatusOr<std::unique_ptr<DataDirectory>> DataDirectory::Open(
    FileSystem* file_system, std::string path, const std::string& node_name,
    Random* random) {
  const std::string where = absl::StrCat("data directory ", path);
  RETURN_IF_ERROR(Annotate(CheckContents(*file_system, path), where));
  absl::StatusOr<std::unique_ptr<FileLock>> lock =
      file_system->Lock(absl::StrCat(path, "/", kLock));
  if (absl::IsFailedPrecondition(lock.status())) {
    return absl::FailedPreconditionError(
        absl::StrCat(where, ": in use by another process"));
  }
  if (!lock.ok()) return Annotate(lock.status(), where);
  auto directory = std::unique_ptr<DataDirectory>(
      new DataDirectory(std::move(path), *std::move(lock)));

  absl::StatusOr<CheckedFile> file = OpenCheckedPair(
      *file_system, directory->path_, kIdentity, [](const CheckedFile& one) {
        return DecodeIdentity(one.payload).status();
      });
  Identity identity;
  if (absl::IsNotFound(file.status())) {
    // What has an identity is there for good.
    RETURN_IF_ERROR(Annotate(SyncNames(*file_system, directory->path_), where));
    identity = NewIdentity(node_name, random);
    RETURN_IF_ERROR(Annotate(
        ReplaceCheckedPair(*file_system, directory->path_, kIdentity,
                           {.version = 1, .payload = EncodeIdentity(identity)}),
        where));
  } else {
    if (!file.ok()) return Annotate(file.status(), where);
    absl::StatusOr<Identity> decoded = DecodeIdentity(file->payload);
    if (!decoded.ok()) return Annotate(decoded.status(), where);
    identity = *std::move(decoded);
  }
  if (!node_name.empty() && node_name != identity.node_name) {
    return absl::FailedPreconditionError(
        absl::StrCat(where, ": belongs to node '", identity.node_name,
                     "', not to '", node_name, "'"));
  }
  directory->node_name_ = std::move(identity.node_name);
  directory->node_id_ = std::move(identity.node_id);
  return directory;
}

}  // namespace rowan
