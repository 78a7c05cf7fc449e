// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_BASE_FILE_SYSTEM_H_
#define ROWAN_STORAGE_BASE_FILE_SYSTEM_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rowan {

using IoDone = absl::AnyInvocable<void(absl::Status)>;

// What File::WriteAsync promises when its callback says OK.
enum class WriteDurability {
  kBuffered,  // the bytes are in kernel-owned memory: survive the process
  kDurable,   // the bytes are on the disk: survive a power cut
};

// An open file. Thread-safe for disjoint ranges; closing (destruction) while an
// asynchronous call is pending is the caller's error.
//
// Errors: kNotFound, kPermissionDenied, kResourceExhausted (no space, no
// descriptors), kDataLoss (EIO); messages carry the path and the system's
// words. After a failed Sync or durable write nothing is known of the bytes
// since the last good one: never retry it (architecture.md 6), stop instead.
class File {
 public:
  virtual ~File() = default;

  // Reads out.size() bytes at `offset`. Fewer are read only at end of file; the
  // count is returned. May block on the disk.
  virtual absl::StatusOr<size_t> ReadAt(uint64_t offset,
                                        std::span<char> out) = 0;
  // As ReadAt, but never waits for the disk: when the bytes are not in memory
  // the answer is WouldBlock() below and `out` holds nothing of use.
  virtual absl::StatusOr<size_t> ReadAtIfCached(uint64_t offset,
                                                std::span<char> out) = 0;
  // Writes all of `data` at `offset`, growing the file when needed.
  virtual absl::Status WriteAt(uint64_t offset, std::string_view data) = 0;
  // Makes data and size durable (fdatasync). The directory entry is not
  // covered: FileSystem::SyncDirectory.
  virtual absl::Status Sync() = 0;
  virtual absl::Status Truncate(uint64_t size) = 0;
  virtual absl::StatusOr<uint64_t> Size() = 0;

  // The same with a callback, called exactly once, on any thread, possibly
  // before the call returns. Buffers stay the caller's and must live until
  // then. For files opened `direct`, offset, size and address are multiples of
  // kDirectIoAlignment.
  virtual void ReadAsync(
      uint64_t offset, std::span<char> out,
      absl::AnyInvocable<void(absl::StatusOr<size_t>)> done) = 0;
  virtual void WriteAsync(uint64_t offset, std::string_view data,
                          WriteDurability durability, IoDone done) = 0;
  virtual void SyncAsync(IoDone done) = 0;
};

inline constexpr size_t kDirectIoAlignment = 4096;

struct OpenOptions {
  bool write = false;
  bool create = false;     // with write: make it when missing
  bool exclusive = false;  // with create: kAlreadyExists when present
  bool direct = false;     // O_DIRECT where the file system has it
};

// Held while it lives; a second holder (this process or another) is refused
// with kFailedPrecondition.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

// All access to files and directories. Thread-safe. Paths are absolute or
// relative to the process; '/' separates.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual absl::StatusOr<std::unique_ptr<File>> Open(
      const std::string& path, const OpenOptions& options) = 0;
  // Replaces `to` if it exists, atomically. Durable after SyncDirectory.
  virtual absl::Status Rename(const std::string& from,
                              const std::string& to) = 0;
  virtual absl::Status Remove(const std::string& path) = 0;
  virtual absl::Status Link(const std::string& from, const std::string& to) = 0;
  virtual absl::StatusOr<bool> Exists(const std::string& path) = 0;
  // Names (not paths) in `directory`, sorted; without "." and "..".
  virtual absl::StatusOr<std::vector<std::string>> List(
      const std::string& directory) = 0;
  // Also makes missing parents; OK when it exists.
  virtual absl::Status CreateDirectory(const std::string& path) = 0;
  virtual absl::Status RemoveDirectory(const std::string& path) = 0;
  // Makes creations, renames and removals in `directory` durable.
  virtual absl::Status SyncDirectory(const std::string& directory) = 0;
  virtual absl::StatusOr<std::unique_ptr<FileLock>> Lock(
      const std::string& path) = 0;
  // Bytes a process may still write in the file system that holds `path`.
  virtual absl::StatusOr<uint64_t> FreeBytes(const std::string& path) = 0;
};

// The answer of a read that was told not to wait for the disk.
absl::Status WouldBlock();
bool IsWouldBlock(const absl::Status& status);

}  // namespace rowan

#endif  // ROWAN_STORAGE_BASE_FILE_SYSTEM_H_
