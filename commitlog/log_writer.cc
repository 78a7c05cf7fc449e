// SPDX-License-Identifier: Apache-2.0
#include "commitlog/log_writer.h"

#include <algorithm>
#include <iterator>
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
      period_ns_(std::chrono::nanoseconds(options.period).count()),
      geometry_(options.segment_bytes),
      clock_(clock),
      executor_(executor),
      client_(client),
      pool_(std::move(pool)),
      archive_(std::move(archive)),
      queue_(geometry_, options.waiting_bytes_max, log.next, log.link),
      live_(std::move(log.live)),
      head_(log.head),
      written_head_(log.head),
      sync_head_(log.head),
      durable_head_(log.head),
      written_(log.next),
      durable_(log.next) {}

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
    ASSIGN_OR_RETURN(chunk, queue_.Reserve(size, append, durable_));
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

LogPosition LogWriter::Head() {
  MutexLock lock(mutex_);
  return geometry_.StartOf(std::max(
      live_.front().id, std::min(live_.back().id, geometry_.SegmentOf(head_))));
}

uint64_t LogWriter::BytesInUse() {
  MutexLock lock(mutex_);
  const SegmentId first = geometry_.SegmentOf(head_);
  const auto released = std::count_if(
      live_.begin(), std::prev(live_.end()),
      [first](const SegmentFile& segment) { return segment.id < first; });
  return (live_.size() - static_cast<size_t>(released)) *
         geometry_.segment_bytes();
}

