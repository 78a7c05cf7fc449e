// SPDX-License-Identifier: Apache-2.0
#include "commitlog/log_sources.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "commitlog/segment_file.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

// Up to where this header proves the log to be durable. A chunk without records
// needs no proof: there is nothing in it to lose.
LogPosition ProvedBy(const ChunkHeader& header) {
  const bool empty =
      header.kind == ChunkKind::kMark || header.kind == ChunkKind::kStop;
  return empty && header.watermark == header.position ? header.End()
                                                      : header.watermark;
}

bool IsSegmentFileName(std::string_view name) {
  uint64_t number;
  return ParseSegmentFileName(name, ".log", &number) ||
         ParseSegmentFileName(name, ".part", &number);
}

absl::StatusOr<std::vector<std::string>> FindPaths(
    FileSystem* fs, std::span<const std::string> directories) {
  std::vector<std::string> paths;
  for (const std::string& directory : directories) {
    auto names = fs->List(directory);
    if (absl::IsNotFound(names.status())) continue;
    RETURN_IF_ERROR(names.status());
    for (const std::string& name : *names) {
      if (!IsSegmentFileName(name)) continue;
      paths.push_back(absl::StrCat(directory, "/", name));
    }
  }
  return paths;
}

// Keeps those that are there.
absl::StatusOr<uint64_t> LargestSize(FileSystem* fs,
                                     std::vector<std::string>* paths) {
  uint64_t largest = 0;
  std::vector<std::string> there;
  for (std::string& path : *paths) {
    auto file = fs->Open(path, OpenOptions{});
    if (absl::IsNotFound(file.status())) continue;
    RETURN_IF_ERROR(file.status());
    ASSIGN_OR_RETURN(const uint64_t size, (*file)->Size());
    largest = std::max(largest, size);
    there.push_back(std::move(path));
  }
  *paths = std::move(there);
  return largest;
}

absl::Status CheckSegmentBytes(uint64_t bytes) {
  if (bytes >= kSegmentBytesMin && bytes <= kSegmentBytesMax &&
      bytes % kChunkAlignment == 0) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "the largest log segment has ", bytes, " bytes, which none may have"));
}

}  // namespace

absl::StatusOr<LogSources> LogSources::Look(
    FileSystem* fs, std::span<const std::string> directories) {
  LogSources sources;
  ASSIGN_OR_RETURN(auto paths, FindPaths(fs, directories));
  ASSIGN_OR_RETURN(const uint64_t segment_bytes, LargestSize(fs, &paths));
  if (paths.empty()) return sources;
  RETURN_IF_ERROR(CheckSegmentBytes(segment_bytes));
  sources.segment_bytes = segment_bytes;
  for (const std::string& path : paths) {
    auto file = fs->Open(path, OpenOptions{});
    if (absl::IsNotFound(file.status())) continue;
    RETURN_IF_ERROR(file.status());
    SegmentReader reader(*std::move(file), path, segment_bytes);
    auto header = reader.HeaderAt(0);
    if (!header) header = reader.FindYoungest();
    RETURN_IF_ERROR(reader.status());
    if (!header) continue;
    Segment& segment = sources.segments[header->segment];
    segment.link = header->link;
    segment.paths.push_back(path);
  }
  return sources;
}

absl::StatusOr<std::vector<std::unique_ptr<SegmentReader>>> LogSources::Open(
    FileSystem* fs, SegmentId id) const {
  std::vector<std::unique_ptr<SegmentReader>> readers;
  const auto found = segments.find(id);
  if (found == segments.end()) return readers;
  for (const std::string& path : found->second.paths) {
    auto file = fs->Open(path, OpenOptions{});
    if (absl::IsNotFound(file.status())) continue;
    RETURN_IF_ERROR(file.status());
    readers.push_back(
        std::make_unique<SegmentReader>(*std::move(file), path, segment_bytes));
  }
  return readers;
}

absl::StatusOr<LogPosition> LogSources::Proved(FileSystem* fs) const {
  const SegmentId youngest = segments.rbegin()->first;
  const Geometry geometry(segment_bytes);
  LogPosition proved;
  ASSIGN_OR_RETURN(auto readers, Open(fs, youngest));
  for (const auto& reader : readers) {
    uint64_t offset = 0;
    while (auto header = reader->FindHeader(youngest, offset)) {
      proved = std::max(proved, ProvedBy(*header));
      offset = geometry.OffsetOf(header->position) + header->Span();
    }
    RETURN_IF_ERROR(reader->status());
  }
  return proved;
}

}  // namespace rowan
