// SPDX-License-Identifier: Apache-2.0
#include "commitlog/commit_log_options.h"

#include "absl/strings/str_cat.h"
#include "commitlog/format.h"

namespace rowan {

absl::Status CheckOptions(const CommitLogOptions& options) {
  if (options.directory.empty()) {
    return absl::InvalidArgumentError("directory: must not be empty");
  }
  if (options.segment_bytes < kSegmentBytesMin ||
      options.segment_bytes > kSegmentBytesMax ||
      options.segment_bytes % kChunkAlignment != 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "segment_bytes: ", options.segment_bytes, " is not a multiple of ",
        kChunkAlignment, " from ", kSegmentBytesMin, " to ", kSegmentBytesMax));
  }
  if (options.period.count() < 2) {
    return absl::InvalidArgumentError("period: less than 2 ms");
  }
  if (options.waiting_bytes_max == 0) {
    return absl::InvalidArgumentError("waiting_bytes_max: must not be 0");
  }
  return absl::OkStatus();
}

}  // namespace rowan
