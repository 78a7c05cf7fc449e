// SPDX-License-Identifier: Apache-2.0
#include "commitlog/log_writer.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/check.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

constexpr int64_t kIdleNs = 100'000'000;

absl::Status StoppedError(const absl::Status& reason) {
  return absl::UnavailableError(
      absl::StrCat("the commit log has stopped: ", reason.message(),
                   "; whether records that were waiting survive is unknown"));
}

// Of a record that was appended: also of one that was never handed to the disk,
// since its writer can do nothing else about it.
absl::Status OutcomeUnknown(const absl::Status& failed) {
  return absl::Status(absl::StatusCode::kUnknown, failed.message());
}

}  // namespace

LogWriter::LogWriter(const CommitLogOptions& options, Clock* clock,
                     Executor* executor, LogClient* client,
                     std::shared_ptr<SegmentPool> pool,
                     std::shared_ptr<LogArchive> archive, RecoveredLog log)
    : sync_(options.sync),
      geometry_(options.segment_bytes),
      clock_(clock),
      executor_(executor),
      client_(client),
      timing_(std::chrono::nanoseconds(options.period).count()),
      queue_(geometry_, options.waiting_bytes_max, log.next, log.link),
      live_(geometry_, std::move(pool), std::move(archive),
            std::move(log.live)),
      head_(log.head),
      written_{log.next, log.head},
      durable_(written_) {}

// --- Appending.

absl::Status LogWriter::Append(size_t size,
                               absl::FunctionRef<void(std::span<char>)> encode,
                               LogAppend* append) {
  if (size == 0 || size > geometry_.RecordSizeMax()) {
    return absl::InvalidArgumentError(absl::StrCat("a log record has ", size,
                                                   " bytes; allowed are 1 to ",
                                                   geometry_.RecordSizeMax()));
  }
  Chunk* chunk;
  bool post;
  {
    MutexLock lock(mutex_);
    RETURN_IF_ERROR(failed_);
    ASSIGN_OR_RETURN(chunk, queue_.Reserve(size, append, durable_.end));
    post = !in_flight_ && !std::exchange(pump_posted_, true);
  }
  // From here on `chunk` is kept by its count of writers, and so is `append`.
  encode({const_cast<char*>(append->record.data()), size});
  if (chunk->WriterDone() || post) PostSoon(&LogWriter::Pump);
  return absl::OkStatus();
}

LogPosition LogWriter::Tail() {
  MutexLock lock(mutex_);
  return queue_.Tail();
}

void LogWriter::WhenDurable(LogPosition position,
                            absl::AnyInvocable<void(absl::Status)> done) {
  {
    MutexLock lock(mutex_);
    waiters_.push_back({position, std::move(done)});
    PostDeliver();
  }
  Pump();
}

LogPosition LogWriter::Head() {
  MutexLock lock(mutex_);
  return live_.Start(head_);
}

uint64_t LogWriter::BytesInUse() {
  MutexLock lock(mutex_);
  return live_.Bytes(head_);
}

DurationCounts LogWriter::SyncDurations() {
  MutexLock lock(mutex_);
  return timing_.durations();
}

absl::Status LogWriter::failed() {
  MutexLock lock(mutex_);
  return failed_;
}

void LogWriter::Release(LogPosition head) {
  MutexLock lock(mutex_);
  head_ = std::max(head_, std::min(head, queue_.Tail()));
  if (!HeadIsDue()) return;
  mark_due_ = true;
  ArmIdleTimer(kIdleNs);
  PostSoon(&LogWriter::Pump);  // a chunk may wait for a segment
}

bool LogWriter::HeadIsDue() const { return live_.Wait(head_, durable_.head); }

std::unique_ptr<Chunk> LogWriter::MakeLastMark() {
  const SegmentFile& last = live_.last();
  if (geometry_.SegmentOf(written_.end) != last.id) return nullptr;
  return Chunk::Mark(written_.end, last.link);
}

void LogWriter::BecameDurable(Reach reach) {
  durable_ = reach;
  live_.BecameDurable(reach.end, reach.head);
}

// --- Writing.

void LogWriter::Pump() {
  {
    MutexLock lock(mutex_);
    pump_posted_ = false;
    // A call back from within StartWrite comes here and lets the loop go on.
    pump_again_ = true;
    if (pumping_) return;
    pumping_ = true;
  }
  for (;;) {
    Step step;
    {
      MutexLock lock(mutex_);
      step = NextStep();
      if (step == Step::kNone && !std::exchange(pump_again_, false)) {
        pumping_ = false;
        break;
      }
    }
    if (step == Step::kWrite) StartWrite();
    if (step == Step::kSync) StartSync();
  }
  EndStep();
}

LogWriter::Step LogWriter::NextStep() {
  if (abandoned_) return Step::kNone;
  if (!failed_.ok()) {
    FailQueued();
    return Step::kNone;
  }
  if (!in_flight_) {
    flying_ = NextChunk();
    if (flying_ != nullptr) {
      in_flight_ = true;
      return Step::kWrite;
    }
  }
  if ((sync_wanted_ || !waiters_.empty()) && !syncing_ &&
      written_.end > durable_.end) {
    syncing_ = true;
    sync_wanted_ = false;
    sync_target_ = written_;
    timing_.SyncStarted(clock_->MonotonicNanos());
    return Step::kSync;
  }
  return Step::kNone;
}

