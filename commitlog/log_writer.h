// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_COMMITLOG_LOG_WRITER_H_
#define ROWAN_COMMITLOG_LOG_WRITER_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <span>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "commitlog/chunk_queue.h"
#include "commitlog/commit_log_options.h"
#include "commitlog/log_archive.h"
#include "commitlog/log_recovery.h"
#include "commitlog/segment_pool.h"
#include "storage/base/clock.h"
#include "storage/base/executor.h"
#include "storage/base/mutation_log.h"
#include "storage/base/mutex.h"

namespace rowan {

// The writing half of a log: one chunk fills while one flies.
//
//   Append -> ChunkQueue -> (Pump) flying_ -> (OnWritten) done_ -> (Deliver)
//
// Three activities, each never run twice at once, all under one short lock that
// is released for encoding, I/O and the client: Pump starts what may start
// next, a chunk's write or a sync; Deliver tells the client, in log order; the
// timers look for an idle log and for bytes that are due to be synced.
//
// Released segments go back to the pool, by way of the archive if there is one,
// when a durable chunk tells the new head, so that no start asks for them
// again. When the log waits for a segment,
// a mark at the end of the last one tells it.
//
// Invariants: (1) durable_ <= written_ <= every queued position; (2) a chunk
// flies alone; (3) the first chunk of a segment, and a mark, are written only
// when all before is durable, so unsynced bytes lie in one file; (4) nothing is
// written after a failure.
//
// Shared with its own tasks and I/O; ends for them with Abandon.
class LogWriter : public std::enable_shared_from_this<LogWriter> {
 public:
  LogWriter(const CommitLogOptions& options, Clock* clock, Executor* executor,
            LogClient* client, std::shared_ptr<SegmentPool> pool,
            std::shared_ptr<LogArchive> archive, RecoveredLog log);

  // As MutationLog.
  absl::Status Append(size_t size,
                      absl::FunctionRef<void(std::span<char>)> encode,
                      LogAppend* append);
  LogPosition Tail();
  void Release(LogPosition head);
  LogPosition Head();
  uint64_t BytesInUse();
  DurationCounts SyncDurations();
  absl::Status failed();
  void EndWaits();
  void Close(absl::AnyInvocable<void(absl::Status)> done);

  // The pool has a segment again, or could not make one.
  void OnSegmentTried() { Pump(); }

  // Calls the client no more and starts nothing more; waits for a call under
  // way. What was not closed is as after a crash.
  void Abandon();

 private:
  enum class Step { kNone, kWrite, kSync };

  // Starts what may start. Any thread; never calls the client.
  void Pump();
  Step NextStep() ROWAN_REQUIRES(mutex_);
  bool MayWrite(Chunk* front) ROWAN_REQUIRES(mutex_);
  // The chunk whose turn it is, or null when it must wait.
  std::unique_ptr<Chunk> NextChunk() ROWAN_REQUIRES(mutex_);
  // Whether segments could be used again if only the disk knew the head.
  bool HeadIsDue() const ROWAN_REQUIRES(mutex_);
  void StartWrite();
  void StartSync();
  void OnWritten(absl::Status status);
  void OnSynced(absl::Status status);

  // Gives the client all that is decided.
  void Deliver();
  void PostDeliver() ROWAN_REQUIRES(mutex_);
  // Calls Close's callback when nothing is left to do.
  void EndStep() ROWAN_EXCLUDES(mutex_);

  // All below `end` is durable, and with it what tells of `head`.
  void BecameDurable(LogPosition end, LogPosition head) ROWAN_REQUIRES(mutex_);
  void GiveReleased() ROWAN_REQUIRES(mutex_);
  // A mark for the place that every segment keeps behind its last chunk; null
  // when that has been used.
  std::unique_ptr<Chunk> MakeLastMark() ROWAN_REQUIRES(mutex_);
  void Fail(absl::Status reason) ROWAN_REQUIRES(mutex_);
  // Whether the client has to hear of the failure now.
  bool FailureIsDue() const ROWAN_REQUIRES(mutex_);
  // Hands what will never be written to Deliver.
  void FailQueued() ROWAN_REQUIRES(mutex_);

