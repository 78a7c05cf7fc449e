// SPDX-License-Identifier: Apache-2.0
#include "commitlog/log_recovery.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "commitlog/aligned_buffer.h"
#include "commitlog/log_files.h"
#include "commitlog/segment_image.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

// What the last segment says of the whole log.
struct LogEnd {
  LogPosition watermark;  // all below must be readable
  LogPosition head;       // all below has been released
};

// A place where no chunk can be read, and that is no damage.
struct Gap {
  enum { kEnd, kTornEnd, kUnneeded } kind;
  uint64_t resumes = 0;  // kUnneeded: the offset where reading goes on
};

class Recoverer {
 public:
  Recoverer(const CommitLogOptions& options, FileSystem* fs, Clock* clock,
            LogPosition from, LogReplay replay, LogRecovery* recovery)
      : options_(options),
        geometry_(options.segment_bytes),
        fs_(fs),
        clock_(clock),
        start_(from),
        replay_(replay),
        recovery_(recovery),
        image_(options.segment_bytes) {}

  absl::StatusOr<RecoveredLog> Run();

 private:
  absl::Status ReadEnd(SegmentFile& last);
  absl::Status ReplayChain(std::deque<ChainLink>* chain);
  // Replays one segment; `torn` when the log ends within it though its link
  // says otherwise, or with bytes behind the end.
  absl::Status ReplaySegment(const ChainLink& link, bool* torn);
  absl::Status ReplayChunk(const ChunkHeader& header);
  // What an unreadable chunk at `offset` means; an error when it is damage.
  absl::StatusOr<Gap> Judge(const ChainLink& link, uint64_t offset);
  absl::Status SyncReplayed();
  absl::Status OpenFresh(RecoveredLog* log);
  absl::StatusOr<SegmentFile> FreshFile(RecoveredLog* log);

  const CommitLogOptions& options_;
  const Geometry geometry_;
  FileSystem* const fs_;
  Clock* const clock_;
  LogPosition start_;  // nothing below is needed
  LogReplay replay_;
  LogRecovery* const recovery_;
  SegmentImage image_;

  LogFiles files_;
  LogEnd end_;
  SegmentId youngest_;  // of all found
  std::deque<SegmentFile> replayed_;
  std::deque<LogPosition> replayed_ends_;
  size_t needed_ = 0;     // of replayed_: up to the last with a needed record
  LogPosition read_end_;  // of the segment being replayed
  bool stopped_cleanly_ = false;
};

absl::StatusOr<RecoveredLog> Recoverer::Run() {
  ASSIGN_OR_RETURN(files_, FindLogFiles(options_, fs_, &image_));
  RecoveredLog log;
  if (!files_.all.empty() && files_.all.back().id.value != 0) {
    youngest_ = files_.all.back().id;
    RETURN_IF_ERROR(ReadEnd(files_.all.back()));
    start_ = std::max(start_, end_.head);
    ASSIGN_OR_RETURN(auto chain, TakeChain(options_, start_, &files_));
    RETURN_IF_ERROR(ReplayChain(&chain));
    RETURN_IF_ERROR(SyncReplayed());
  } else if (start_.value > 0) {
    return absl::DataLossError(absl::StrCat(
        options_.directory, ": holds no log, but one is needed from position ",
        start_.value));
  }
  log.free = std::move(files_.all);
  log.next_number = files_.next_number;
  RETURN_IF_ERROR(OpenFresh(&log));
  return log;
}

absl::Status Recoverer::ReadEnd(SegmentFile& last) {
  RETURN_IF_ERROR(image_.Load(*last.file, last.path));
  uint64_t offset = 0;
  while (auto header = image_.FindHeader(last.id, offset)) {
    end_.watermark = std::max(end_.watermark, header->watermark);
    end_.head = std::max(end_.head, header->head);
    offset = geometry_.OffsetOf(header->position) + header->Span();
  }
  return absl::OkStatus();
}

absl::Status Recoverer::ReplayChain(std::deque<ChainLink>* chain) {
  recovery_->segments = chain->size();
  bool torn = false;
  for (; !chain->empty() && !torn; chain->pop_front()) {
    const uint64_t before = recovery_->records;
    RETURN_IF_ERROR(ReplaySegment(chain->front(), &torn));
    replayed_.push_back(std::move(chain->front().segment));
    replayed_ends_.push_back(read_end_);
    if (recovery_->records > before) needed_ = replayed_.size();
  }
  recovery_->clean_stop = stopped_cleanly_ && !torn;
  // Behind a torn end (unsynced segments of a periodic log) nothing counts.
  for (ChainLink& link : *chain) {
    files_.all.push_back(std::move(link.segment));
  }
  return absl::OkStatus();
}

