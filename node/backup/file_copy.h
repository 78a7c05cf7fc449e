// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_BACKUP_FILE_COPY_H_
#define ROWAN_NODE_BACKUP_FILE_COPY_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "node/backup/backup.h"
#include "storage/base/file_system.h"

namespace rowan {

// Reads a file in pieces, and copies it if that is wanted, so that whoever
// works beside others can rest in between. Ends with the digest of what was
// read. Used by one thread; errors name the file.
//
//   ASSIGN_OR_RETURN(FileCopy copy, FileCopy::Begin(fs, from, "", bytes));
//   for (bool more = true; more;) { ASSIGN_OR_RETURN(more, copy.Step()); }
class FileCopy {
 public:
  static constexpr size_t kStepBytes = 1 << 20;

  // The first `bytes` of `from`. Into `to`, which is made, and must not exist;
  // "": nowhere.
  static absl::StatusOr<FileCopy> Begin(FileSystem* fs, const std::string& from,
                                        const std::string& to, uint64_t bytes);

  // Copies the next kStepBytes or what is left; false when that was all. Then
  // the copy has `file_bytes` bytes, zeros behind the others, and is durable
  // but for its name. kDataLoss when `from` is too short.
  absl::StatusOr<bool> Step();
  uint64_t done_bytes() const { return done_; }
  void set_file_bytes(uint64_t bytes) { file_bytes_ = bytes; }
  // Once all is read.
  StoredObject result() const { return {digester_.Sum(), done_}; }

 private:
  FileCopy(std::string path, std::unique_ptr<File> from, uint64_t bytes)
      : path_(std::move(path)), from_(std::move(from)), bytes_(bytes) {}
  absl::Status End();

  std::string path_;
  std::unique_ptr<File> from_;
  std::unique_ptr<File> to_;  // nullptr: read only
  uint64_t bytes_;
  uint64_t file_bytes_ = 0;  // of the copy, if larger
  uint64_t done_ = 0;
  std::string piece_;
  Digester digester_;
};

// All steps at once.
absl::StatusOr<StoredObject> CopyWhole(FileSystem* fs, const std::string& from,
                                       const std::string& to, uint64_t bytes,
                                       uint64_t file_bytes = 0);
// kNotFound and what reading fails with.
absl::StatusOr<uint64_t> FileBytes(FileSystem* fs, const std::string& path);
// The files of a directory of the commit log by name and sizes, which is all
// but the digests of their objects.
absl::StatusOr<std::vector<Backup::LogFile>> DescribeLogFiles(
    FileSystem* fs, const std::string& directory);

}  // namespace rowan

#endif  // ROWAN_NODE_BACKUP_FILE_COPY_H_