std::unique_ptr<Chunk> LogWriter::NextChunk() {
  Chunk* const front = queue_.Front();
  if (front == nullptr || !front->ready()) return nullptr;
  if (MayWrite(front)) return queue_.Pop();
  if (!wants_segment_) return nullptr;
  std::unique_ptr<Chunk> mark;
  if (HeadIsDue()) mark = MakeLastMark();
  if (mark == nullptr && end_waits_) {
    const absl::Status why = live_.pool_failure();
    if (!why.ok()) {
      Fail(why);
      FailQueued();
    }
  }
  return mark;
}

bool LogWriter::MayWrite(Chunk* front) {
  wants_segment_ = false;
  const SegmentId segment = geometry_.SegmentOf(front->position());
  const bool new_segment = segment != live_.last().id;
  if (new_segment || front->kind() != ChunkKind::kRecords) {
    sync_wanted_ |= !syncing_ && written_.end > durable_.end;
    if (syncing_ || written_.end > durable_.end) return false;
  } else if (timing_.unsynced() && timing_.Late(clock_->MonotonicNanos())) {
    sync_wanted_ |= !syncing_;
    return false;
  }
  if (!new_segment) return true;
  wants_segment_ = !live_.Begin(segment, front->link());
  return !wants_segment_;  // the pool pumps when it has one
}

void LogWriter::StartWrite() {
  LogPosition durable, head;
  File* file;
  SegmentId id;
  {
    MutexLock lock(mutex_);
    durable = durable_.end;
    head = std::min(head_, flying_->position());
    file = live_.last().file.get();
    id = live_.last().id;
    timing_.WriteStarted(clock_->MonotonicNanos());
  }
  const std::string_view bytes =
      flying_->Finish(durable, head, clock_->WallMicros(), id);
  const bool buffered =
      sync_ == LogSync::kPeriodic && flying_->kind() == ChunkKind::kRecords;
  file->WriteAsync(
      geometry_.OffsetOf(flying_->position()), bytes,
      buffered ? WriteDurability::kBuffered : WriteDurability::kDurable,
      [self = shared_from_this()](absl::Status status) {
        self->OnWritten(std::move(status));
      });
}

void LogWriter::StartSync() {
  File* file;
  {
    MutexLock lock(mutex_);
    file = live_.last().file.get();
  }
  file->SyncAsync([self = shared_from_this()](absl::Status status) {
    self->OnSynced(std::move(status));
  });
}

void LogWriter::OnWritten(absl::Status status) {
  {
    MutexLock lock(mutex_);
    in_flight_ = false;
    std::unique_ptr<Chunk> chunk = std::move(flying_);
    if (!status.ok()) Fail(std::move(status));
    if (failed_.ok()) {
      const bool records = chunk->kind() == ChunkKind::kRecords;
      last_write_ns_ = clock_->MonotonicNanos();
      written_ = {chunk->End(), chunk->head()};
      if (sync_ == LogSync::kGroup || !records) {
        BecameDurable(written_);
        timing_.WrittenDurably(last_write_ns_);
      } else {
        timing_.Written(last_write_ns_);
        ArmSyncTimer();
      }
      // The head may have moved behind what this mark tells.
      mark_due_ = records || HeadIsDue();
      if (mark_due_) ArmIdleTimer(kIdleNs);
    } else {
      chunk->outcome = OutcomeUnknown(failed_);
    }
    done_.push_back(std::move(chunk));
  }
  Pump();
  MutexLock lock(mutex_);
  PostDeliver();
}

void LogWriter::OnSynced(absl::Status status) {
  {
    MutexLock lock(mutex_);
    syncing_ = false;
    if (!status.ok()) Fail(std::move(status));
    if (failed_.ok()) {
      BecameDurable(sync_target_);
      timing_.Synced(clock_->MonotonicNanos());
      ArmSyncTimer();
      PostDeliver();
    }
  }
  Pump();
}

// --- Telling the client.

void LogWriter::Deliver() {
  {
    MutexLock lock(mutex_);
    deliver_posted_ = false;
    if (delivering_) return;  // that call goes on with what came meanwhile
    delivering_ = true;
  }
  for (;;) {
    Task tell;
    {
      MutexLock lock(mutex_);
      if (!abandoned_) tell = NextToTell();
      if (!tell) {
        delivering_ = false;
        delivered_.NotifyAll();
        break;
      }
    }
    tell();
  }
  EndStep();
}

