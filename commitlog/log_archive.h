// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_COMMITLOG_LOG_ARCHIVE_H_
#define ROWAN_COMMITLOG_LOG_ARCHIVE_H_

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "commitlog/archive_copy.h"
#include "commitlog/log_archive_status.h"
#include "commitlog/segment_file.h"
#include "commitlog/segment_pool.h"
#include "storage/base/clock.h"
#include "storage/base/executor.h"
#include "storage/base/file_system.h"
#include "storage/base/mutex.h"

namespace rowan {

struct LogArchiveOptions {
  // Holds nothing but the archive of one node's log. Made when missing, but not
  // its parent: a disk that is not mounted is a failure to be tried again.
  std::string directory;
  // The archive lacks nothing that has been durable for longer, while it works.
  std::chrono::nanoseconds interval = std::chrono::seconds(60);
};

// Copies each segment of a log into a directory before its file may be used
// again or deleted, and the one being written every now and then: FORMAT.md,
// "Archive". In the background, a MiB at a time, at most 64 MiB a second while
// no file waits for it. A failure is tried again after a second, then later and
// later, up to a minute, for as long as it takes; files are held back until
// then, and nothing else is.
//
// Shared by a node and its log, for one opening of it. Thread-safe; never
// blocks a caller. `executor` runs what blocks; it, `fs` and `clock` outlive
// the tasks it has been given.
class LogArchive : public std::enable_shared_from_this<LogArchive> {
 public:
  LogArchive(LogArchiveOptions options, FileSystem *fs, Clock *clock,
             Executor *executor);

  LogArchiveStatus status();
  // All of the log below it is durable; {0} before the log is open.
  LogPosition durable();

  // --- The log's part.

  // `found`: the segments of the runs before, in log order; `written`: what the
  // log is written to now.
  void Start(uint64_t segment_bytes, std::shared_ptr<SegmentPool> pool,
             std::vector<ArchiveJob> found, ArchiveJob written);
  // All below `end`, in the segment being written, is durable.
  void OnDurable(LogPosition end);
  // The segment being written is full, and durable up to `end`; `next` is
  // written from now on.
  void OnFull(LogPosition end, ArchiveJob next);
  // To the pool, when it is archived.
  void Give(SegmentFile segment);
  // Archives the rest, unless the last try failed; no step begins after `done`,
  // which may be called before the return.
  void Stop(Task done);
  // No step begins after this.
  void Abandon();

 private:
  // Starts the one chain of steps, when there is something to do.
  void Kick() ROWAN_REQUIRES(mutex_);
  void ArmTimer() ROWAN_REQUIRES(mutex_);
  void Step();
  // Takes the next job and starts it; false when the chain has ended or waits.
  bool BeginJob();
  bool HasJob() const ROWAN_REQUIRES(mutex_);
  bool TakeJob() ROWAN_REQUIRES(mutex_);
  void JobEnded();
  void JobFailed(absl::Status status);
  // Ends the chain of steps.
  void Rest();
  void PostStep(std::chrono::nanoseconds delay) ROWAN_REQUIRES(mutex_);
  bool Waits(SegmentId id) const ROWAN_REQUIRES(mutex_);

  const LogArchiveOptions options_;
  FileSystem *const fs_;
  Clock *const clock_;
  Executor *const executor_;

  Mutex mutex_;
  uint64_t segment_bytes_ ROWAN_GUARDED_BY(mutex_) = 0;
  std::shared_ptr<SegmentPool> pool_ ROWAN_GUARDED_BY(mutex_);
  std::deque<ArchiveJob> whole_ ROWAN_GUARDED_BY(mutex_);  // in log order
  std::vector<SegmentFile> held_ ROWAN_GUARDED_BY(mutex_);
  ArchiveJob written_ ROWAN_GUARDED_BY(mutex_);  // end: what is durable of it
  LogPosition parted_ ROWAN_GUARDED_BY(mutex_);  // what is archived of it
  bool part_due_ ROWAN_GUARDED_BY(mutex_) = false;
  // A part is being archived; and since when there is what it won't hold.
  bool parting_ ROWAN_GUARDED_BY(mutex_) = false;
  int64_t newer_since_ns_ ROWAN_GUARDED_BY(mutex_) = -1;
  bool timer_ ROWAN_GUARDED_BY(mutex_) = false;
  bool running_ ROWAN_GUARDED_BY(mutex_) = false;  // a step, or a wait for it
  bool stopping_ ROWAN_GUARDED_BY(mutex_) = false;
  bool stopped_ ROWAN_GUARDED_BY(mutex_) = false;
  Task on_stopped_ ROWAN_GUARDED_BY(mutex_);
  absl::Status failure_ ROWAN_GUARDED_BY(mutex_);
  std::chrono::nanoseconds retry_delay_ ROWAN_GUARDED_BY(mutex_){0};
  uint64_t segments_written_ ROWAN_GUARDED_BY(mutex_) = 0;

  // Of the job under way; only the chain of steps touches them.
  ArchiveJob job_;
  std::unique_ptr<ArchiveCopy> copy_;
};

}  // namespace rowan

#endif  // ROWAN_COMMITLOG_LOG_ARCHIVE_H_
