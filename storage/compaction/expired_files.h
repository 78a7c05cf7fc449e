// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_COMPACTION_EXPIRED_FILES_H_
#define ROWAN_STORAGE_COMPACTION_EXPIRED_FILES_H_

#include <cstdint>
#include <span>
#include <vector>

#include "storage/base/ids.h"

namespace rowan {

// Of one SSTable's statistics what tells whether it is of use to anyone.
struct FileAge {
  FileId file;
  int64_t min_timestamp = 0;
  int64_t max_timestamp = 0;
  uint32_t max_local_deletion_s = 0;  // UINT32_MAX: something never goes
};

// The files of one partition that can be dropped together without reading them.
// Everything in such a file
//  1. is deleted or expired since before `now_s - grace_s`, and
//  2. is older than all that remains: the other files, and what memtables and
//     the log hold (`min_timestamp_elsewhere`; INT64_MAX: nothing), so that it
//     hides nothing.
// Pure. At most quadratic in the files.
std::vector<FileId> ExpiredFiles(std::span<const FileAge> files,
                                 int64_t min_timestamp_elsewhere,
                                 uint32_t now_s, uint32_t grace_s);

}  // namespace rowan

#endif  // ROWAN_STORAGE_COMPACTION_EXPIRED_FILES_H_