absl::Status Recoverer::ReplaySegment(const ChainLink& link, bool* torn) {
  const SegmentFile& segment = link.segment;
  RETURN_IF_ERROR(image_.Load(*segment.file, segment.path));
  const uint64_t stop =
      link.end ? link.end->value - geometry_.StartOf(segment.id).value
               : geometry_.segment_bytes();
  uint64_t offset = 0;
  while (offset < stop) {
    auto header = image_.HeaderAt(offset);
    if (!header || header->segment != segment.id || !image_.BodyOk(*header)) {
      ASSIGN_OR_RETURN(const Gap gap, Judge(link, offset));
      *torn = gap.kind == Gap::kTornEnd;
      if (gap.kind != Gap::kUnneeded) break;
      offset = gap.resumes;
      continue;
    }
    RETURN_IF_ERROR(Annotate(ReplayChunk(*header),
                             absl::StrCat(segment.path, " at ", offset)));
    stopped_cleanly_ = header->kind == ChunkKind::kStop;
    offset += header->Span();
  }
  read_end_ = {geometry_.StartOf(segment.id).value + offset};
  return absl::OkStatus();
}

absl::Status Recoverer::ReplayChunk(const ChunkHeader& header) {
  if (header.position.value + header.length <= start_.value) {
    return absl::OkStatus();
  }
  return image_.ForEachRecord(
      header, [&](LogPosition position, std::string_view record) {
        if (position < start_) return absl::OkStatus();
        ++recovery_->records;
        recovery_->bytes += record.size();
        return replay_(position, record);
      });
}

absl::StatusOr<Gap> Recoverer::Judge(const ChainLink& link, uint64_t offset) {
  const SegmentFile& segment = link.segment;
  const uint64_t base = geometry_.StartOf(segment.id).value;
  const LogPosition at{base + offset};
  const auto header = image_.HeaderAt(offset);
  const bool started = header && header->segment == segment.id;
  const auto next = image_.FindHeader(
      segment.id, offset + (started ? header->Span() : kChunkAlignment));
  if (at >= end_.watermark) {
    if (!link.end && !started && !next) return Gap{Gap::kEnd};
    recovery_->notes.push_back(absl::StrCat(
        segment.path, " at ", offset, ": torn end of the log, position ",
        at.value, "; what follows was never durable and is left out"));
    return Gap{Gap::kTornEnd};
  }
  LogPosition resumes = link.end ? *link.end : end_.watermark;
  if (next) resumes = std::min(resumes, next->position);
  if (resumes <= start_) return Gap{Gap::kUnneeded, resumes.value - base};
  return absl::DataLossError(absl::StrCat(
      segment.path, " at ", offset, ": a durable chunk of log segment ",
      segment.id.value, " is damaged; the records from position ", at.value,
      " to ", resumes.value, " are lost",
      started ? absl::StrCat(" (", header->record_count, " records)") : ""));
}

absl::Status Recoverer::SyncReplayed() {
  for (size_t i = 0; i < replayed_.size(); ++i) {
    if (replayed_ends_[i] <= end_.watermark && i + 1 < replayed_.size()) {
      continue;
    }
    RETURN_IF_ERROR(Annotate(replayed_[i].file->Sync(), replayed_[i].path));
  }
  return absl::OkStatus();
}

absl::StatusOr<SegmentFile> Recoverer::FreshFile(RecoveredLog* log) {
  for (auto it = log->free.begin(); it != log->free.end(); ++it) {
    // The last segment's marks hold until the fresh one's mark is durable.
    if (it->id.value != 0 && it->id == youngest_) continue;
    SegmentFile file = std::move(*it);
    log->free.erase(it);
    return file;
  }
  return CreateSparseSegmentFile(options_, fs_, log->next_number++);
}

absl::Status Recoverer::OpenFresh(RecoveredLog* log) {
  for (size_t i = 0; i < replayed_.size(); ++i) {
    (i < needed_ ? log->live : log->free).push_back(std::move(replayed_[i]));
  }
  const SegmentId before = std::max(youngest_, geometry_.SegmentOf(start_));
  ASSIGN_OR_RETURN(SegmentFile fresh, FreshFile(log));
  fresh.id = before.value == 0
                 ? SegmentId{1}
                 : SegmentId{before.value + kSegmentsSkippedAtOpen};
  const LogPosition position = geometry_.StartOf(fresh.id);
  log->link = needed_ > 0 ? replayed_ends_[needed_ - 1] : LogPosition{0};
  log->head = start_;

  ChunkHeader mark;
  mark.kind = ChunkKind::kMark;
  mark.segment = fresh.id;
  mark.position = mark.watermark = position;
  mark.length = kChunkHeaderBytes;
  mark.link = log->link;
  mark.head = log->head;
  mark.wall_us = clock_->WallMicros();
  AlignedBuffer block(kChunkAlignment);
  block.Zero();
  EncodeChunkHeader(mark, block.data());
  RETURN_IF_ERROR(Annotate(fresh.file->WriteAt(0, block.view()), fresh.path));
  RETURN_IF_ERROR(Annotate(fresh.file->Sync(), fresh.path));
  log->next = mark.End();
  fresh.link = log->link;
  log->live.push_back(std::move(fresh));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RecoveredLog> RecoverLog(const CommitLogOptions& options,
                                        FileSystem* fs, Clock* clock,
                                        LogPosition from, LogReplay replay,
                                        LogRecovery* recovery) {
  *recovery = {};
  return Recoverer(options, fs, clock, from, replay, recovery).Run();
}

}  // namespace rowan