  void ArmIdleTimer(int64_t delay_ns) ROWAN_REQUIRES(mutex_);
  void OnIdleTimer();
  void ArmSyncTimer() ROWAN_REQUIRES(mutex_);
  void OnSyncTimer();
  bool SyncIsLate() const ROWAN_REQUIRES(mutex_);

  // Posts a member function that is dropped when the writer is gone.
  void PostSoon(void (LogWriter::*step)());
  void PostLater(int64_t delay_ns, void (LogWriter::*step)());

  const LogSync sync_;
  const int64_t period_ns_;
  const Geometry geometry_;
  Clock* const clock_;
  Executor* const executor_;
  LogClient* const client_;
  const std::shared_ptr<SegmentPool> pool_;
  const std::shared_ptr<LogArchive> archive_;  // or null

  Mutex mutex_;
  CondVar delivered_;
  ChunkQueue queue_ ROWAN_GUARDED_BY(mutex_);
  std::unique_ptr<Chunk> flying_;  // its writer's while it flies
  std::deque<std::unique_ptr<Chunk>> done_ ROWAN_GUARDED_BY(mutex_);
  std::deque<SegmentFile> live_ ROWAN_GUARDED_BY(mutex_);  // last: written to
  LogPosition head_ ROWAN_GUARDED_BY(mutex_);
  // Of it, what chunks that were written, that the sync under way covers, and
  // that are durable, tell.
  LogPosition written_head_ ROWAN_GUARDED_BY(mutex_);
  LogPosition sync_head_ ROWAN_GUARDED_BY(mutex_);
  LogPosition durable_head_ ROWAN_GUARDED_BY(mutex_);
  LogPosition written_ ROWAN_GUARDED_BY(mutex_);
  LogPosition durable_ ROWAN_GUARDED_BY(mutex_);
  LogPosition sync_target_ ROWAN_GUARDED_BY(mutex_);
  absl::Status failed_ ROWAN_GUARDED_BY(mutex_);
  bool failure_told_ ROWAN_GUARDED_BY(mutex_) = false;

  bool in_flight_ ROWAN_GUARDED_BY(mutex_) = false;
  bool wants_segment_ ROWAN_GUARDED_BY(mutex_) = false;  // the pool has none
  bool syncing_ ROWAN_GUARDED_BY(mutex_) = false;
  bool sync_wanted_ ROWAN_GUARDED_BY(mutex_) = false;
  bool pumping_ ROWAN_GUARDED_BY(mutex_) = false;
  bool pump_again_ ROWAN_GUARDED_BY(mutex_) = false;
  bool pump_posted_ ROWAN_GUARDED_BY(mutex_) = false;
  bool delivering_ ROWAN_GUARDED_BY(mutex_) = false;
  bool deliver_posted_ ROWAN_GUARDED_BY(mutex_) = false;
  bool abandoned_ ROWAN_GUARDED_BY(mutex_) = false;
  absl::AnyInvocable<void(absl::Status)> close_done_ ROWAN_GUARDED_BY(mutex_);
  bool end_waits_ ROWAN_GUARDED_BY(mutex_) = false;
  bool closing_ ROWAN_GUARDED_BY(mutex_) = false;

  // Since the last records, or a head that frees segments.
  bool mark_due_ ROWAN_GUARDED_BY(mutex_) = false;
  bool idle_timer_ ROWAN_GUARDED_BY(mutex_) = false;
  bool sync_timer_ ROWAN_GUARDED_BY(mutex_) = false;
  int64_t last_write_ns_ ROWAN_GUARDED_BY(mutex_) = 0;
  // When the oldest bytes that are not durable were written; and, while a sync
  // runs, the oldest of those it may miss. -1: none.
  int64_t unsynced_since_ns_ ROWAN_GUARDED_BY(mutex_) = -1;
  int64_t missed_since_ns_ ROWAN_GUARDED_BY(mutex_) = -1;
  // When the chunk that flies, and the sync under way, were handed over.
  int64_t write_started_ns_ ROWAN_GUARDED_BY(mutex_) = 0;
  int64_t sync_started_ns_ ROWAN_GUARDED_BY(mutex_) = 0;
  DurationCounts sync_durations_ ROWAN_GUARDED_BY(mutex_);
};

}  // namespace rowan

#endif  // ROWAN_COMMITLOG_LOG_WRITER_H_
