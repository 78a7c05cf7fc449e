// SPDX-License-Identifier: Apache-2.0
#include "commitlog/log_files.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

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
                                        FileSystem* fs, const std::string& name,
                                        uint64_t number) {
  SegmentFile segment;
  segment.number = number;
  segment.path = absl::StrCat(options.directory, "/", name);
  ASSIGN_OR_RETURN(segment.file,
                   fs->Open(segment.path, SegmentOpenOptions(options)));
  return segment;
}

// A file that was cut short is damage, if others show that the size is right;
// what it lost is judged as what zeros stand for.
absl::Status FindShort(const CommitLogOptions& options, LogFiles* files) {
  std::vector<uint64_t> sizes;
  for (const SegmentFile& segment : files->all) {
    ASSIGN_OR_RETURN(sizes.emplace_back(), segment.file->Size());
  }
  const uint64_t right = options.segment_bytes;
  const bool known = std::count(sizes.begin(), sizes.end(), right) > 0;
  for (size_t i = 0; i < sizes.size(); ++i) {
    SegmentFile& segment = files->all[i];
    if (sizes[i] == right) continue;
    if (sizes[i] > right || !known) {
      return absl::FailedPreconditionError(
          absl::StrCat(segment.path, ": has ", sizes[i],
                       " bytes, but this log "
                       "is opened with segments of ",
                       right));
    }
    segment.cut_at = sizes[i];
    files->notes.push_back(absl::StrCat(segment.path, " at ", sizes[i],
                                        ": cut short; ", right - sizes[i],
                                        " bytes filled up with zeros"));
  }
  return absl::OkStatus();
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

std::string ParentDirectory(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// A process may have died between giving a file its name and the sync: records
// are not to be written into what a power cut would take away.
absl::Status MakeLogDirectory(const std::string& directory, FileSystem* fs) {
  RETURN_IF_ERROR(fs->CreateDirectory(directory));
  RETURN_IF_ERROR(fs->SyncDirectory(ParentDirectory(directory)));
  return fs->SyncDirectory(directory);
}

absl::StatusOr<LogFiles> FindLogFiles(const CommitLogOptions& options,
                                      FileSystem* fs, SegmentImage* image) {
  RETURN_IF_ERROR(MakeLogDirectory(options.directory, fs));
  ASSIGN_OR_RETURN(const auto names, fs->List(options.directory));
  LogFiles files;
  for (const std::string& name : names) {
    uint64_t number;
    if (ParseSegmentFileName(name, ".tmp", &number)) {
      RETURN_IF_ERROR(fs->Remove(absl::StrCat(options.directory, "/", name)));
    } else if (ParseSegmentFileName(name, ".log", &number)) {
      ASSIGN_OR_RETURN(SegmentFile segment,
                       OpenSegment(options, fs, name, number));
      files.all.push_back(std::move(segment));
    } else {
      continue;
    }
    files.next_number = std::max(files.next_number, number + 1);
  }
  RETURN_IF_ERROR(FindShort(options, &files));
  for (SegmentFile& segment : files.all) {
    RETURN_IF_ERROR(Identify(image, &segment));
  }
  std::stable_sort(
      files.all.begin(), files.all.end(),
      [](const SegmentFile& a, const SegmentFile& b) { return a.id < b.id; });
  RETURN_IF_ERROR(CheckUnique(files.all));
  return files;
}

std::deque<ChainLink> TakeChain(const CommitLogOptions& options,
                                LogPosition start, LogFiles* files) {
  const Geometry geometry(options.segment_bytes);
  std::deque<ChainLink> chain;
  chain.push_front({std::move(files->all.back()), std::nullopt});
  files->all.pop_back();
  for (;;) {
    const SegmentFile& next = chain.front().segment;
    const LogPosition end = next.link;
    if (end <= start || end.value == 0) return chain;
    const SegmentId id = geometry.SegmentBefore(end);
    // Sorted by id; the free files have none and come first.
    auto found = std::upper_bound(
        files->all.begin(), files->all.end(), id,
        [](SegmentId a, const SegmentFile& b) { return a < b.id; });
    const bool none = found == files->all.begin() || id >= next.id;
    const SegmentId older = none ? SegmentId{0} : std::prev(found)->id;
    std::optional<LogPosition> stop = end;
    if (older != id) {
      SegmentFile missing;
      missing.id = id;
      chain.push_front({std::move(missing), end});
      stop = std::nullopt;
    }
    // One that was released is not continued by the missing one.
    if (older.value == 0 || geometry.StartOf({older.value + 1}) <= start) {
      return chain;
    }
    chain.push_front({std::move(*std::prev(found)), stop});
    files->all.erase(std::prev(found));
  }
}

}  // namespace rowan
