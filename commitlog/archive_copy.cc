// SPDX-License-Identifier: Apache-2.0
#include "commitlog/archive_copy.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "commitlog/log_files.h"
#include "commitlog/segment_file.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

constexpr uint64_t kStepBytes = 1 << 20;

uint64_t StopOf(const Geometry &geometry, const ArchiveJob &job) {
  if (job.end.value == 0) return geometry.segment_bytes();
  return job.end.value - geometry.StartOf(job.id).value;
}

}  // namespace

ArchiveCopy::ArchiveCopy(FileSystem *fs, std::string directory,
                         uint64_t segment_bytes, const ArchiveJob &job)
    : fs_(fs),
      directory_(std::move(directory)),
      geometry_(segment_bytes),
      job_(job),
      stop_(StopOf(geometry_, job)) {}

absl::StatusOr<std::unique_ptr<ArchiveCopy>> ArchiveCopy::Begin(
    FileSystem *fs, const std::string &directory, uint64_t segment_bytes,
    const ArchiveJob &job) {
  auto copy = std::unique_ptr<ArchiveCopy>(
      new ArchiveCopy(fs, directory, segment_bytes, job));
  ASSIGN_OR_RETURN(const bool there, fs->Exists(ParentDirectory(directory)));
  if (!there) {
    return absl::NotFoundError(
        absl::StrCat(ParentDirectory(directory), " is not there"));
  }
  RETURN_IF_ERROR(MakeLogDirectory(directory, fs));
  ASSIGN_OR_RETURN(auto file, fs->Open(job.path, OpenOptions{}));
  copy->reader_ =
      std::make_unique<SegmentReader>(std::move(file), job.path, segment_bytes);
  if (job.whole) {
    ASSIGN_OR_RETURN(copy->done_, copy->AlreadyThere());
    if (copy->done_) return copy;
  }
  ASSIGN_OR_RETURN(
      copy->copy_,
      SegmentCopy::Create(
          fs, directory,
          SegmentFileName(job.id.value, job.whole ? ".log" : ".part"),
          segment_bytes));
  return copy;
}

absl::StatusOr<bool> ArchiveCopy::AlreadyThere() {
  const std::string path =
      absl::StrCat(directory_, "/", SegmentFileName(job_.id.value, ".log"));
  auto file = fs_->Open(path, OpenOptions{});
  if (absl::IsNotFound(file.status())) return false;
  RETURN_IF_ERROR(file.status());
  SegmentReader archived(*std::move(file), path, geometry_.segment_bytes());
  const auto theirs = archived.HeaderAt(0);
  const auto ours = reader_->HeaderAt(0);
  RETURN_IF_ERROR(archived.status());
  RETURN_IF_ERROR(reader_->status());
  // Where one can't be read, there is nothing to tell them apart by.
  if (!ours || ours->segment != job_.id || !theirs) return true;
  if (theirs->position == ours->position && theirs->wall_us == ours->wall_us &&
      theirs->body_crc == ours->body_crc) {
    return true;
  }
  return absl::DataLossError(absl::StrCat(
      path, " holds another segment than ", job_.path,
      ", though both are log segment ", job_.id.value,
      ": did another copy of this node run? Move the archive away"));
}

absl::StatusOr<bool> ArchiveCopy::Step() {
  step_bytes_ = 0;
  if (done_) return true;
  while (offset_ < stop_ && step_bytes_ < kStepBytes) {
    const auto header = reader_->HeaderAt(offset_);
    const bool ours = header && header->segment == job_.id;
    const auto chunk = ours ? reader_->ChunkOf(*header) : std::nullopt;
    RETURN_IF_ERROR(reader_->status());
    if (chunk) {
      RETURN_IF_ERROR(copy_->Add(*header, *chunk));
      offset_ += header->Span();
      step_bytes_ += header->Span();
    } else {
      offset_ = NextAfter(offset_);
    }
  }
  RETURN_IF_ERROR(reader_->status());
  if (offset_ < stop_) return false;
  RETURN_IF_ERROR(Finish());
  return true;
}

uint64_t ArchiveCopy::NextAfter(uint64_t offset) {
  const auto next = reader_->FindHeader(job_.id, offset + kChunkAlignment);
  return next ? geometry_.OffsetOf(next->position) : stop_;
}

absl::Status ArchiveCopy::Finish() {
  RETURN_IF_ERROR(copy_->Finish(job_.end));
  done_ = true;
  if (!job_.whole) return absl::OkStatus();
  // What stays, or comes back, is a part of what is there whole.
  (void)fs_->Remove(
      absl::StrCat(directory_, "/", SegmentFileName(job_.id.value, ".part")));
  return absl::OkStatus();
}

}  // namespace rowan
