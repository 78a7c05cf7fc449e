// SPDX-License-Identifier: Apache-2.0
#include "node/metadata/catalogue_history.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "node/metadata/checked_file.h"
#include "storage/base/coding.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

std::string NameOf(uint64_t version) {
  return absl::StrFormat("%020d", version);
}

bool IsVersionName(const std::string& name) {
  return name.size() == 20 &&
         name.find_first_not_of("0123456789") == std::string::npos;
}

std::string ParentOf(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

std::string Encode(const CatalogueVersion& version) {
  std::string out;
  PutLittle<int64_t>(version.wall_us, &out);
  PutLittle<uint64_t>(version.position.value, &out);
  PutLittle<uint32_t>(version.restored_table.value, &out);
  return out + version.catalogue;
}

absl::StatusOr<CatalogueVersion> Decode(const CheckedFile& file) {
  CatalogueVersion version;
  version.version = file.version;
  std::string_view in = file.payload;
  if (!GetLittle(&in, &version.wall_us) ||
      !GetLittle(&in, &version.position.value) ||
      !GetLittle(&in, &version.restored_table.value)) {
    return absl::DataLossError("a version of the catalogue is malformed");
  }
  version.catalogue = in;
  return version;
}

}  // namespace

absl::Status CatalogueHistory::Record(uint64_t version, TableId restored_table,
                                      std::string_view catalogue) {
  RETURN_IF_ERROR(fs_->CreateDirectory(directory_));
  RETURN_IF_ERROR(fs_->SyncDirectory(ParentOf(directory_)));
  const std::string payload = Encode({.version = version,
                                      .wall_us = clock_->WallMicros(),
                                      .position = durable_(),
                                      .restored_table = restored_table,
                                      .catalogue = std::string(catalogue)});
  return ReplaceCheckedFile(*fs_, directory_, NameOf(version),
                            {.version = version, .payload = payload});
}

absl::Status CatalogueHistory::KeepUpTo(uint64_t version) {
  const auto names = fs_->List(directory_);
  if (absl::IsNotFound(names.status())) return absl::OkStatus();
  RETURN_IF_ERROR(names.status());
  bool removed = false;
  for (const std::string& name : *names) {
    if (!IsVersionName(name) || name <= NameOf(version)) continue;
    RETURN_IF_ERROR(fs_->Remove(absl::StrCat(directory_, "/", name)));
    removed = true;
  }
  return removed ? fs_->SyncDirectory(directory_) : absl::OkStatus();
}

absl::StatusOr<std::vector<CatalogueVersion>> CatalogueHistory::Read(
    FileSystem* fs, const std::string& directory) {
  std::vector<CatalogueVersion> history;
  const auto names = fs->List(directory);
  if (absl::IsNotFound(names.status())) return history;
  RETURN_IF_ERROR(names.status());
  for (const std::string& name : *names) {
    if (!IsVersionName(name)) continue;
    const std::string path = absl::StrCat(directory, "/", name);
    const auto file = ReadCheckedFile(*fs, path);
    RETURN_IF_ERROR(file.status());
    auto version = Decode(*file);
    RETURN_IF_ERROR(Annotate(version.status(), path));
    if (NameOf(file->version) != name) {
      return absl::DataLossError(
          absl::StrCat(path, " holds version ", file->version));
    }
    history.push_back(*std::move(version));
  }
  return history;
}

absl::StatusOr<CatalogueVersion> CatalogueHistory::At(
    const std::vector<CatalogueVersion>& history, CatalogueVersion since,
    int64_t wall_us, LogPosition end) {
  CatalogueVersion at = std::move(since);
  for (const CatalogueVersion& next : history) {
    if (next.version <= at.version) continue;
    if (next.wall_us > wall_us || next.position > end) break;
    if (next.version != at.version + 1) {
      return absl::DataLossError(absl::StrCat(
          "version ", at.version + 1,
          " of the catalogue is not in its history: it was stored while "
          "backup.dir was not set, or the file is gone"));
    }
    if (next.restored_table.value != 0) {
      return absl::FailedPreconditionError(absl::StrCat(
          "version ", next.version, " of the catalogue made table ",
          next.restored_table.value,
          " from a snapshot, whose rows are in no log; restore to a moment "
          "before it (",
          next.wall_us,
          " microseconds since 1970), or from a backup made since"));
    }
    at = next;
  }
  return at;
}

}  // namespace rowan
