// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_COMMITLOG_SEGMENT_READER_H_
#define ROWAN_COMMITLOG_SEGMENT_READER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "commitlog/format.h"
#include "storage/base/aligned_buffer.h"
#include "storage/base/file_system.h"
#include "storage/base/ids.h"

namespace rowan {

// The chunks of one segment file, read through a window of 1 MiB (or one larger
// chunk): for whoever copies while the node runs. SegmentImage is for a start,
// which asks the same bytes again and again.
//
// What the file lacks, and blocks that the disk can't read, are zeros. Another
// may write the file meanwhile: what is found is then from some moment of it.
// Thread-compatible. Any other error ends it: all questions are then answered
// with nothing, and status() says why.
class SegmentReader {
 public:
  SegmentReader(std::unique_ptr<File> file, std::string path,
                uint64_t segment_bytes);

  // The header of some segment that is whole and in its place; its records may
  // be damaged.
  std::optional<ChunkHeader> HeaderAt(uint64_t offset);
  // Header and records, when undamaged; valid until the next question.
  std::optional<std::string_view> ChunkOf(const ChunkHeader& header);
  // The first header of `segment` at or after `offset`, looking at every 4 KiB.
  std::optional<ChunkHeader> FindHeader(SegmentId segment, uint64_t offset);
  // A header of the youngest segment that left one in this file.
  std::optional<ChunkHeader> FindYoungest();

  const absl::Status& status() const { return status_; }

 private:
  std::string_view Window(uint64_t offset, uint64_t bytes);
  void Fill(uint64_t offset, uint64_t bytes);
  void FillByBlocks();

  const std::unique_ptr<File> file_;
  const std::string path_;
  const Geometry geometry_;
  AlignedBuffer buffer_;
  uint64_t begin_ = 0, size_ = 0;  // what buffer_ holds of the file
  absl::Status status_;
};

}  // namespace rowan

#endif  // ROWAN_COMMITLOG_SEGMENT_READER_H_
