// SPDX-License-Identifier: Apache-2.0
#include "node/backup/file_copy.h"

#include <algorithm>
#include <utility>

#include "storage/base/status_macros.h"

namespace rowan {
namespace {

// How many there are up to the last one that isn't zero.
absl::StatusOr<uint64_t> BytesBeforeZeros(File& file, const std::string& path,
                                          uint64_t end) {
  std::string piece;
  while (end > 0) {
    piece.resize(std::min<uint64_t>(FileCopy::kStepBytes, end));
    const uint64_t begin = end - piece.size();
    ASSIGN_OR_RETURN(const size_t read, file.ReadAt(begin, piece));
    if (read < piece.size()) {
      return absl::DataLossError(absl::StrCat(path, ": became shorter"));
    }
    const size_t last = piece.find_last_not_of('\0');
    if (last != std::string::npos) return begin + last + 1;
    end = begin;
  }
  return 0;
}

}  // namespace

absl::StatusOr<FileCopy> FileCopy::Begin(FileSystem* fs,
                                         const std::string& from,
                                         const std::string& to,
                                         uint64_t bytes) {
  ASSIGN_OR_RETURN(std::unique_ptr<File> in, fs->Open(from, OpenOptions{}));
  FileCopy copy(from, std::move(in), bytes);
  if (!to.empty()) {
    ASSIGN_OR_RETURN(
        copy.to_,
        fs->Open(to, {.write = true, .create = true, .exclusive = true}));
  }
  return copy;
}

absl::StatusOr<bool> FileCopy::Step() {
  piece_.resize(std::min<uint64_t>(kStepBytes, bytes_ - done_));
  ASSIGN_OR_RETURN(const size_t read, from_->ReadAt(done_, piece_));
  if (read < piece_.size()) {
    return absl::DataLossError(absl::StrCat(
        path_, ": ends after ", done_ + read, " bytes of ", bytes_));
  }
  digester_.Add(piece_);
  if (to_ != nullptr && !piece_.empty()) {
    RETURN_IF_ERROR(to_->WriteAt(done_, piece_));
  }
  done_ += piece_.size();
  if (done_ < bytes_) return true;
  RETURN_IF_ERROR(End());
  return false;
}

absl::Status FileCopy::End() {
  if (to_ == nullptr) return absl::OkStatus();
  if (file_bytes_ > bytes_) RETURN_IF_ERROR(to_->Truncate(file_bytes_));
  return to_->Sync();
}

absl::StatusOr<StoredObject> CopyWhole(FileSystem* fs, const std::string& from,
                                       const std::string& to, uint64_t bytes,
                                       uint64_t file_bytes) {
  ASSIGN_OR_RETURN(FileCopy copy, FileCopy::Begin(fs, from, to, bytes));
  copy.set_file_bytes(file_bytes);
  for (bool more = true; more;) {
    ASSIGN_OR_RETURN(more, copy.Step());
  }
  return copy.result();
}

absl::StatusOr<uint64_t> FileBytes(FileSystem* fs, const std::string& path) {
  ASSIGN_OR_RETURN(std::unique_ptr<File> file, fs->Open(path, OpenOptions{}));
  return file->Size();
}

absl::StatusOr<std::vector<Backup::LogFile>> DescribeLogFiles(
    FileSystem* fs, const std::string& directory) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, fs->List(directory));
  std::vector<Backup::LogFile> files;
  for (const std::string& name : names) {
    const std::string path = absl::StrCat(directory, "/", name);
    ASSIGN_OR_RETURN(std::unique_ptr<File> file, fs->Open(path, OpenOptions{}));
    ASSIGN_OR_RETURN(const uint64_t file_bytes, file->Size());
    ASSIGN_OR_RETURN(const uint64_t bytes,
                     BytesBeforeZeros(*file, path, file_bytes));
    files.push_back(
        {.name = name, .object = {.bytes = bytes}, .file_bytes = file_bytes});
  }
  return files;
}

}  // namespace rowan
