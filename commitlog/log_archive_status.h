// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_COMMITLOG_LOG_ARCHIVE_STATUS_H_
#define ROWAN_COMMITLOG_LOG_ARCHIVE_STATUS_H_

#include <cstdint>

#include "absl/status/status.h"

namespace rowan {

// Where the archive stands; a plain value.
struct LogArchiveStatus {
  uint64_t segments_written = 0;  // since the start, whole ones and parts
  uint64_t bytes_behind = 0;      // durable, and not in the archive
  int64_t behind_ns = 0;          // for so long
  uint64_t bytes_held = 0;  // of files that the log would use again or delete
  absl::Status failure;     // of the last try; OK: it came to something
};

}  // namespace rowan

#endif  // ROWAN_COMMITLOG_LOG_ARCHIVE_STATUS_H_
