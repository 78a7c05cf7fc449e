// SPDX-License-Identifier: Apache-2.0
#include "storage/compaction/expired_files.h"

#include <algorithm>

namespace rowan {

std::vector<FileId> ExpiredFiles(std::span<const FileAge> files,
                                 int64_t min_timestamp_elsewhere,
                                 uint32_t now_s, uint32_t grace_s) {
  const uint32_t before_s = now_s > grace_s ? now_s - grace_s : 0;
  int64_t oldest_kept = min_timestamp_elsewhere;
  std::vector<FileAge> expired;
  for (const FileAge& file : files) {
    if (file.max_local_deletion_s < before_s) {
      expired.push_back(file);
    } else {
      oldest_kept = std::min(oldest_kept, file.min_timestamp);
    }
  }
  // A file that has to stay may make others stay.
  for (bool changed = true; changed;) {
    const size_t before = expired.size();
    int64_t oldest = oldest_kept;
    std::erase_if(expired, [&](const FileAge& file) {
      const bool stays = file.max_timestamp >= oldest_kept;
      if (stays) oldest = std::min(oldest, file.min_timestamp);
      return stays;
    });
    oldest_kept = oldest;
    changed = expired.size() != before;
  }
  std::vector<FileId> ids;
  for (const FileAge& file : expired) ids.push_back(file.file);
  return ids;
}

}  // namespace rowan