Task LogWriter::NextToTell() {
  if (FailureIsDue()) {
    failure_told_ = true;
    return [this, why = failed_] { client_->OnFailed(why); };
  }
  if (!done_.empty() && done_.front()->ready()) {
    auto chunk = std::move(done_.front());
    done_.pop_front();
    return [this, chunk = std::move(chunk)]() mutable {
      if (chunk->first() != nullptr) {
        client_->OnDurable(chunk->first(), chunk->outcome);
      }
      MutexLock lock(mutex_);
      queue_.Recycle(std::move(chunk));
    };
  }
  const auto waiter = DecidedWaiter();
  if (waiter == waiters_.end()) return nullptr;
  absl::Status status =
      durable_.end >= waiter->position ? absl::OkStatus() : failed_;
  auto done = std::move(waiter->done);
  waiters_.erase(waiter);
  return [done = std::move(done), status = std::move(status)]() mutable {
    done(std::move(status));
  };
}

std::vector<LogWriter::Waiter>::iterator LogWriter::DecidedWaiter() {
  auto waiter = waiters_.begin();
  while (waiter != waiters_.end() && durable_.end < waiter->position &&
         failed_.ok()) {
    ++waiter;
  }
  return waiter;
}

void LogWriter::PostDeliver() {
  const bool ready = !done_.empty() && done_.front()->ready();
  const bool decided = DecidedWaiter() != waiters_.end();
  if (abandoned_ || (!ready && !decided && !FailureIsDue())) return;
  if (!std::exchange(deliver_posted_, true)) PostSoon(&LogWriter::Deliver);
}

void LogWriter::Fail(absl::Status reason) {
  if (failed_.ok()) failed_ = StoppedError(reason);
  // Written but not synced: the failed sync may have lost them.
  for (auto& chunk : done_) {
    if (chunk->End() > durable_.end) chunk->outcome = OutcomeUnknown(failed_);
  }
  PostDeliver();
}

bool LogWriter::FailureIsDue() const {
  if (failed_.ok() || failure_told_) return false;
  // What is durable is answered before.
  return done_.empty() || !done_.front()->ready() ||
         !done_.front()->outcome.ok();
}

void LogWriter::FailQueued() {
  if (in_flight_) return;  // that chunk is handed out first
  for (std::unique_ptr<Chunk>& chunk : queue_.TakeAll()) {
    chunk->outcome = OutcomeUnknown(failed_);
    done_.push_back(std::move(chunk));
  }
  PostDeliver();
}

// --- Stopping.

void LogWriter::EndWaits() {
  MutexLock lock(mutex_);
  end_waits_ = true;
  PostSoon(&LogWriter::Pump);
}

void LogWriter::Close(absl::AnyInvocable<void(absl::Status)> done) {
  MutexLock lock(mutex_);
  ROWAN_CHECK(!closing_);
  closing_ = true;
  close_done_ = std::move(done);
  if (failed_.ok()) queue_.AddMark(ChunkKind::kStop);
  PostSoon(&LogWriter::Pump);
}

void LogWriter::EndStep() {
  Task stop;
  {
    MutexLock lock(mutex_);
    if (!close_done_ || !queue_.empty() || in_flight_ || syncing_ ||
        !done_.empty() || !waiters_.empty() || delivering_ || pumping_) {
      return;
    }
    stop = live_.Stopping(
        [done = std::exchange(close_done_, nullptr),
         status = failed_]() mutable { done(std::move(status)); });
  }
  stop();
}

void LogWriter::Abandon() {
  std::vector<Waiter> never_told;
  MutexLock lock(mutex_);
  abandoned_ = true;
  while (delivering_) delivered_.Wait(mutex_);
  never_told.swap(waiters_);
}

// --- Timers.

void LogWriter::ArmIdleTimer(int64_t delay_ns) {
  if (std::exchange(idle_timer_, true)) return;
  PostLater(delay_ns, &LogWriter::OnIdleTimer);
}

void LogWriter::OnIdleTimer() {
  {
    MutexLock lock(mutex_);
    idle_timer_ = false;
    if (!mark_due_ || closing_ || abandoned_ || !failed_.ok()) return;
    const int64_t idle = clock_->MonotonicNanos() - last_write_ns_;
    if (!queue_.empty() || in_flight_) return ArmIdleTimer(kIdleNs);
    if (idle < kIdleNs) return ArmIdleTimer(kIdleNs - idle);
    mark_due_ = false;
    queue_.AddMark(ChunkKind::kMark);
  }
  Pump();
}

void LogWriter::ArmSyncTimer() {
  const std::optional<int64_t> due = timing_.NextSync();
  if (!due || std::exchange(sync_timer_, true)) return;
  PostLater(std::max<int64_t>(0, *due - clock_->MonotonicNanos()),
            &LogWriter::OnSyncTimer);
}

void LogWriter::OnSyncTimer() {
  {
    MutexLock lock(mutex_);
    sync_timer_ = false;
    sync_wanted_ |= written_.end > durable_.end;
  }
  Pump();
}

void LogWriter::PostSoon(void (LogWriter::*step)()) {
  executor_->Post([weak = weak_from_this(), step] {
    if (auto self = weak.lock()) (self.get()->*step)();
  });
}

void LogWriter::PostLater(int64_t delay_ns, void (LogWriter::*step)()) {
  executor_->PostAfter(std::chrono::nanoseconds(delay_ns),
                       [weak = weak_from_this(), step] {
                         if (auto self = weak.lock()) (self.get()->*step)();
                       });
}

}  // namespace rowan
