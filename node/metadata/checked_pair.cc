// SPDX-License-Identifier: Apache-2.0
#include "node/metadata/checked_pair.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/logging.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

constexpr char kTemporarySuffix[] = ".tmp";

std::string PathOf(const std::string& directory, std::string_view name) {
  return absl::StrCat(directory, "/", std::string(name));
}

absl::StatusOr<CheckedFile> ReadJudged(FileSystem& fs, const std::string& path,
                                       CheckedFileJudge judge) {
  absl::StatusOr<CheckedFile> file = ReadCheckedFile(fs, path);
  if (!file.ok()) return file;
  RETURN_IF_ERROR(Annotate(judge(*file), path));
  return file;
}

// Whether the other file may stand for it.
bool Replaceable(const absl::Status& status) {
  return status.ok() || absl::IsNotFound(status) || absl::IsDataLoss(status);
}

}  // namespace

std::string CheckedCopyName(std::string_view name) {
  return absl::StrCat(std::string(name), ".copy");
}

absl::StatusOr<CheckedPair> ReadCheckedPair(FileSystem& fs,
                                            const std::string& directory,
                                            std::string_view name,
                                            CheckedFileJudge judge) {
  absl::StatusOr<CheckedFile> first =
      ReadJudged(fs, PathOf(directory, name), judge);
  absl::StatusOr<CheckedFile> copy =
      ReadJudged(fs, PathOf(directory, CheckedCopyName(name)), judge);
  if (!Replaceable(first.status())) return first.status();
  if (!Replaceable(copy.status())) return copy.status();
  CheckedPair pair{.first = first.status(), .copy = copy.status()};
  if (first.ok() && copy.ok()) {
    pair.alike =
        first->version == copy->version && first->payload == copy->payload;
    pair.file =
        copy->version > first->version ? *std::move(copy) : *std::move(first);
    return pair;
  }
  if (copy.ok() || absl::IsNotFound(pair.first)) std::swap(first, copy);
  if (!first.ok()) return first.status();
  pair.file = *std::move(first);
  return pair;
}

absl::StatusOr<CheckedFile> OpenCheckedPair(FileSystem& fs,
                                            const std::string& directory,
                                            std::string_view name,
                                            CheckedFileJudge judge) {
  ASSIGN_OR_RETURN(CheckedPair pair,
                   ReadCheckedPair(fs, directory, name, judge));
  if (pair.alike) return std::move(pair.file);
  const absl::Status mended =
      ReplaceCheckedPair(fs, directory, name, pair.file);
  if (!absl::IsResourceExhausted(mended)) RETURN_IF_ERROR(mended);
  Log(LogLevel::kWarning, "a value had one good file of two",
      {{"path", PathOf(directory, name)},
       {"file", pair.first},
       {"copy", pair.copy},
       {"both written again", mended}});
  return std::move(pair.file);
}

absl::Status ReplaceCheckedPair(FileSystem& fs, const std::string& directory,
                                std::string_view name,
                                const CheckedFile& file) {
  RETURN_IF_ERROR(StageCheckedPair(fs, directory, name, file));
  return PublishCheckedPair(fs, directory, name);
}

absl::Status StageCheckedPair(FileSystem& fs, const std::string& directory,
                              std::string_view name, const CheckedFile& file) {
  for (const std::string& one : {std::string(name), CheckedCopyName(name)}) {
    RETURN_IF_ERROR(
        WriteCheckedFile(fs, PathOf(directory, one) + kTemporarySuffix, file));
  }
  return absl::OkStatus();
}

absl::Status PublishCheckedPair(FileSystem& fs, const std::string& directory,
                                std::string_view name) {
  for (const std::string& one : {std::string(name), CheckedCopyName(name)}) {
    const std::string path = PathOf(directory, one);
    RETURN_IF_ERROR(fs.Rename(path + kTemporarySuffix, path));
  }
  return fs.SyncDirectory(directory);
}

}  // namespace rowan
