// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_COMMITLOG_LOG_SOURCES_H_
#define ROWAN_COMMITLOG_LOG_SOURCES_H_

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "commitlog/format.h"
#include "commitlog/segment_reader.h"
#include "storage/base/file_system.h"
#include "storage/base/ids.h"

namespace rowan {

// Which segments lie in several directories, as one look found them; a node may
// write them. A plain value: no file stays open.
struct LogSources {
  struct Segment {
    LogPosition link;
    std::vector<std::string> paths;  // all that held it
  };
  std::map<SegmentId, Segment> segments;
  uint64_t segment_bytes = 0;  // 0: no file

  // Reads 4 KiB of each "segment-*.log" and "segment-*.part", and those whole
  // that don't begin with a chunk. Directories and files that are not there are
  // left out. kFailedPrecondition when the largest file has no size that
  // segments may have.
  static absl::StatusOr<LogSources> Look(
      FileSystem* fs, std::span<const std::string> directories);

  // Readers of the files that held it and are still there.
  absl::StatusOr<std::vector<std::unique_ptr<SegmentReader>>> Open(
      FileSystem* fs, SegmentId id) const;

  // Up to where the youngest segment's headers prove the log to be durable.
  // REQUIRES: there is a segment.
  absl::StatusOr<LogPosition> Proved(FileSystem* fs) const;
};

}  // namespace rowan

#endif  // ROWAN_COMMITLOG_LOG_SOURCES_H_
