// SPDX-License-Identifier: Apache-2.0
#include "commitlog/log_copy.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "commitlog/log_files.h"
#include "commitlog/log_sources.h"
#include "commitlog/segment_copy.h"
#include "commitlog/segment_file.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

// A segment whose file is reused is in the archive before. The first of these
// may have listed the archive just too early, the second finds it.
constexpr int kLooksAgain = 2;

class LogCopier {
 public:
  LogCopier(FileSystem* fs, std::span<const std::string> directories,
            const LogCut& cut, const std::string& into)
      : fs_(fs), directories_(directories), cut_(cut), into_(into) {}

  absl::StatusOr<LogCopied> Run();

 private:
  // What counts of one segment: all below `end`; none: before a missing one,
  // as far as it goes.
  struct Part {
    SegmentId id;
    std::optional<LogPosition> end;
    bool missing = false;
  };
  struct Found {
    ChunkHeader header;
    std::string_view chunk;
  };

  absl::Status MakeInto();
  absl::Status Look();
  absl::Status FindParts();
  // Whether some source has it, at the last look if not before.
  absl::StatusOr<bool> Has(SegmentId id);
  absl::Status CopyParts();
  absl::Status CopyPart(const Part& part);
  // The chunk at `at`, from whichever file has it.
  absl::StatusOr<std::optional<Found>> FindChunk(SegmentId id, LogPosition at);
  std::optional<Found> ChunkInReaders(SegmentId id, LogPosition at);
  // Where reading goes on behind a place that can't be read; `limit` at most.
  LogPosition Resume(SegmentId id, LogPosition at, LogPosition limit);
  absl::Status ReadersStatus() const;
  absl::Status Add(const Found& found);
  static absl::Status Lost(LogPosition from, LogPosition to);

  Geometry geometry() const { return Geometry(sources_.segment_bytes); }

  FileSystem* const fs_;
  const std::span<const std::string> directories_;
  const LogCut& cut_;
  const std::string& into_;

  LogSources sources_;
  std::deque<Part> parts_;                               // in log order
  std::vector<std::unique_ptr<SegmentReader>> readers_;  // of one part
  int looks_left_ = 0;                                   // for that part
  std::unique_ptr<SegmentCopy> copy_;
  uint64_t files_ = 0;
  bool reached_ = false;  // the cut
  LogCopied copied_;
};

absl::StatusOr<LogCopied> LogCopier::Run() {
  RETURN_IF_ERROR(MakeInto());
  RETURN_IF_ERROR(FindParts());
  RETURN_IF_ERROR(CopyParts());
  if (files_ > 0) return copied_;
  return absl::FailedPreconditionError("nothing of the log is before the cut");
}

absl::Status LogCopier::MakeInto() {
  RETURN_IF_ERROR(MakeLogDirectory(into_, fs_));
  ASSIGN_OR_RETURN(const auto names, fs_->List(into_));
  if (names.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(into_, " is not empty: it holds ", names.front()));
}

absl::Status LogCopier::Look() {
  ASSIGN_OR_RETURN(LogSources now, LogSources::Look(fs_, directories_));
  const uint64_t before = sources_.segment_bytes;
  if (before == 0 || before == now.segment_bytes) sources_ = std::move(now);
  return absl::OkStatus();
}

absl::StatusOr<bool> LogCopier::Has(SegmentId id) {
  for (int looks = 0; looks < kLooksAgain; ++looks) {
    if (sources_.segments.contains(id)) return true;
    RETURN_IF_ERROR(Look());
  }
  return sources_.segments.contains(id);
}

absl::Status LogCopier::FindParts() {
  RETURN_IF_ERROR(Look());
  if (sources_.segments.empty()) {
    return absl::NotFoundError("no source holds a segment of a log");
  }
  SegmentId id = sources_.segments.rbegin()->first;
  std::optional<LogPosition> end;
  ASSIGN_OR_RETURN(end, sources_.Proved(fs_));
  for (;;) {
    ASSIGN_OR_RETURN(const bool there, Has(id));
    if (geometry().StartOf(id) <
        std::min(end.value_or(cut_.until), cut_.until)) {
      parts_.push_front({id, end, !there});
    }
    const auto next = sources_.segments.lower_bound(id);
    if (there) {
      end = next->second.link;
      if (end->value == 0 || geometry().SegmentBefore(*end) >= id) break;
      id = geometry().SegmentBefore(*end);
    } else {
      if (next == sources_.segments.begin()) break;
      id = std::prev(next)->first;
      end = std::nullopt;
    }
    const LogPosition below = end.value_or(geometry().StartOf({id.value + 1}));
    if (below <= cut_.from && !parts_.empty()) break;
  }
  return absl::OkStatus();
}

