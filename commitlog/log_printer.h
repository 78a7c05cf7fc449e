// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_COMMITLOG_LOG_PRINTER_H_
#define ROWAN_COMMITLOG_LOG_PRINTER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "commitlog/format.h"
#include "storage/base/file_system.h"

namespace rowan {

// One thing found in a segment file, at `offset` of it. Views live for the call
// that is given it.
struct SegmentItem {
  enum class Kind { kChunk, kRecord, kNothing };
  Kind kind = Kind::kNothing;
  uint64_t offset = 0;
  // kChunk with bad records; kNothing before a later chunk of the segment that
  // the file holds, where one must have been.
  bool damaged = false;
  ChunkHeader header;       // kChunk
  bool stale = false;       // kChunk: of an older segment, not overwritten yet
  LogPosition position;     // kRecord
  std::string_view record;  // kRecord
  uint64_t end = 0;         // kNothing: where it ends
};

// Walks over one segment file, giving each chunk, and with `records` each
// record, to `see`. Goes on after what can't be read, so that one look shows
// all. kDataLoss when something was damaged in the segment that the file holds;
// the last chunk before a crash may be and harmless, which only the whole log
// can tell (log_recovery.h). Holds the whole segment in memory.
absl::Status WalkSegment(File& file, const std::string& path, bool records,
                         absl::FunctionRef<void(const SegmentItem&)> see);

// One line without its end:
//
//   0 chunk segment=1 position=65536 length=80 records=0 kind=mark ...
//   4096 chunk segment=1 position=69632 length=93 records=1 kind=records ...
//   4176 record position=69712 size=9 bytes="123456789"
//   8192 nothing until 65536
//
// The number in front is the offset. Ends with "stale" or "damaged" where it
// is.
std::string SegmentItemText(const SegmentItem& item);
const char* ChunkKindName(ChunkKind kind);

}  // namespace rowan

#endif  // ROWAN_COMMITLOG_LOG_PRINTER_H_
