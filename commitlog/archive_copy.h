// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_COMMITLOG_ARCHIVE_COPY_H_
#define ROWAN_COMMITLOG_ARCHIVE_COPY_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "commitlog/segment_copy.h"
#include "commitlog/segment_reader.h"
#include "storage/base/file_system.h"
#include "storage/base/ids.h"

namespace rowan {

// What of a segment is to be archived.
struct ArchiveJob {
  SegmentId id;
  std::string path;  // of the segment file, which keeps it until this is done
  // All below it is durable and wanted; 0: every chunk of the segment, of which
  // nothing is written any more.
  LogPosition end;
  bool whole = false;     // else "*.part", which grows no more by itself
  int64_t since_ns = -1;  // when the oldest of it became durable; -1: unknown
};

// One job under way, a few milliseconds a step. Damaged places are left out:
// the archive has the hole that the log has. Thread-compatible; blocks.
class ArchiveCopy {
 public:
  // Makes the directory; done at once when the archive has the segment whole.
  // kDataLoss when it has another log's of this id.
  static absl::StatusOr<std::unique_ptr<ArchiveCopy>> Begin(
      FileSystem *fs, const std::string &directory, uint64_t segment_bytes,
      const ArchiveJob &job);

  // Copies up to a MiB, or one larger chunk; true when all is durable in the
  // archive under its name.
  absl::StatusOr<bool> Step();
  uint64_t step_bytes() const { return step_bytes_; }  // of the last step

 private:
  ArchiveCopy(FileSystem *fs, std::string directory, uint64_t segment_bytes,
              const ArchiveJob &job);
  absl::StatusOr<bool> AlreadyThere();
  // The offset of the next chunk behind one that can't be read.
  uint64_t NextAfter(uint64_t offset);
  absl::Status Finish();

  FileSystem *const fs_;
  const std::string directory_;
  const Geometry geometry_;
  const ArchiveJob job_;
  const uint64_t stop_;  // offset
  bool done_ = false;
  std::unique_ptr<SegmentReader> reader_;
  std::unique_ptr<SegmentCopy> copy_;
  uint64_t offset_ = 0;
  uint64_t step_bytes_ = 0;
};

}  // namespace rowan

#endif  // ROWAN_COMMITLOG_ARCHIVE_COPY_H_
