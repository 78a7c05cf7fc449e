// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_COMMITLOG_SEGMENT_IMAGE_H_
#define ROWAN_COMMITLOG_SEGMENT_IMAGE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "commitlog/format.h"
#include "storage/base/aligned_buffer.h"
#include "storage/base/file_system.h"
#include "storage/base/ids.h"

namespace rowan {

// The bytes of one segment file in memory, and the questions that reading a log
// asks of them. Any bytes are safe to ask about. Thread-compatible; one segment
// large.
class SegmentImage {
 public:
  explicit SegmentImage(uint64_t segment_bytes) : geometry_(segment_bytes) {}

  // Reads the file, which should be of segment_bytes. What lies beyond its end,
  // and blocks that the disk can't read any more, are taken for zeros.
  absl::Status Load(File& file, const std::string& path);
  // Only its first 4 KiB: enough for HeaderAt(0).
  absl::Status LoadFirstBlock(File& file, const std::string& path);

  // The header at `offset`, when an undamaged one that was written for exactly
  // this place (of some segment) is there.
  std::optional<ChunkHeader> HeaderAt(uint64_t offset) const;
  // Whether the records after this header are undamaged.
  bool BodyOk(const ChunkHeader& header) const;
  // The first header of `segment` at or after `offset`, looking at every 4 KiB.
  std::optional<ChunkHeader> FindHeader(SegmentId segment,
                                        uint64_t offset) const;
  // A header of the youngest segment that left one anywhere in this file.
  std::optional<ChunkHeader> FindYoungest() const;

  // Calls `each` for the records of a chunk, in order. kDataLoss when they
  // don't add up. REQUIRES: BodyOk(header).
  absl::Status ForEachRecord(
      const ChunkHeader& header,
      absl::FunctionRef<absl::Status(LogPosition, std::string_view)> each)
      const;

 private:
  absl::Status Read(File& file, const std::string& path, uint64_t bytes);
  absl::StatusOr<size_t> ReadAroundBadBlocks(File& file, uint64_t bytes);

  const Geometry geometry_;
  AlignedBuffer bytes_;
  uint64_t loaded_ = 0;
};

}  // namespace rowan

#endif  // ROWAN_COMMITLOG_SEGMENT_IMAGE_H_
