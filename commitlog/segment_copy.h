// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_COMMITLOG_SEGMENT_COPY_H_
#define ROWAN_COMMITLOG_SEGMENT_COPY_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "commitlog/format.h"
#include "storage/base/file_system.h"

namespace rowan {

// A segment file in the making from another one's chunks (FORMAT.md, "Copies of
// a log"). It has a *.tmp name until Finish; destroyed before, it leaves that.
// Thread-compatible; blocks; collects up to 1 MiB, and a chunk.
class SegmentCopy {
 public:
  // For `path`, in a directory that exists; an older *.tmp is written anew.
  static absl::StatusOr<std::unique_ptr<SegmentCopy>> Create(
      FileSystem* fs, std::string directory, std::string name,
      uint64_t segment_bytes);

  // `chunk` are header and records, undamaged; `header` is written for its
  // header. REQUIRES: behind all chunks before, of one segment.
  absl::Status Add(const ChunkHeader& header, std::string_view chunk);

  // Gives the file its name, replacing one that has it, and makes all durable.
  // All of the source below `end` was seen: a copy end says so where there is
  // room for it and a chunk before it; end 0: that is not known.
  absl::Status Finish(LogPosition end);

 private:
  SegmentCopy(FileSystem* fs, std::string directory, std::string path,
              uint64_t segment_bytes, std::unique_ptr<File> file);
  absl::Status Flush();

  FileSystem* const fs_;
  const std::string directory_, path_;
  const Geometry geometry_;
  std::unique_ptr<File> file_;
  ChunkHeader last_;
  uint64_t pending_at_ = 0;
  std::string pending_;
};

}  // namespace rowan

#endif  // ROWAN_COMMITLOG_SEGMENT_COPY_H_