DurationCounts LogWriter::SyncDurations() {
  MutexLock lock(mutex_);
  return sync_durations_;
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

bool LogWriter::HeadIsDue() const {
  return live_.size() > 1 && geometry_.SegmentOf(head_) > live_.front().id &&
         geometry_.SegmentOf(durable_head_) <= live_.front().id;
}

std::unique_ptr<Chunk> LogWriter::MakeLastMark() {
  const LogPosition at = written_;
  if (geometry_.SegmentOf(at) != live_.back().id) return nullptr;
  auto mark = std::make_unique<Chunk>(kChunkAlignment);
  mark->Open(ChunkKind::kMark, at, live_.back().link, kChunkHeaderBytes);
  mark->Seal();
  return mark;
}

void LogWriter::BecameDurable(LogPosition end, LogPosition head) {
  durable_ = end;
  durable_head_ = head;
  if (archive_ != nullptr) archive_->OnDurable(end);
  GiveReleased();
}

void LogWriter::GiveReleased() {
  while (live_.size() > 1 &&
         geometry_.SegmentOf(durable_head_) > live_.front().id) {
    SegmentFile segment = std::move(live_.front());
    live_.pop_front();
    archive_ ? archive_->Give(std::move(segment))
             : pool_->Give(std::move(segment));
  }
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
  if (sync_wanted_ && !syncing_ && written_ > durable_) {
    syncing_ = true;
    sync_wanted_ = false;
    sync_target_ = written_;
    sync_head_ = written_head_;
    missed_since_ns_ = -1;
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
    const absl::Status why = pool_->failure();
    if (!why.ok()) {
      Fail(why);
      FailQueued();
    }
  }
  return mark;
}

bool LogWriter::MayWrite(Chunk* front) {
  wants_segment_ = false;
  const bool new_segment =
      geometry_.SegmentOf(front->position()) != live_.back().id;
  if (new_segment || front->kind() != ChunkKind::kRecords) {
    sync_wanted_ |= !syncing_ && written_ > durable_;
    if (syncing_ || written_ > durable_) return false;
  } else if (SyncIsLate()) {
    sync_wanted_ |= !syncing_;
    return false;
  }
  if (!new_segment) return true;
  auto segment = pool_->Take();
  wants_segment_ = !segment;
  if (!segment) return false;  // the pool pumps when it has one
  segment->id = geometry_.SegmentOf(front->position());
  segment->link = front->link();
  if (archive_ != nullptr) {
    archive_->OnFull(segment->link, {.id = segment->id, .path = segment->path});
  }
  live_.push_back(*std::move(segment));
  return true;
}

void LogWriter::StartWrite() {
  LogPosition durable, head;
  File* file;
  SegmentId id;
  {
    MutexLock lock(mutex_);
    durable = durable_;
    head = std::min(head_, flying_->position());
    file = live_.back().file.get();
    id = live_.back().id;
    write_started_ns_ = clock_->MonotonicNanos();
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
    file = live_.back().file.get();
    sync_started_ns_ = clock_->MonotonicNanos();
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
      written_ = chunk->End();
      written_head_ = chunk->head();
      if (sync_ == LogSync::kGroup || !records) {
        BecameDurable(written_, written_head_);
        sync_durations_.Add(last_write_ns_ - write_started_ns_);
      } else {
        int64_t& since = syncing_ ? missed_since_ns_ : unsynced_since_ns_;
        if (since < 0) since = last_write_ns_;
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
      BecameDurable(sync_target_, sync_head_);
      sync_durations_.Add(clock_->MonotonicNanos() - sync_started_ns_);
      unsynced_since_ns_ = std::exchange(missed_since_ns_, -1);
      ArmSyncTimer();
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
    std::unique_ptr<Chunk> chunk;
    absl::Status failure;
    {
      MutexLock lock(mutex_);
      if (!abandoned_ && FailureIsDue()) {
        failure_told_ = true;
        failure = failed_;
      } else if (abandoned_ || done_.empty() || !done_.front()->ready()) {
        delivering_ = false;
        delivered_.NotifyAll();
        break;
      } else {
        chunk = std::move(done_.front());
        done_.pop_front();
      }
    }
    if (chunk == nullptr) {
      client_->OnFailed(failure);
      continue;
    }
    if (chunk->first() != nullptr) {
      client_->OnDurable(chunk->first(), chunk->outcome);
    }
    MutexLock lock(mutex_);
    queue_.Recycle(std::move(chunk));
  }
  EndStep();
}

void LogWriter::PostDeliver() {
  const bool ready = !done_.empty() && done_.front()->ready();
  if (abandoned_ || (!ready && !FailureIsDue())) return;
  if (!std::exchange(deliver_posted_, true)) PostSoon(&LogWriter::Deliver);
}

void LogWriter::Fail(absl::Status reason) {
  if (failed_.ok()) failed_ = StoppedError(reason);
  // Written but not synced: the failed sync may have lost them.
  for (auto& chunk : done_) {
    if (chunk->End() > durable_) chunk->outcome = OutcomeUnknown(failed_);
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
  {
    MutexLock lock(mutex_);
    end_waits_ = true;
  }
  PostSoon(&LogWriter::Pump);
}

void LogWriter::Close(absl::AnyInvocable<void(absl::Status)> done) {
  {
    MutexLock lock(mutex_);
    ROWAN_CHECK(!closing_);
    closing_ = true;
    close_done_ = std::move(done);
    if (failed_.ok()) queue_.AddMark(ChunkKind::kStop);
  }
  PostSoon(&LogWriter::Pump);
}

void LogWriter::EndStep() {
  absl::AnyInvocable<void(absl::Status)> done;
  absl::Status status;
  {
    MutexLock lock(mutex_);
    if (!close_done_ || !queue_.empty() || in_flight_ || syncing_ ||
        !done_.empty() || delivering_ || pumping_) {
      return;
    }
    done = std::move(close_done_);
    close_done_ = nullptr;
    status = failed_;
  }
  Task told = [done = std::move(done), status = std::move(status)]() mutable {
    done(std::move(status));
  };
  if (archive_ == nullptr) return pool_->Stop(std::move(told));
  archive_->Stop([pool = pool_, told = std::move(told)]() mutable {
    pool->Stop(std::move(told));
  });
}

void LogWriter::Abandon() {
  MutexLock lock(mutex_);
  abandoned_ = true;
  while (delivering_) delivered_.Wait(mutex_);
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
  if (unsynced_since_ns_ < 0 || syncing_) return;
  if (std::exchange(sync_timer_, true)) return;
  // At half the period, so that the sync has the other half to finish in.
  const int64_t due = unsynced_since_ns_ + period_ns_ / 2;
  PostLater(std::max<int64_t>(0, due - clock_->MonotonicNanos()),
            &LogWriter::OnSyncTimer);
}

void LogWriter::OnSyncTimer() {
  {
    MutexLock lock(mutex_);
    sync_timer_ = false;
    sync_wanted_ |= written_ > durable_;
  }
  Pump();
}

bool LogWriter::SyncIsLate() const {
  return unsynced_since_ns_ >= 0 &&
         clock_->MonotonicNanos() - unsynced_since_ns_ >= period_ns_;
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
