// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_COMMITLOG_SEGMENT_FILE_H_
#define ROWAN_COMMITLOG_SEGMENT_FILE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "commitlog/commit_log_options.h"
#include "commitlog/format.h"
#include "storage/base/file_system.h"

namespace rowan {

// One file of the log's directory, always of segment_bytes and always open. Its
// name is a number that says nothing of its place in the log: the chunks inside
// carry the segment id, so that reuse needs no rename.
struct SegmentFile {
  uint64_t number = 0;
  std::string path;
  std::unique_ptr<File> file;
  SegmentId id;      // of the segment it holds; 0: none
  LogPosition link;  // as that segment's chunks say
  // It was found cut short at this offset, which no crash does.
  uint64_t cut_at = UINT64_MAX;

  bool cut_short() const { return cut_at != UINT64_MAX; }
};

// "segment-000007.log", and "segment-000007.tmp" while it is being made.
std::string SegmentFileName(uint64_t number, std::string_view suffix);
// False when `name` is not one with this suffix.
bool ParseSegmentFileName(std::string_view name, std::string_view suffix,
                          uint64_t* number);

OpenOptions SegmentOpenOptions(const CommitLogOptions& options);

// Gives a complete *.tmp its name and makes both durable, then opens it.
absl::StatusOr<SegmentFile> AdoptSegmentFile(const CommitLogOptions& options,
                                             FileSystem* fs, uint64_t number);

// Makes a file of holes, at once. The background makes filled ones
// (SegmentPool); this is for the log that has to start now. Blocks.
absl::StatusOr<SegmentFile> CreateSparseSegmentFile(
    const CommitLogOptions& options, FileSystem* fs, uint64_t number);

}  // namespace rowan

#endif  // ROWAN_COMMITLOG_SEGMENT_FILE_H_
