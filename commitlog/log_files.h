// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_COMMITLOG_LOG_FILES_H_
#define ROWAN_COMMITLOG_LOG_FILES_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "commitlog/commit_log_options.h"
#include "commitlog/segment_file.h"
#include "commitlog/segment_image.h"
#include "storage/base/file_system.h"
#include "storage/base/ids.h"

namespace rowan {

std::string ParentDirectory(const std::string& path);

// Makes it when missing; it and the names in it are durable then.
absl::Status MakeLogDirectory(const std::string& directory, FileSystem* fs);

// The files of a log's directory, each with the segment it holds.
struct LogFiles {
  std::deque<SegmentFile> all;     // by segment id; free ones (id 0) first
  std::vector<std::string> notes;  // one line each, of damage found
  uint64_t next_number = 1;
};

// A segment that must be read, and where its part of the log ends; no end: it
// is the last, or the next is missing, and it is read as far as it goes. A
// missing one has an id and an end, and no file.
struct ChainLink {
  SegmentFile segment;
  std::optional<LogPosition> end;

  bool missing() const { return segment.file == nullptr; }
};

// Makes the directory when missing, removes what an interrupted making left and
// opens every segment file.
// kDataLoss naming two files that claim one segment; kFailedPrecondition when
// the files are of another segment size.
absl::StatusOr<LogFiles> FindLogFiles(const CommitLogOptions& options,
                                      FileSystem* fs, SegmentImage* image);

// Takes from `files` the last segment and, following the links, all before it
// that hold positions at or after `start`; in log order. Behind a missing one
// the youngest that is there goes on. REQUIRES: files->all is not empty.
std::deque<ChainLink> TakeChain(const CommitLogOptions& options,
                                LogPosition start, LogFiles* files);

}  // namespace rowan

#endif  // ROWAN_COMMITLOG_LOG_FILES_H_
