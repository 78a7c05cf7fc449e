// SPDX-License-Identifier: Apache-2.0
#include "commitlog/log_files.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

std::string ParentOf(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

absl::Status MakeDirectory(const std::string& directory, FileSystem* fs) {
  RETURN_IF_ERROR(fs->CreateDirectory(directory));
  return fs->SyncDirectory(ParentOf(directory));
}

// Which segment the file holds: what its first chunk says, or, when that is no
// chunk at all, the youngest that left a chunk anywhere.
absl::Status Identify(SegmentImage* image, SegmentFile* segment) {
  RETURN_IF_ERROR(image->LoadFirstBlock(*segment->file, segment->path));
  auto header = image->HeaderAt(0);
  if (!header) {
    RETURN_IF_ERROR(image->Load(*segment->file, segment->path));
    header = image->FindYoungest();
  }
  if (!header) return absl::OkStatus();
  segment->id = header->segment;
  segment->link = header->link;
  return absl::OkStatus();
}

absl::StatusOr<SegmentFile> OpenSegment(const CommitLogOptions& options,
                                        FileSystem* fs, SegmentImage* image,
                                        const std::string& name,
                                        uint64_t number) {
  SegmentFile segment;
  segment.number = number;
  segment.path = absl::StrCat(options.directory, "/", name);
  ASSIGN_OR_RETURN(segment.file,
                   fs->Open(segment.path, SegmentOpenOptions(options)));
  ASSIGN_OR_RETURN(const uint64_t size, segment.file->Size());
  if (size != options.segment_bytes) {
    return absl::FailedPreconditionError(absl::StrCat(
        segment.path, ": has ", size, " bytes, but this log is opened with ",
        "segments of ", options.segment_bytes));
  }
  RETURN_IF_ERROR(Identify(image, &segment));
  return segment;
}

absl::Status CheckUnique(const std::deque<SegmentFile>& files) {
  for (size_t i = 1; i < files.size(); ++i) {
    if (files[i].id.value == 0 || files[i].id != files[i - 1].id) continue;
    return absl::DataLossError(
        absl::StrCat(files[i - 1].path, " and ", files[i].path,
                     " both hold log segment ", files[i].id.value));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<LogFiles> FindLogFiles(const CommitLogOptions& options,
                                      FileSystem* fs, SegmentImage* image) {
  RETURN_IF_ERROR(MakeDirectory(options.directory, fs));
  ASSIGN_OR_RETURN(const auto names, fs->List(options.directory));
  LogFiles files;
  for (const std::string& name : names) {
    uint64_t number;
    if (ParseSegmentFileName(name, ".tmp", &number)) {
      RETURN_IF_ERROR(fs->Remove(absl::StrCat(options.directory, "/", name)));
    } else if (ParseSegmentFileName(name, ".log", &number)) {
      ASSIGN_OR_RETURN(SegmentFile segment,
                       OpenSegment(options, fs, image, name, number));
      files.all.push_back(std::move(segment));
    } else {
      continue;
    }
    files.next_number = std::max(files.next_number, number + 1);
  }
  std::stable_sort(
      files.all.begin(), files.all.end(),
      [](const SegmentFile& a, const SegmentFile& b) { return a.id < b.id; });
  RETURN_IF_ERROR(CheckUnique(files.all));
  return files;
}

absl::StatusOr<std::deque<ChainLink>> TakeChain(const CommitLogOptions& options,
                                                LogPosition start,
                                                LogFiles* files) {
  const Geometry geometry(options.segment_bytes);
  std::deque<ChainLink> chain;
  chain.push_front({std::move(files->all.back()), std::nullopt});
  files->all.pop_back();
  for (;;) {
    const SegmentFile& next = chain.front().segment;
    const LogPosition end = next.link;
    if (end <= start || end.value == 0) return chain;
    const SegmentId id = geometry.SegmentBefore(end);
    auto found = std::find_if(
        files->all.begin(), files->all.end(),
        [id](const SegmentFile& segment) { return segment.id == id; });
    if (found == files->all.end() || id >= next.id) {
      return absl::DataLossError(absl::StrCat(
          options.directory, ": log segment ", id.value, " is missing: ",
          next.path, " continues it; the records from position ",
          std::max(start, geometry.StartOf(id)).value, " to ", end.value,
          " are lost"));
    }
    chain.push_front({std::move(*found), end});
    files->all.erase(found);
  }
}

}  // namespace rowan
