// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_COMMITLOG_FORMAT_H_
#define ROWAN_COMMITLOG_FORMAT_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "storage/base/file_system.h"
#include "storage/base/ids.h"

// The bytes of the log: FORMAT.md.

namespace rowan {

// A segment of the log's position space; ids rise along the log and are never
// used twice, files are (FORMAT.md, "Ids are unique").
using SegmentId = Id<struct SegmentTag, uint64_t>;

inline constexpr uint32_t kChunkMagic = 0x474f4c52;  // "RLOG"
inline constexpr uint16_t kLogFormatVersion = 2;
inline constexpr uint16_t kLogFormatVersionMin = 1;  // still read
inline constexpr size_t kChunkAlignment = 4096;
static_assert(kChunkAlignment == kDirectIoAlignment);
inline constexpr size_t kChunkHeaderBytes = 80;
inline constexpr size_t kRecordHeaderBytes = 4;
inline constexpr uint64_t kSegmentBytesMin = 16 << 10;
inline constexpr uint64_t kSegmentBytesMax = 1 << 30;

// No record gets a place further than this many segments past the last durable
// one; a log that is opened again leaves out more, so that no position and no
// segment id of the lost end is given out a second time.
inline constexpr uint64_t kSegmentsAheadMax = 8;
inline constexpr uint64_t kSegmentsSkippedAtOpen = kSegmentsAheadMax + 2;

enum class ChunkKind : uint16_t {
  kRecords = 0,  // one record or more
  kMark = 1,     // none: at opening, and when idle
  kStop = 2,     // none: a clean stop
  kCopyEnd = 3,  // none: all of a copy is before it; never in a log itself
};

struct ChunkHeader {
  ChunkKind kind = ChunkKind::kRecords;
  SegmentId segment;
  LogPosition position;  // of the header
  uint32_t length = 0;   // header and records, without padding
  uint32_t record_count = 0;
  LogPosition watermark;  // everything below was durable before the write
  LogPosition link;       // end of the log before this segment; 0: none
  LogPosition head;       // everything below has been released
  int64_t wall_us = 0;    // the node's clock at the write
  uint64_t scope = 0;     // union of its records' LogAppend::scope
  uint32_t body_crc = 0;  // of the bytes after the header, without padding

  // What the chunk occupies, with its padding.
  uint64_t Span() const {
    return (uint64_t{length} + kChunkAlignment - 1) & ~(kChunkAlignment - 1);
  }
  LogPosition End() const { return {position.value + Span()}; }
};

// Writes kChunkHeaderBytes.
void EncodeChunkHeader(const ChunkHeader& header, char* to);
// Nothing when `bytes` don't begin with a whole, known, undamaged header. Says
// nothing of the body.
std::optional<ChunkHeader> DecodeChunkHeader(std::string_view bytes);

// How positions fall into segments of one size. Value type.
class Geometry {
 public:
  explicit Geometry(uint64_t segment_bytes) : segment_bytes_(segment_bytes) {}

  uint64_t segment_bytes() const { return segment_bytes_; }
  SegmentId SegmentOf(LogPosition p) const {
    return {p.value / segment_bytes_};
  }
  LogPosition StartOf(SegmentId id) const {
    return {id.value * segment_bytes_};
  }
  uint64_t OffsetOf(LogPosition p) const { return p.value % segment_bytes_; }
  // The segment that holds the last byte before `p`; REQUIRES: p > 0.
  SegmentId SegmentBefore(LogPosition p) const {
    return {(p.value - 1) / segment_bytes_};
  }
  // Where the last chunk ends at the latest: behind it is room for a mark.
  uint64_t ChunkEndMax() const { return segment_bytes_ - kChunkAlignment; }
  // A chunk is sent when it has grown to this. 1 MiB costs the disk about 0.8
  // ms and carries thousands of records; a small segment still takes several.
  size_t ChunkBytesMax() const {
    return std::min<uint64_t>(
        uint64_t{1} << 20,
        segment_bytes_ / 4 / kChunkAlignment * kChunkAlignment);
  }
  // Half a segment, so that leaving out the end of one for a large record
  // wastes less than half of it.
  size_t RecordSizeMax() const {
    return segment_bytes_ / 2 - kChunkHeaderBytes - kRecordHeaderBytes;
  }

 private:
  uint64_t segment_bytes_;
};

// As DecodeChunkHeader of the bytes at `offset` of a segment file; nothing,
// too, when it was written for another place or reaches beyond the file.
std::optional<ChunkHeader> DecodeChunkHeaderAt(const Geometry& geometry,
                                               uint64_t offset,
                                               std::string_view bytes);
// Whether `chunk`, the bytes from the header on, has undamaged records.
bool ChunkBodyOk(const ChunkHeader& header, std::string_view chunk);

}  // namespace rowan

#endif  // ROWAN_COMMITLOG_FORMAT_H_
