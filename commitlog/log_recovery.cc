// SPDX-License-Identifier: Apache-2.0
#include "commitlog/log_recovery.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "commitlog/log_files.h"
#include "commitlog/segment_image.h"
#include "storage/base/aligned_buffer.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

// What the last segment says of the whole log.
struct LogEnd {
  LogPosition watermark;  // all below must be readable
  LogPosition head;       // all below has been released
};

// A place where no chunk can be read.
struct Gap {
  enum { kEnd, kTornEnd, kHole } kind;
  uint64_t resumes = 0;  // kHole: the offset where reading goes on
};

class Recoverer {
 public:
  Recoverer(const CommitLogOptions& options, FileSystem* fs, Clock* clock,
            LogNeed need, LogReplay* replay, LogRecovery* recovery)
      : options_(options),
        geometry_(options.segment_bytes),
        fs_(fs),
        clock_(clock),
        need_(need),
        start_(need.from),
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
  // What an unreadable chunk at `offset` means; a hole is reported.
  absl::StatusOr<Gap> Judge(const ChainLink& link, uint64_t offset);
  // A hole when a whole segment is not there.
  absl::Status ReportMissing(const ChainLink& link);
  // A hole when the log ends long before what is known of it, or when a file is
  // so short that it may have held all of a later segment.
  absl::Status CheckReach();
  absl::Status ReportEndGone(SegmentId known, std::string_view how);
  static absl::Status FillUpShort(uint64_t bytes,
                                  std::deque<SegmentFile>* files);
  // What is replayed may be on the disk elsewhere before the replay has ended.
  absl::Status SyncChain(const std::deque<ChainLink>& chain);
  absl::Status OpenFresh(RecoveredLog* log);
  absl::StatusOr<SegmentFile> FreshFile(RecoveredLog* log);

  const CommitLogOptions& options_;
  const Geometry geometry_;
  FileSystem* const fs_;
  Clock* const clock_;
  const LogNeed need_;
  LogPosition start_;  // nothing below is needed
  LogReplay* const replay_;
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
  recovery_->notes = files_.notes;
  RecoveredLog log;
  if (!files_.all.empty() && files_.all.back().id.value != 0) {
    youngest_ = files_.all.back().id;
    RETURN_IF_ERROR(ReadEnd(files_.all.back()));
    start_ = std::max(start_, end_.head);
    auto chain = TakeChain(options_, start_, &files_);
    RETURN_IF_ERROR(SyncChain(chain));
    RETURN_IF_ERROR(ReplayChain(&chain));
  }
  RETURN_IF_ERROR(CheckReach());
  log.free = std::move(files_.all);
  log.next_number = files_.next_number;
  RETURN_IF_ERROR(OpenFresh(&log));
  RETURN_IF_ERROR(FillUpShort(geometry_.segment_bytes(), &log.live));
  RETURN_IF_ERROR(FillUpShort(geometry_.segment_bytes(), &log.free));
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
    if (chain->front().missing()) {
      RETURN_IF_ERROR(ReportMissing(chain->front()));
      continue;
    }
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
      if (gap.kind != Gap::kHole) break;
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
        return replay_->OnRecord(position, record);
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
  // A header would begin here, and the file ends before it or in its chunk.
  const bool cut =
      !next && segment.cut_short() &&
      segment.cut_at < offset + (started ? header->length : kChunkHeaderBytes);
  if (at >= end_.watermark && !cut) {
    if (!link.end && !started && !next) return Gap{Gap::kEnd};
    recovery_->notes.push_back(absl::StrCat(
        segment.path, " at ", offset, ": torn end of the log, position ",
        at.value, "; what follows was never durable and is left out"));
    return Gap{Gap::kTornEnd};
  }
  const bool last = segment.id == youngest_;
  // Before a missing segment, whose hole begins here.
  if (!link.end && !last && !started && !next && !cut) return Gap{Gap::kEnd};
  LogPosition resumes = link.end ? *link.end
                        : last && !cut
                            ? end_.watermark
                            : geometry_.StartOf({segment.id.value + 1});
  if (next) resumes = std::min(resumes, next->position);
  if (started) resumes = std::min(resumes, header->End());
  if (resumes > start_) {
    RETURN_IF_ERROR(replay_->OnHole(
        {at, resumes, started ? header->scope : kLogScopeAll,
         absl::StrCat(segment.path, " at ", offset,
                      ": a durable chunk is damaged; ",
                      started ? absl::StrCat(header->record_count, " records")
                              : "the records",
                      " from position ", at.value, " to ", resumes.value,
                      " are lost")}));
  }
  return Gap{Gap::kHole, resumes.value - base};
}

