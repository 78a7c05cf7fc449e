// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_COMMITLOG_COMMIT_LOG_OPTIONS_H_
#define ROWAN_COMMITLOG_COMMIT_LOG_OPTIONS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace rowan {

// What an acknowledgement promises.
enum class LogSync {
  // The record is on the disk.
  kGroup,
  // The record is in kernel-owned memory: it survives the death of the process.
  // A power loss takes acknowledgements of at most one span of `period`.
  kPeriodic,
};

struct CommitLogOptions {
  // Holds nothing but the log. Made when missing; its parent must be there.
  std::string directory;
  // Size of every segment file: a multiple of 4 KiB in [16 KiB, 1 GiB]; fixed
  // for the life of a log, since positions are counted in it.
  uint64_t segment_bytes = uint64_t{64} << 20;
  LogSync sync = LogSync::kGroup;
  std::chrono::milliseconds period{100};  // kPeriodic only; at least 2
  // Bytes that may wait for the disk before Append refuses.
  uint64_t waiting_bytes_max = uint64_t{32} << 20;
  // Recycled segments kept for reuse; the files of more are deleted.
  size_t free_segments_max = 16;
  // An opening writes to no file that holds a segment: an archive may want it.
  bool keep_segments = false;
};

// kInvalidArgument naming the option and its bounds.
absl::Status CheckOptions(const CommitLogOptions& options);

}  // namespace rowan

#endif  // ROWAN_COMMITLOG_COMMIT_LOG_OPTIONS_H_
