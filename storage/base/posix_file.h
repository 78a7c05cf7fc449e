// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_BASE_POSIX_FILE_H_
#define ROWAN_STORAGE_BASE_POSIX_FILE_H_

#include <string>
#include <string_view>
#include <utility>

#include "storage/base/executor.h"
#include "storage/base/file_system.h"

namespace rowan {

// The status of a failed system call (errno `error`), by the table of
// file_system.h: "PATH: CALL: the system's words".
absl::Status PosixError(int error, std::string_view path,
                        std::string_view call);

// A file descriptor, closed with the object. The asynchronous forms run the
// blocking ones on `io`, which outlives the file.
class PosixFile : public File {
 public:
  // Owns `fd`. `direct`: it was opened with O_DIRECT.
  PosixFile(int fd, bool direct, std::string path, Executor* io)
      : fd_(fd), direct_(direct), path_(std::move(path)), io_(io) {}
  ~PosixFile() override;

  absl::StatusOr<size_t> ReadAt(uint64_t offset, std::span<char> out) override;
  absl::StatusOr<size_t> ReadAtIfCached(uint64_t offset,
                                        std::span<char> out) override;
  absl::Status WriteAt(uint64_t offset, std::string_view data) override;
  absl::Status Sync() override;
  absl::Status Truncate(uint64_t size) override;
  absl::StatusOr<uint64_t> Size() override;
  void ReadAsync(
      uint64_t offset, std::span<char> out,
      absl::AnyInvocable<void(absl::StatusOr<size_t>)> done) override;
  void WriteAsync(uint64_t offset, std::string_view data,
                  WriteDurability durability, IoDone done) override;
  void SyncAsync(IoDone done) override;

 private:
  // pwritev2 with `flags` until all is written. Calls that the system does not
  // know (EOPNOTSUPP) are reported as kUnimplemented.
  absl::Status WriteAll(uint64_t offset, std::string_view data, int flags);
  absl::Status WriteDurably(uint64_t offset, std::string_view data);

  const int fd_;
  const bool direct_;
  const std::string path_;
  Executor* const io_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_BASE_POSIX_FILE_H_
