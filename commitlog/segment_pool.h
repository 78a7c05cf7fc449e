// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_COMMITLOG_SEGMENT_POOL_H_
#define ROWAN_COMMITLOG_SEGMENT_POOL_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "commitlog/commit_log_options.h"
#include "commitlog/segment_file.h"
#include "storage/base/aligned_buffer.h"
#include "storage/base/executor.h"
#include "storage/base/file_system.h"
#include "storage/base/mutex.h"

namespace rowan {

// The files that hold no live segment: takes back what the log has released,
// gives it out again, and when fewer than two are left makes another in the
// background: zero-filled in steps of 1 MiB, synced, named, the directory
// synced, only then given out. Deletes the files of more than
// free_segments_max.
//
// Thread-safe; never blocks a caller. A failed making is tried anew after a
// second, until one succeeds (the disk may have been full).
// Shared with its own background steps, which end after Stop.
class SegmentPool : public std::enable_shared_from_this<SegmentPool> {
 public:
  // New files are numbered from `next_number`.
  SegmentPool(CommitLogOptions options, FileSystem* fs, Executor* executor,
              std::deque<SegmentFile> free, uint64_t next_number);

  // Begins keeping spares. `on_tried` is called after Take had nothing and a
  // segment has come, or could not be made, on any thread.
  void Start(Task on_tried);

  // Nothing when none is ready; on_tried tells when to try again.
  std::optional<SegmentFile> Take();
  void Give(SegmentFile segment);

  // As MutationLog::spare_failure.
  absl::Status failure();

  // No step begins after this; `done` is called when none is under way, maybe
  // before the return.
  void Stop(Task done);

 private:
  void PostMaintain() ROWAN_REQUIRES(mutex_);
  // Enters a free file.
  void AddFree(SegmentFile segment) ROWAN_REQUIRES(mutex_);
  // One has come or could not be made: tells when one was wanted.
  void PostTried() ROWAN_REQUIRES(mutex_);
  bool stopped();
  // One background step: delete one file too many, or begin making one.
  void Maintain();
  // The making: each continues as the next. A stop ends it and leaves its *.tmp
  // to the next open.
  absl::Status CheckRoom();
  void Make();
  void Fill(uint64_t offset);
  void SyncFilled();
  void Adopt();
  void MakingEnded(absl::StatusOr<SegmentFile> made);
  // Leaves the step; true when the pool has stopped (and tells it so).
  bool Leave();

  const CommitLogOptions options_;
  FileSystem* const fs_;
  Executor* const executor_;

  Mutex mutex_;
  std::deque<SegmentFile> free_ ROWAN_GUARDED_BY(mutex_);
  uint64_t next_number_ ROWAN_GUARDED_BY(mutex_);
  bool posted_ ROWAN_GUARDED_BY(mutex_) = false;
  bool busy_ ROWAN_GUARDED_BY(mutex_) = false;  // a step or a making
  bool wanted_ ROWAN_GUARDED_BY(mutex_) = false;
  bool retry_later_ ROWAN_GUARDED_BY(mutex_) = false;
  bool stopped_ ROWAN_GUARDED_BY(mutex_) = false;
  absl::Status failure_ ROWAN_GUARDED_BY(mutex_);
  Task on_tried_;  // set once, before the first step
  Task on_stopped_ ROWAN_GUARDED_BY(mutex_);

  // Of the making under way; only its one chain of steps touches them.
  std::unique_ptr<File> making_;
  uint64_t making_number_ = 0;
  AlignedBuffer zeros_;
};

}  // namespace rowan

#endif  // ROWAN_COMMITLOG_SEGMENT_POOL_H_
