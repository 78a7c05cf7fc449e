// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_COMMITLOG_LOG_FILES_H_
#define ROWAN_COMMITLOG_LOG_FILES_H_

#include <cstdint>
#include <deque>
#include <optional>

#include "absl/status/statusor.h"
#include "commitlog/commit_log_options.h"
#include "commitlog/segment_file.h"
#include "commitlog/segment_image.h"
#include "storage/base/file_system.h"
#include "storage/base/ids.h"

namespace rowan {

// The files of a log's directory, each with the segment it holds.
struct LogFiles {
  std::deque<SegmentFile> all;  // by segment id; free ones (id 0) first
  uint64_t next_number = 1;
};

// A segment that must be read, and where its part of the log ends; no end: it
// is the last, and is read as far as it goes.
struct ChainLink {
  SegmentFile segment;
  std::optional<LogPosition> end;
};

// Makes the directory when missing, removes what an interrupted making left and
// opens every segment file. kDataLoss naming two files that claim one segment.
absl::StatusOr<LogFiles> FindLogFiles(const CommitLogOptions& options,
                                      FileSystem* fs, SegmentImage* image);

// Takes from `files` the last segment and, following the links, all before it
// that hold positions at or after `start`; in log order. kDataLoss naming the
// first that is missing. REQUIRES: files->all is not empty.
absl::StatusOr<std::deque<ChainLink>> TakeChain(const CommitLogOptions& options,
                                                LogPosition start,
                                                LogFiles* files);

}  // namespace rowan

#endif  // ROWAN_COMMITLOG_LOG_FILES_H_
