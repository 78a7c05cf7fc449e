// SPDX-License-Identifier: Apache-2.0
#include "storage/base/posix_file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <string_view>
#include <utility>

#include "storage/base/posix_file.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

constexpr mode_t kFileMode = 0644;
constexpr mode_t kDirectoryMode = 0755;

// The descriptor, or -1 with errno.
int OpenRetrying(const std::string& path, int flags) {
  int fd;
  do {
    fd = ::open(path.c_str(), flags | O_CLOEXEC, kFileMode);
  } while (fd < 0 && errno == EINTR);
  return fd;
}

class PosixFileLock : public FileLock {
 public:
  explicit PosixFileLock(int fd) : fd_(fd) {}
  ~PosixFileLock() override { ::close(fd_); }

 private:
  const int fd_;
};

absl::Status CreateOneDirectory(const std::string& path) {
  if (::mkdir(path.c_str(), kDirectoryMode) == 0) return absl::OkStatus();
  const int error = errno;
  if (error == EEXIST) {
    struct stat info;
    if (::stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
      return absl::OkStatus();
    }
    return PosixError(ENOTDIR, path, "mkdir");
  }
  return PosixError(error, path, "mkdir");
}

}  // namespace

PosixFileSystem::PosixFileSystem(int io_threads)
    : io_(io_threads, "rowan-io") {}

absl::StatusOr<std::unique_ptr<File>> PosixFileSystem::Open(
    const std::string& path, const OpenOptions& options) {
  int flags = options.write ? O_RDWR : O_RDONLY;
  if (options.write && options.create) flags |= O_CREAT;
  if (options.write && options.create && options.exclusive) flags |= O_EXCL;
  bool direct = options.direct;
  int fd = OpenRetrying(path, flags | (direct ? O_DIRECT : 0));
  if (fd < 0 && direct && errno == EINVAL) {
    // No O_DIRECT here. The failed attempt may have made the file: O_EXCL has
    // done its work and would now refuse our own.
    direct = false;
    fd = OpenRetrying(path, flags & ~O_EXCL);
  }
  if (fd < 0) return PosixError(errno, path, "open");
  struct stat info;
  if (::fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
    ::close(fd);
    return PosixError(EISDIR, path, "open");
  }
  return std::make_unique<PosixFile>(fd, direct, path, &io_);
}

absl::Status PosixFileSystem::Rename(const std::string& from,
                                     const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) == 0) return absl::OkStatus();
  return PosixError(errno, from, "rename to " + to);
}

absl::Status PosixFileSystem::Remove(const std::string& path) {
  if (::unlink(path.c_str()) == 0) return absl::OkStatus();
  return PosixError(errno, path, "unlink");
}

absl::Status PosixFileSystem::Link(const std::string& from,
                                   const std::string& to) {
  if (::link(from.c_str(), to.c_str()) == 0) return absl::OkStatus();
  return PosixError(errno, from, "link as " + to);
}

absl::StatusOr<bool> PosixFileSystem::Exists(const std::string& path) {
  struct stat info;
  if (::stat(path.c_str(), &info) == 0) return true;
  if (errno == ENOENT || errno == ENOTDIR) return false;
  return PosixError(errno, path, "stat");
}

absl::StatusOr<std::vector<std::string>> PosixFileSystem::List(
    const std::string& directory) {
  std::unique_ptr<DIR, int (*)(DIR*)> stream(::opendir(directory.c_str()),
                                             ::closedir);
  if (stream == nullptr) return PosixError(errno, directory, "opendir");
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return PosixError(errno, directory, "readdir");
  std::sort(names.begin(), names.end());
  return names;
}

absl::Status PosixFileSystem::CreateDirectory(const std::string& path) {
  for (size_t slash = path.find('/', 1); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    RETURN_IF_ERROR(CreateOneDirectory(path.substr(0, slash)));
  }
  return CreateOneDirectory(path);
}

absl::Status PosixFileSystem::RemoveDirectory(const std::string& path) {
  if (::rmdir(path.c_str()) == 0) return absl::OkStatus();
  return PosixError(errno, path, "rmdir");
}

absl::Status PosixFileSystem::SyncDirectory(const std::string& directory) {
  const int fd = OpenRetrying(directory, O_RDONLY | O_DIRECTORY);
  if (fd < 0) return PosixError(errno, directory, "open");
  absl::Status status;
  if (::fsync(fd) != 0) status = PosixError(errno, directory, "fsync");
  ::close(fd);
  return status;
}

absl::StatusOr<std::unique_ptr<FileLock>> PosixFileSystem::Lock(
    const std::string& path) {
  const int fd = OpenRetrying(path, O_RDWR | O_CREAT);
  if (fd < 0) return PosixError(errno, path, "open");
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    ::close(fd);
    if (error == EWOULDBLOCK) {
      return absl::FailedPreconditionError(path +
                                           ": already locked, by this or "
                                           "another process");
    }
    return PosixError(error, path, "flock");
  }
  return std::make_unique<PosixFileLock>(fd);
}

absl::StatusOr<uint64_t> PosixFileSystem::FreeBytes(const std::string& path) {
  struct statvfs info;
  if (::statvfs(path.c_str(), &info) != 0) {
    return PosixError(errno, path, "statvfs");
  }
  return uint64_t{info.f_bavail} * info.f_frsize;
}

}  // namespace rowan
