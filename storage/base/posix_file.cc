// SPDX-License-Identifier: Apache-2.0
#include "storage/base/posix_file.h"

#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "storage/base/status_macros.h"

namespace rowan {
namespace {

// One system call moves at most 2^31 - 4096 bytes; a round number below it
// keeps direct I/O aligned.
constexpr size_t kCallBytesMax = size_t{1} << 30;

absl::StatusCode CodeOf(int error) {
  switch (error) {
    case ENOENT:
      return absl::StatusCode::kNotFound;
    case EEXIST:
      return absl::StatusCode::kAlreadyExists;
    case EACCES:
    case EPERM:
    case EROFS:
    case EBADF:  // a write to a file opened for reading
      return absl::StatusCode::kPermissionDenied;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return absl::StatusCode::kResourceExhausted;
    case EIO:
      return absl::StatusCode::kDataLoss;
    case EISDIR:
    case ENOTDIR:
    case ENOTEMPTY:
    case EXDEV:
      return absl::StatusCode::kFailedPrecondition;
    case EINVAL:
    case ENAMETOOLONG:
      return absl::StatusCode::kInvalidArgument;
    default:
      return absl::StatusCode::kInternal;
  }
}

}  // namespace

absl::Status PosixError(int error, std::string_view path,
                        std::string_view call) {
  std::string message(path);
  message.append(": ").append(call).append(": ");
  message += std::generic_category().message(error);
  return absl::Status(CodeOf(error), message);
}

// Nothing is left to report to: what had to be durable was synced before.
PosixFile::~PosixFile() { ::close(fd_); }

absl::StatusOr<size_t> PosixFile::ReadAt(uint64_t offset, std::span<char> out) {
  size_t done = 0;
  while (done < out.size()) {
    const ssize_t n = ::pread(fd_, out.data() + done,
                              std::min(out.size() - done, kCallBytesMax),
                              static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return PosixError(errno, path_, "read");
    done += static_cast<size_t>(n);
    // A direct read ends in mid-block only at the end of the file, and going on
    // from there would not be aligned.
    if (n == 0 || (direct_ && done % kDirectIoAlignment != 0)) break;
  }
  return done;
}

absl::StatusOr<size_t> PosixFile::ReadAtIfCached(uint64_t offset,
                                                 std::span<char> out) {
  if (direct_) return WouldBlock();
  size_t done = 0;
  while (done < out.size()) {
    const iovec part{out.data() + done,
                     std::min(out.size() - done, kCallBytesMax)};
    const ssize_t n =
        ::preadv2(fd_, &part, 1, static_cast<off_t>(offset + done), RWF_NOWAIT);
    if (n == 0) break;
    if (n > 0) {
      done += static_cast<size_t>(n);
      continue;
    }
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EOPNOTSUPP) return WouldBlock();
    return PosixError(errno, path_, "read");
  }
  return done;
}

absl::Status PosixFile::WriteAll(uint64_t offset, std::string_view data,
                                 int flags) {
  while (!data.empty()) {
    const iovec part{const_cast<char*>(data.data()),
                     std::min(data.size(), kCallBytesMax)};
    const ssize_t n =
        ::pwritev2(fd_, &part, 1, static_cast<off_t>(offset), flags);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EOPNOTSUPP || errno == ENOSYS)) {
      return absl::UnimplementedError(path_);
    }
    if (n < 0) return PosixError(errno, path_, "write");
    // Nothing written and no error: never seen, and not to be tried for ever.
    if (n == 0) return PosixError(EIO, path_, "write");
    offset += static_cast<uint64_t>(n);
    data.remove_prefix(static_cast<size_t>(n));
  }
  return absl::OkStatus();
}

absl::Status PosixFile::WriteAt(uint64_t offset, std::string_view data) {
  return WriteAll(offset, data, 0);
}

absl::Status PosixFile::WriteDurably(uint64_t offset, std::string_view data) {
  absl::Status status = WriteAll(offset, data, RWF_DSYNC);
  if (!absl::IsUnimplemented(status)) return status;
  RETURN_IF_ERROR(WriteAll(offset, data, 0));
  return Sync();
}

absl::Status PosixFile::Sync() {
  // Not repeated on EINTR: a second call would report success for pages that
  // the first one gave up.
  if (::fdatasync(fd_) != 0) return PosixError(errno, path_, "fdatasync");
  return absl::OkStatus();
}

absl::Status PosixFile::Truncate(uint64_t size) {
  while (::ftruncate(fd_, static_cast<off_t>(size)) != 0) {
    if (errno != EINTR) return PosixError(errno, path_, "ftruncate");
  }
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> PosixFile::Size() {
  struct stat info;
  if (::fstat(fd_, &info) != 0) return PosixError(errno, path_, "fstat");
  return static_cast<uint64_t>(info.st_size);
}

void PosixFile::ReadAsync(
    uint64_t offset, std::span<char> out,
    absl::AnyInvocable<void(absl::StatusOr<size_t>)> done) {
  io_->Post([this, offset, out, done = std::move(done)]() mutable {
    done(ReadAt(offset, out));
  });
}

void PosixFile::WriteAsync(uint64_t offset, std::string_view data,
                           WriteDurability durability, IoDone done) {
  io_->Post([this, offset, data, durability, done = std::move(done)]() mutable {
    done(durability == WriteDurability::kDurable ? WriteDurably(offset, data)
                                                 : WriteAt(offset, data));
  });
}

void PosixFile::SyncAsync(IoDone done) {
  io_->Post([this, done = std::move(done)]() mutable { done(Sync()); });
}

}  // namespace rowan