absl::Status Recoverer::ReportMissing(const ChainLink& link) {
  const LogPosition from = std::max(
      start_, replayed_ends_.empty() ? LogPosition{0} : replayed_ends_.back());
  return replay_->OnHole(
      {from, *link.end, kLogScopeAll,
       absl::StrCat(options_.directory, ": log segment ", link.segment.id.value,
                    " is missing; the records from position ", from.value,
                    " to ", link.end->value, " are lost")});
}

absl::Status Recoverer::CheckReach() {
  const SegmentId known = geometry_.SegmentOf(need_.known);
  if (need_.known.value != 0 &&
      (youngest_.value == 0 ||
       known.value > youngest_.value + kSegmentsAheadMax)) {
    return ReportEndGone(known, "the log's files are gone");
  }
  for (const SegmentFile& segment : files_.all) {
    if (segment.id.value != 0 || segment.cut_at >= kChunkHeaderBytes) continue;
    return ReportEndGone(
        std::max(known, youngest_),
        absl::StrCat(segment.path, " is cut short and may have been its end"));
  }
  return absl::OkStatus();
}

absl::Status Recoverer::ReportEndGone(SegmentId known, std::string_view how) {
  const LogPosition end =
      replayed_ends_.empty() ? LogPosition{0} : replayed_ends_.back();
  const LogPosition from = std::max(start_, end);
  return replay_->OnHole(
      {from, geometry_.StartOf({known.value + kSegmentsSkippedAtOpen}),
       kLogScopeAll,
       absl::StrCat(
           options_.directory, ": ", absl::string_view(how.data(), how.size()),
           ": it ends at position ", end.value, " and went to ",
           need_.known.value, " or further; the records from position ",
           from.value, " on are lost")});
}

absl::Status Recoverer::FillUpShort(uint64_t bytes,
                                    std::deque<SegmentFile>* files) {
  for (SegmentFile& segment : *files) {
    if (!segment.cut_short()) continue;
    RETURN_IF_ERROR(Annotate(segment.file->Truncate(bytes), segment.path));
    segment.cut_at = UINT64_MAX;
  }
  return absl::OkStatus();
}

absl::Status Recoverer::SyncChain(const std::deque<ChainLink>& chain) {
  for (const ChainLink& link : chain) {
    if (link.missing() || (link.end && *link.end <= end_.watermark)) continue;
    const SegmentFile& segment = link.segment;
    RETURN_IF_ERROR(Annotate(segment.file->Sync(), segment.path));
  }
  return absl::OkStatus();
}

absl::StatusOr<SegmentFile> Recoverer::FreshFile(RecoveredLog* log) {
  for (auto it = log->free.begin(); it != log->free.end(); ++it) {
    // The last segment's marks hold until the fresh one's mark is durable.
    if (it->id.value != 0 && it->id == youngest_) continue;
    if (it->id.value != 0 && options_.keep_segments) continue;
    if (it->cut_short()) continue;  // it tells of damage until all is done
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
  const SegmentId before =
      std::max(youngest_, geometry_.SegmentOf(std::max(start_, need_.known)));
  ASSIGN_OR_RETURN(SegmentFile fresh, FreshFile(log));
  fresh.id = before.value == 0
                 ? SegmentId{1}
                 : SegmentId{before.value + kSegmentsSkippedAtOpen};
  const LogPosition position = geometry_.StartOf(fresh.id);
  log->link = replayed_ends_.empty() ? LogPosition{0}
              : needed_ > 0          ? replayed_ends_[needed_ - 1]
                                     : replayed_ends_.back();
  // So that no start asks for segments that are free from now on.
  const bool all_free = needed_ == 0 && !replayed_ends_.empty();
  log->head = all_free ? position : start_;

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
                                        LogNeed need, LogReplay* replay,
                                        LogRecovery* recovery) {
  *recovery = {};
  return Recoverer(options, fs, clock, need, replay, recovery).Run();
}

}  // namespace rowan
