// SPDX-License-Identifier: Apache-2.0
#include "commitlog/segment_copy.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/crc32c.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

constexpr size_t kWriteBytes = 1 << 20;

std::string TemporaryOf(const std::string& path) {
  return absl::StrCat(path, ".tmp");
}

}  // namespace

SegmentCopy::SegmentCopy(FileSystem* fs, std::string directory,
                         std::string path, uint64_t segment_bytes,
                         std::unique_ptr<File> file)
    : fs_(fs),
      directory_(std::move(directory)),
      path_(std::move(path)),
      geometry_(segment_bytes),
      file_(std::move(file)) {}

absl::StatusOr<std::unique_ptr<SegmentCopy>> SegmentCopy::Create(
    FileSystem* fs, std::string directory, std::string name,
    uint64_t segment_bytes) {
  std::string path = absl::StrCat(directory, "/", name);
  ASSIGN_OR_RETURN(
      auto file, fs->Open(TemporaryOf(path), {.write = true, .create = true}));
  RETURN_IF_ERROR(file->Truncate(0));
  RETURN_IF_ERROR(file->Truncate(segment_bytes));
  return std::unique_ptr<SegmentCopy>(
      new SegmentCopy(fs, std::move(directory), std::move(path), segment_bytes,
                      std::move(file)));
}

absl::Status SegmentCopy::Add(const ChunkHeader& header,
                              std::string_view chunk) {
  const uint64_t offset = geometry_.OffsetOf(header.position);
  if (pending_at_ + pending_.size() != offset) {
    RETURN_IF_ERROR(Flush());
    pending_at_ = offset;
  }
  const size_t at = pending_.size();
  pending_.append(chunk);
  pending_.resize(at + header.Span());
  EncodeChunkHeader(header, pending_.data() + at);
  last_ = header;
  return pending_.size() < kWriteBytes ? absl::OkStatus() : Flush();
}

absl::Status SegmentCopy::Flush() {
  RETURN_IF_ERROR(file_->WriteAt(pending_at_, pending_));
  pending_at_ += pending_.size();
  pending_.clear();
  return absl::OkStatus();
}

absl::Status SegmentCopy::Finish(LogPosition end) {
  if (last_.segment.value != 0 && end >= last_.End() &&
      geometry_.SegmentOf(end) == last_.segment) {
    ChunkHeader mark;
    mark.kind = ChunkKind::kCopyEnd;
    mark.segment = last_.segment;
    mark.position = mark.watermark = end;
    mark.length = kChunkHeaderBytes;
    mark.link = last_.link;
    mark.head = last_.head;
    mark.wall_us = last_.wall_us;
    mark.body_crc = Crc32c({});
    char bytes[kChunkHeaderBytes];
    EncodeChunkHeader(mark, bytes);
    RETURN_IF_ERROR(Add(mark, {bytes, sizeof(bytes)}));
  }
  RETURN_IF_ERROR(Flush());
  RETURN_IF_ERROR(file_->Sync());
  file_.reset();
  RETURN_IF_ERROR(fs_->Rename(TemporaryOf(path_), path_));
  return fs_->SyncDirectory(directory_);
}

}  // namespace rowan
