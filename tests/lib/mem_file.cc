// SPDX-License-Identifier: Apache-2.0
#include "tests/lib/mem_file.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"

namespace rowan {

absl::Status MemFile::Handle::Alive() const {
  if (generation == fs->generation_) return absl::OkStatus();
  return absl::AbortedError(
      absl::StrCat(path, ": the process that opened it has died"));
}

absl::Status MemFile::Handle::Writable() const {
  RETURN_IF_ERROR(Alive());
  if (options.write) return absl::OkStatus();
  return absl::PermissionDeniedError(
      absl::StrCat(path, ": opened for reading only"));
}

absl::Status MemFile::Handle::Aligned(uint64_t offset, const char* data,
                                      size_t size) const {
  if (!options.direct || (offset | reinterpret_cast<uintptr_t>(data) | size) %
                                 kDirectIoAlignment ==
                             0) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      path, ": direct I/O is not aligned: offset ", offset, ", size ", size));
}

absl::StatusOr<size_t> MemFile::Handle::Read(uint64_t offset,
                                             std::span<char> out) {
  RETURN_IF_ERROR(Alive());
  RETURN_IF_ERROR(Aligned(offset, out.data(), out.size()));
  RETURN_IF_ERROR(Annotate(fs->Begin(FileOp::kRead, path), path));
  const auto bad = fs->unreadable_.find(path);
  if (bad != fs->unreadable_.end() && offset < bad->second.end &&
      offset + out.size() > bad->second.begin) {
    return absl::DataLossError(absl::StrCat(path, ": read: I/O error"));
  }
  const uint64_t size = node->data.size();
  const size_t n =
      offset >= size ? 0 : std::min<uint64_t>(out.size(), size - offset);
  std::copy_n(node->data.get().data() + (n == 0 ? 0 : offset), n, out.data());
  fs->CacheRead(node.get(), offset, n);
  fs->Count(path, [n](FileCounters& c) {
    ++c.reads;
    c.bytes_read += n;
  });
  return n;
}

absl::Status MemFile::Handle::Write(uint64_t offset, std::string_view data,
                                    bool durable) {
  RETURN_IF_ERROR(Writable());
  RETURN_IF_ERROR(Aligned(offset, data.data(), data.size()));
  const absl::Status status = fs->Begin(FileOp::kWrite, path);
  if (!status.ok()) {
    if (fs->faults_.halfway()) {
      node->Write(offset, data.substr(0, data.size() / 2), /*durable=*/false);
    }
    return Annotate(status, path);
  }
  fs->Count(path, [&](FileCounters& c) {
    ++c.writes;
    c.bytes_written += data.size();
    c.syncs += durable ? 1 : 0;
  });
  if (durable) return WriteDurably(offset, data);
  node->Write(offset, data, /*durable=*/false);
  return absl::OkStatus();
}

absl::Status MemFile::Handle::WriteDurably(uint64_t offset,
                                           std::string_view data) {
  absl::Status status;
  if (fs->watcher_ && !data.empty()) {
    // Whoever watches finds the bytes on their way, and nobody else does.
    SharedBytes before = node->data;
    node->Write(offset, data, /*durable=*/false);
    status = fs->Begin(FileOp::kSync, path);
    node->unsynced.pop_back();
    node->data = std::move(before);
  } else {
    status = fs->Begin(FileOp::kSync, path);
  }
  if (!status.ok()) return Annotate(status, path);
  node->Write(offset, data, /*durable=*/true);
  return absl::OkStatus();
}

absl::Status MemFile::Handle::Sync() {
  RETURN_IF_ERROR(Alive());
  fs->Count(path, [](FileCounters& c) { ++c.syncs; });
  absl::Status status = fs->Begin(FileOp::kSync, path);
  if (!status.ok()) {
    node->DropUnsynced();
    return Annotate(status, path);
  }
  node->Sync();
  return absl::OkStatus();
}

absl::StatusOr<size_t> MemFile::ReadAt(uint64_t offset, std::span<char> out) {
  MutexLock lock(handle_.fs->mutex_);
  return handle_.Read(offset, out);
}

absl::StatusOr<size_t> MemFile::ReadAtIfCached(uint64_t offset,
                                               std::span<char> out) {
  MutexLock lock(handle_.fs->mutex_);
  if (!handle_.fs->InCache(handle_.node.get(), offset, out.size())) {
    return WouldBlock();
  }
  return handle_.Read(offset, out);
}

absl::Status MemFile::WriteAt(uint64_t offset, std::string_view data) {
  MutexLock lock(handle_.fs->mutex_);
  return handle_.Write(offset, data, /*durable=*/false);
}

absl::Status MemFile::Sync() {
  MutexLock lock(handle_.fs->mutex_);
  return handle_.Sync();
}

absl::Status MemFile::Truncate(uint64_t size) {
  MutexLock lock(handle_.fs->mutex_);
  RETURN_IF_ERROR(handle_.Writable());
  RETURN_IF_ERROR(Annotate(handle_.fs->Begin(FileOp::kTruncate, handle_.path),
                           handle_.path));
  handle_.node->Truncate(size);
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> MemFile::Size() {
  MutexLock lock(handle_.fs->mutex_);
  RETURN_IF_ERROR(handle_.Alive());
  return handle_.node->data.size();
}

void MemFile::ReadAsync(uint64_t offset, std::span<char> out,
                        absl::AnyInvocable<void(absl::StatusOr<size_t>)> done) {
  handle_.fs->Submit(handle_.path, [handle = handle_, offset, out,
                                    done = std::move(done)]() mutable {
    absl::StatusOr<size_t> result = [&] {
      MutexLock lock(handle.fs->mutex_);
      return handle.Read(offset, out);
    }();
    done(std::move(result));
  });
}

void MemFile::WriteAsync(uint64_t offset, std::string_view data,
                         WriteDurability durability, IoDone done) {
  handle_.fs->Submit(handle_.path, [handle = handle_, offset, data, durability,
                                    done = std::move(done)]() mutable {
    absl::Status status = [&] {
      MutexLock lock(handle.fs->mutex_);
      return handle.Write(offset, data,
                          durability == WriteDurability::kDurable);
    }();
    done(std::move(status));
  });
}

void MemFile::SyncAsync(IoDone done) {
  handle_.fs->Submit(handle_.path,
                     [handle = handle_, done = std::move(done)]() mutable {
                       absl::Status status = [&] {
                         MutexLock lock(handle.fs->mutex_);
                         return handle.Sync();
                       }();
                       done(std::move(status));
                     });
}

}  // namespace rowan
