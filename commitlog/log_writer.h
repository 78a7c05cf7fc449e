// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_COMMITLOG_LOG_WRITER_H_
#define ROWAN_COMMITLOG_LOG_WRITER_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "commitlog/chunk_queue.h"
#include "commitlog/commit_log_options.h"
#include "commitlog/live_segments.h"
#include "commitlog/log_archive.h"
#include "commitlog/log_recovery.h"
#include "commitlog/segment_pool.h"
#include "storage/base/clock.h"
#include "storage/base/counting/duration_counts.h"
#include "storage/base/executor.h"
#include "storage/base/mutation_log.h"
#include "storage/base/mutex.h"

namespace rowan {

// Since when a log has bytes that were written and not made durable, and how
// long the disk takes for that. Times are monotonic nanoseconds, those of bytes
// when their write had ended. A plain value; its owner's lock guards it.
class SyncTiming {
 public:
  // `period_ns`: how old bytes that are not durable may get.
  explicit SyncTiming(int64_t period_ns) : period_ns_(period_ns) {}

  void WriteStarted(int64_t now) { write_started_ = now; }
  void WrittenDurably(int64_t now) { durations_.Add(now - write_started_); }
  // Bytes that only a later sync makes durable: the one under way may miss
  // them.
  void Written(int64_t now) {
    auto& since = sync_started_ ? missed_since_ : unsynced_since_;
    if (!since) since = now;
  }

  void SyncStarted(int64_t now) {
    sync_started_ = now;
    missed_since_.reset();
  }
  void Synced(int64_t now) {
    durations_.Add(now - *std::exchange(sync_started_, std::nullopt));
    unsynced_since_ = std::exchange(missed_since_, std::nullopt);
  }

  // When the next sync is to start: at half the period, so that it has the
  // other half to finish in. None while one runs, or nothing waits for it.
  std::optional<int64_t> NextSync() const {
    if (!unsynced_since_ || sync_started_) return std::nullopt;
    return *unsynced_since_ + period_ns_ / 2;
  }
  bool unsynced() const { return unsynced_since_.has_value(); }
  bool Late(int64_t now) const {
    return unsynced_since_ && now - *unsynced_since_ >= period_ns_;
  }
  // Of durable writes and of syncs.
  const DurationCounts& durations() const { return durations_; }

 private:
  const int64_t period_ns_;
  int64_t write_started_ = 0;
  std::optional<int64_t> sync_started_;    // of the one under way
  std::optional<int64_t> unsynced_since_;  // the oldest bytes
  std::optional<int64_t> missed_since_;    // of those it may miss, the oldest
  DurationCounts durations_;
};

// The writing half of a log: one chunk fills while one flies.
//
//   Append -> ChunkQueue -> (Pump) flying_ -> (OnWritten) done_ -> (Deliver)
//
// Three activities, each never run twice at once, all under one short lock that
// is released for encoding, I/O and the client: Pump starts what may start
// next, a chunk's write or a sync; Deliver tells the client, in log order, and
// then who waits for a position; the timers look for an idle log and for bytes
// that are due to be synced.
//
// Released segments are used again when a durable chunk tells the new head
// (live_segments.h). When the log waits for a segment, a mark at the end of the
// last one tells it.
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
  void WhenDurable(LogPosition position,
                   absl::AnyInvocable<void(absl::Status)> done);
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
  // Up to where chunks have come, and the head that the last of them tells.
  struct Reach {
    LogPosition end, head;
  };
  // Who asked WhenDurable.
  struct Waiter {
    LogPosition position;
    absl::AnyInvocable<void(absl::Status)> done;
  };

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

  // Gives the client, and who waits, all that is decided.
  void Deliver();
  // The next call to make; null when there is none.
  Task NextToTell() ROWAN_REQUIRES(mutex_);
  // Of waiters_, whose position is durable or never will be; or the end.
  std::vector<Waiter>::iterator DecidedWaiter() ROWAN_REQUIRES(mutex_);
  void PostDeliver() ROWAN_REQUIRES(mutex_);
  // Calls Close's callback when nothing is left to do.
  void EndStep() ROWAN_EXCLUDES(mutex_);

  void BecameDurable(Reach reach) ROWAN_REQUIRES(mutex_);
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

  // Posts a member function that is dropped when the writer is gone.
  void PostSoon(void (LogWriter::*step)());
  void PostLater(int64_t delay_ns, void (LogWriter::*step)());

  const LogSync sync_;
  const Geometry geometry_;
  Clock* const clock_;
  Executor* const executor_;
  LogClient* const client_;

  Mutex mutex_;
  CondVar delivered_;
  SyncTiming timing_ ROWAN_GUARDED_BY(mutex_);
  ChunkQueue queue_ ROWAN_GUARDED_BY(mutex_);
  std::unique_ptr<Chunk> flying_;  // its writer's while it flies
  std::deque<std::unique_ptr<Chunk>> done_ ROWAN_GUARDED_BY(mutex_);
  std::vector<Waiter> waiters_ ROWAN_GUARDED_BY(mutex_);
  LiveSegments live_ ROWAN_GUARDED_BY(mutex_);
  LogPosition head_ ROWAN_GUARDED_BY(mutex_);
  Reach written_ ROWAN_GUARDED_BY(mutex_);
  Reach sync_target_ ROWAN_GUARDED_BY(mutex_);
  Reach durable_ ROWAN_GUARDED_BY(mutex_);
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
};

}  // namespace rowan

#endif  // ROWAN_COMMITLOG_LOG_WRITER_H_
