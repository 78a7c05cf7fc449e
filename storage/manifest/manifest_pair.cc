// SPDX-License-Identifier: Apache-2.0
#include "storage/manifest/manifest_pair.h"

#include <utility>

#include "storage/base/status_macros.h"
#include "storage/manifest/format.h"
#include "storage/manifest/manifest_names.h"

namespace rowan {
namespace {

absl::StatusOr<std::string> ReadAll(FileSystem* fs, const std::string& path) {
  ASSIGN_OR_RETURN(auto file, fs->Open(path, {}));
  ASSIGN_OR_RETURN(const uint64_t size, file->Size());
  std::string bytes(size, '\0');
  ASSIGN_OR_RETURN(const size_t n, file->ReadAt(0, bytes));
  bytes.resize(n);
  return bytes;
}

}  // namespace

ManifestPair::Paths ManifestPair::PathsOf(const std::string& directory,
                                          uint64_t number) {
  Paths paths = ManifestNames(number);
  for (std::string& path : paths) path = directory + "/" + path;
  return paths;
}

absl::StatusOr<ManifestPair::Contents> ManifestPair::Read(
    FileSystem* fs, const std::string& directory, uint64_t number) {
  Contents contents;
  absl::Status lost;
  const Paths paths = PathsOf(directory, number);
  for (size_t i = 0; i < kFiles; ++i) {
    contents[i].path = paths[i];
    auto bytes = ReadAll(fs, paths[i]);
    contents[i].readable = bytes.status();
    if (bytes.ok()) {
      contents[i].bytes = *std::move(bytes);
    } else if (absl::IsDataLoss(bytes.status())) {
      lost = bytes.status();
    } else if (!absl::IsNotFound(bytes.status())) {
      return bytes.status();
    }
  }
  if (!contents[0].readable.ok() && !contents[1].readable.ok()) {
    return lost.ok() ? contents[0].readable : lost;
  }
  return contents;
}

absl::StatusOr<ManifestPair> ManifestPair::Create(FileSystem* fs,
                                                  const std::string& directory,
                                                  uint64_t number,
                                                  std::string_view bytes) {
  const Paths paths = PathsOf(directory, number);
  Paths temporary = paths;
  ManifestPair pair;
  for (size_t i = 0; i < kFiles; ++i) {
    temporary[i] += manifest_format::kTemporarySuffix;
    ASSIGN_OR_RETURN(pair.files_[i],
                     fs->Open(temporary[i], {.write = true, .create = true}));
    RETURN_IF_ERROR(pair.files_[i]->Truncate(0));
  }
  RETURN_IF_ERROR(pair.Append(0, bytes));
  for (size_t i = 0; i < kFiles; ++i) {
    RETURN_IF_ERROR(fs->Rename(temporary[i], paths[i]));
  }
  RETURN_IF_ERROR(fs->SyncDirectory(directory));
  return pair;
}

absl::StatusOr<ManifestPair> ManifestPair::Open(FileSystem* fs,
                                                const std::string& directory,
                                                uint64_t number) {
  const Paths paths = PathsOf(directory, number);
  ManifestPair pair;
  for (size_t i = 0; i < kFiles; ++i) {
    ASSIGN_OR_RETURN(pair.files_[i], fs->Open(paths[i], {.write = true}));
  }
  RETURN_IF_ERROR(pair.Sync());
  return pair;
}

absl::Status ManifestPair::Append(uint64_t offset, std::string_view record) {
  for (const auto& file : files_) {
    RETURN_IF_ERROR(file->WriteAt(offset, record));
  }
  return Sync();
}

absl::Status ManifestPair::Sync() {
  for (const auto& file : files_) RETURN_IF_ERROR(file->Sync());
  return absl::OkStatus();
}

absl::Status ManifestPair::Remove(FileSystem* fs, const std::string& directory,
                                  uint64_t number) {
  for (const std::string& path : PathsOf(directory, number)) {
    ASSIGN_OR_RETURN(const bool exists, fs->Exists(path));
    if (exists) RETURN_IF_ERROR(fs->Remove(path));
  }
  return absl::OkStatus();
}

}  // namespace rowan
