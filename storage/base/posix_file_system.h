// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_BASE_POSIX_FILE_SYSTEM_H_
#define ROWAN_STORAGE_BASE_POSIX_FILE_SYSTEM_H_

#include <memory>
#include <string>
#include <vector>

#include "storage/base/file_system.h"
#include "storage/base/thread_executor.h"

namespace rowan {

// The machine's file system. Asynchronous calls run on threads of its own, so a
// callback must be short or post what it has to do. Thread-safe; outlives its
// files.
class PosixFileSystem : public FileSystem {
 public:
  // `io_threads`: how many asynchronous calls the disk sees at once; >= 1.
  explicit PosixFileSystem(int io_threads);

  // O_DIRECT is dropped silently where the file system has none; reads and
  // writes then go through the page cache and are right all the same.
  absl::StatusOr<std::unique_ptr<File>> Open(
      const std::string& path, const OpenOptions& options) override;
  absl::Status Rename(const std::string& from, const std::string& to) override;
  absl::Status Remove(const std::string& path) override;
  absl::Status Link(const std::string& from, const std::string& to) override;
  absl::StatusOr<bool> Exists(const std::string& path) override;
  absl::StatusOr<std::vector<std::string>> List(
      const std::string& directory) override;
  absl::Status CreateDirectory(const std::string& path) override;
  absl::Status RemoveDirectory(const std::string& path) override;
  absl::Status SyncDirectory(const std::string& directory) override;
  // Makes the file when missing and leaves it behind. By flock: freed by the
  // system when the process dies.
  absl::StatusOr<std::unique_ptr<FileLock>> Lock(
      const std::string& path) override;
  absl::StatusOr<uint64_t> FreeBytes(const std::string& path) override;

 private:
  ThreadExecutor io_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_BASE_POSIX_FILE_SYSTEM_H_
