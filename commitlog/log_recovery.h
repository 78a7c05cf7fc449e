// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_COMMITLOG_LOG_RECOVERY_H_
#define ROWAN_COMMITLOG_LOG_RECOVERY_H_

#include <cstdint>
#include <deque>

#include "absl/status/statusor.h"
#include "commitlog/commit_log_options.h"
#include "commitlog/segment_file.h"
#include "storage/base/clock.h"
#include "storage/base/file_system.h"
#include "storage/base/mutation_log.h"

namespace rowan {

// A log that has been read and is ready to be written.
struct RecoveredLog {
  // In log order; the last is fresh: it holds one durable mark and nothing
  // else.
  std::deque<SegmentFile> live;
  std::deque<SegmentFile> free;
  uint64_t next_number = 1;  // of the next file
  LogPosition next;          // of the first chunk after that mark
  LogPosition link;          // of the fresh segment
  LogPosition head;
};

// Finds the segments of a log, replays every record at or after `need.from` and
// every hole, makes what it replayed durable and opens a fresh segment behind
// it: FORMAT.md, "Reading a log". Changes no byte of what it read (files that
// were cut short grow, when all else is durable), so that a run that dies or
// fails can be repeated, with the same records and holes.
// Blocks; one segment in memory.
absl::StatusOr<RecoveredLog> RecoverLog(const CommitLogOptions& options,
                                        FileSystem* fs, Clock* clock,
                                        LogNeed need, LogReplay* replay,
                                        LogRecovery* recovery);

}  // namespace rowan

#endif  // ROWAN_COMMITLOG_LOG_RECOVERY_H_