absl::Status LogCopier::CopyParts() {
  for (const Part& part : parts_) {
    if (reached_) break;
    if (part.missing) {
      return Lost(std::max(cut_.from, copied_.end), *part.end);
    }
    looks_left_ = kLooksAgain;
    ASSIGN_OR_RETURN(readers_, sources_.Open(fs_, part.id));
    RETURN_IF_ERROR(CopyPart(part));
    if (copy_ == nullptr) continue;
    RETURN_IF_ERROR(copy_->Finish(copied_.end));
    copy_.reset();
  }
  return absl::OkStatus();
}

absl::Status LogCopier::CopyPart(const Part& part) {
  LogPosition at = geometry().StartOf(part.id);
  const LogPosition limit = std::min(
      cut_.until, part.end.value_or(geometry().StartOf({part.id.value + 1})));
  while (at < limit) {
    ASSIGN_OR_RETURN(const auto found, FindChunk(part.id, at));
    if (found && found->header.wall_us > cut_.until_wall_us) {
      reached_ = true;
      return absl::OkStatus();
    }
    if (found) {
      RETURN_IF_ERROR(Add(*found));
      at = copied_.end;
      continue;
    }
    const LogPosition next = Resume(part.id, at, limit);
    RETURN_IF_ERROR(ReadersStatus());
    if (next == limit && !part.end) return absl::OkStatus();
    if (next > cut_.from) return Lost(at, next);
    at = next;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<LogCopier::Found>> LogCopier::FindChunk(
    SegmentId id, LogPosition at) {
  for (;;) {
    const auto found = ChunkInReaders(id, at);
    if (found) return found;
    RETURN_IF_ERROR(ReadersStatus());
    if (looks_left_-- <= 0) return std::nullopt;
    RETURN_IF_ERROR(Look());
    ASSIGN_OR_RETURN(readers_, sources_.Open(fs_, id));
  }
}

std::optional<LogCopier::Found> LogCopier::ChunkInReaders(SegmentId id,
                                                          LogPosition at) {
  for (const auto& reader : readers_) {
    const auto header = reader->HeaderAt(geometry().OffsetOf(at));
    if (!header || header->segment != id ||
        header->kind == ChunkKind::kCopyEnd) {
      continue;
    }
    const auto chunk = reader->ChunkOf(*header);
    if (chunk) return Found{*header, *chunk};
  }
  return std::nullopt;
}

LogPosition LogCopier::Resume(SegmentId id, LogPosition at, LogPosition limit) {
  const uint64_t offset = geometry().OffsetOf(at);
  for (const auto& reader : readers_) {
    const auto header = reader->HeaderAt(offset);
    const bool started =
        header && header->segment == id && header->kind != ChunkKind::kCopyEnd;
    if (started) limit = std::min(limit, header->End());
    const auto next = reader->FindHeader(
        id, offset + (started ? header->Span() : kChunkAlignment));
    if (next) limit = std::min(limit, next->position);
  }
  return limit;
}

absl::Status LogCopier::ReadersStatus() const {
  for (const auto& reader : readers_) RETURN_IF_ERROR(reader->status());
  return absl::OkStatus();
}

absl::Status LogCopier::Add(const Found& found) {
  if (copy_ == nullptr) {
    ASSIGN_OR_RETURN(copy_, SegmentCopy::Create(
                                fs_, into_, SegmentFileName(++files_, ".log"),
                                sources_.segment_bytes));
  }
  ChunkHeader header = found.header;
  header.head = std::min(cut_.from, header.position);
  RETURN_IF_ERROR(copy_->Add(header, found.chunk));
  copied_ = {header.End(), header.wall_us};
  return absl::OkStatus();
}

absl::Status LogCopier::Lost(LogPosition from, LogPosition to) {
  return absl::DataLossError(absl::StrCat("the log's records from position ",
                                          from.value, " to ", to.value,
                                          " are in no source any more"));
}

}  // namespace

absl::StatusOr<LogCopied> CopyLog(FileSystem* fs,
                                  std::span<const std::string> sources,
                                  const LogCut& cut, const std::string& into) {
  auto copied = LogCopier(fs, sources, cut, into).Run();
  if (copied.ok()) return copied;
  return Annotate(copied.status(), absl::StrCat("copying the log into ", into));
}

}  // namespace rowan
