// SPDX-License-Identifier: Apache-2.0
#include "commitlog/segment_file.h"

#include <cstdio>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

constexpr std::string_view kPrefix = "segment-";

}  // namespace

std::string SegmentFileName(uint64_t number, std::string_view suffix) {
  char digits[24];
  std::snprintf(digits, sizeof(digits), "%06llu",
                static_cast<unsigned long long>(number));
  return std::string(kPrefix).append(digits).append(suffix);
}

bool ParseSegmentFileName(std::string_view name, std::string_view suffix,
                          uint64_t* number) {
  if (!name.starts_with(kPrefix) || !name.ends_with(suffix)) return false;
  if (name.size() <= kPrefix.size() + suffix.size()) return false;
  name.remove_prefix(kPrefix.size());
  name.remove_suffix(suffix.size());
  return absl::SimpleAtoi(absl::string_view(name.data(), name.size()), number);
}

OpenOptions SegmentOpenOptions(const CommitLogOptions& options) {
  OpenOptions open;
  open.write = true;
  // A periodic log is answered from kernel memory, so it goes through it.
  open.direct = options.sync == LogSync::kGroup;
  return open;
}

absl::StatusOr<SegmentFile> AdoptSegmentFile(const CommitLogOptions& options,
                                             FileSystem* fs, uint64_t number) {
  const std::string& directory = options.directory;
  SegmentFile segment;
  segment.number = number;
  segment.path = absl::StrCat(directory, "/", SegmentFileName(number, ".log"));
  RETURN_IF_ERROR(
      fs->Rename(absl::StrCat(directory, "/", SegmentFileName(number, ".tmp")),
                 segment.path));
  RETURN_IF_ERROR(fs->SyncDirectory(directory));
  ASSIGN_OR_RETURN(segment.file,
                   fs->Open(segment.path, SegmentOpenOptions(options)));
  return segment;
}

absl::StatusOr<SegmentFile> CreateSparseSegmentFile(
    const CommitLogOptions& options, FileSystem* fs, uint64_t number) {
  OpenOptions open = SegmentOpenOptions(options);
  open.create = true;
  {
    ASSIGN_OR_RETURN(auto file,
                     fs->Open(absl::StrCat(options.directory, "/",
                                           SegmentFileName(number, ".tmp")),
                              open));
    RETURN_IF_ERROR(file->Truncate(options.segment_bytes));
    RETURN_IF_ERROR(file->Sync());
  }
  return AdoptSegmentFile(options, fs, number);
}

}  // namespace rowan
