// SPDX-License-Identifier: Apache-2.0
#include "commitlog/log_archive.h"

#include <algorithm>
#include <utility>

#include "storage/base/logging.h"
#include "storage/base/status_macros.h"

namespace rowan {
namespace {

constexpr std::chrono::nanoseconds kRetryDelayMin = std::chrono::seconds(1);
constexpr std::chrono::nanoseconds kRetryDelayMax = std::chrono::seconds(60);
// A third of what a slow disk reads: reads and flushes go on beside it.
constexpr int64_t kNanosPerMiB = 1'000'000'000 / 64;

}  // namespace

LogArchive::LogArchive(LogArchiveOptions options, FileSystem *fs, Clock *clock,
                       Executor *executor)
    : options_(std::move(options)),
      fs_(fs),
      clock_(clock),
      executor_(executor) {}

LogArchiveStatus LogArchive::status() {
  MutexLock lock(mutex_);
  LogArchiveStatus status;
  status.segments_written = segments_written_;
  status.failure = failure_;
  status.bytes_held = held_.size() * segment_bytes_;
  int64_t since = written_.since_ns;
  for (const ArchiveJob &job : whole_) {
    status.bytes_behind += segment_bytes_;
    if (since < 0 || job.since_ns < since) since = job.since_ns;
  }
  if (written_.end > parted_) {
    status.bytes_behind += written_.end.value - parted_.value;
  }
  if (since >= 0) status.behind_ns = clock_->MonotonicNanos() - since;
  return status;
}

LogPosition LogArchive::durable() {
  MutexLock lock(mutex_);
  return written_.end;
}

// --- The log's part.

void LogArchive::Start(uint64_t segment_bytes,
                       std::shared_ptr<SegmentPool> pool,
                       std::vector<ArchiveJob> found, ArchiveJob written) {
  MutexLock lock(mutex_);
  segment_bytes_ = segment_bytes;
  pool_ = std::move(pool);
  whole_.assign(found.begin(), found.end());
  const int64_t now_ns = clock_->MonotonicNanos();
  for (ArchiveJob &job : whole_) job.since_ns = now_ns;
  parted_ = Geometry(segment_bytes).StartOf(written.id);
  written_ = std::move(written);
  written_.since_ns = now_ns;
  ArmTimer();
  Kick();
}

void LogArchive::OnDurable(LogPosition end) {
  MutexLock lock(mutex_);
  written_.end = end;
  int64_t &since = parting_ ? newer_since_ns_ : written_.since_ns;
  if (since < 0) since = clock_->MonotonicNanos();
  ArmTimer();
}

void LogArchive::OnFull(LogPosition end, ArchiveJob next) {
  MutexLock lock(mutex_);
  written_.end = end;
  written_.whole = true;
  if (written_.since_ns < 0) written_.since_ns = clock_->MonotonicNanos();
  whole_.push_back(std::exchange(written_, std::move(next)));
  written_.end = parted_ = Geometry(segment_bytes_).StartOf(written_.id);
  Kick();
}

void LogArchive::Give(SegmentFile segment) {
  MutexLock lock(mutex_);
  if (Waits(segment.id)) {
    held_.push_back(std::move(segment));
  } else {
    pool_->Give(std::move(segment));
  }
}

bool LogArchive::Waits(SegmentId id) const {
  return std::any_of(whole_.begin(), whole_.end(),
                     [id](const ArchiveJob &job) { return job.id == id; });
}

void LogArchive::Stop(Task done) {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    if (failure_.ok() && !stopped_) {
      on_stopped_ = std::move(done);
      return Kick();
    }
    stopped_ = true;
  }
  done();
}

void LogArchive::Abandon() {
  MutexLock lock(mutex_);
  stopped_ = true;
}

// --- The chain of steps.

void LogArchive::Kick() {
  if (running_ || stopped_) return;
  running_ = true;
  PostStep(std::chrono::nanoseconds(0));
}

void LogArchive::PostStep(std::chrono::nanoseconds delay) {
  Task step = [weak = weak_from_this()] {
    if (auto self = weak.lock()) self->Step();
  };
  if (delay.count() == 0) return executor_->Post(std::move(step));
  executor_->PostAfter(delay, std::move(step));
}

// At half the interval, so that the copying has the other half to end in.
void LogArchive::ArmTimer() {
  if (stopped_ || std::exchange(timer_, true)) return;
  executor_->PostAfter(options_.interval / 2, [weak = weak_from_this()] {
    auto self = weak.lock();
    if (self == nullptr) return;
    MutexLock lock(self->mutex_);
    self->timer_ = false;
    self->part_due_ = self->written_.end > self->parted_;
    if (self->part_due_) self->Kick();
  });
}

void LogArchive::Step() {
  if (copy_ == nullptr && !BeginJob()) return;
  const auto done = copy_->Step();
  if (!done.ok()) return JobFailed(done.status());
  const int64_t bytes = static_cast<int64_t>(copy_->step_bytes());
  if (*done) JobEnded();
  MutexLock lock(mutex_);
  const bool hurried = stopping_ || !held_.empty();
  PostStep(
      std::chrono::nanoseconds(hurried ? 0 : bytes * kNanosPerMiB / (1 << 20)));
}

bool LogArchive::BeginJob() {
  uint64_t segment_bytes;
  bool none;
  {
    MutexLock lock(mutex_);
    segment_bytes = segment_bytes_;
    none = stopped_ || !TakeJob();
  }
  if (none) {
    Rest();
    return false;
  }
  auto begun = ArchiveCopy::Begin(fs_, options_.directory, segment_bytes, job_);
  if (!begun.ok()) {
    JobFailed(begun.status());
    return false;
  }
  copy_ = *std::move(begun);
  return true;
}

bool LogArchive::HasJob() const {
  return !whole_.empty() ||
         ((part_due_ || stopping_) && written_.end > parted_);
}

bool LogArchive::TakeJob() {
  if (!HasJob()) return false;
  if (!whole_.empty()) {
    job_ = whole_.front();
    return true;
  }
  part_due_ = false;
  parting_ = true;
  newer_since_ns_ = -1;
  job_ = written_;
  return true;
}

void LogArchive::JobEnded() {
  copy_.reset();
  MutexLock lock(mutex_);
  ++segments_written_;
  if (!failure_.ok()) {
    Log(LogLevel::kInfo, "the commit log is archived again",
        {{"directory", options_.directory}});
  }
  failure_ = absl::OkStatus();
  retry_delay_ = {};
  if (!job_.whole) {
    parting_ = false;
    written_.since_ns = newer_since_ns_;
    if (written_.id == job_.id) parted_ = job_.end;
    return;
  }
  whole_.pop_front();
  for (auto it = held_.begin(); it != held_.end();) {
    if (it->id != job_.id) {
      ++it;
      continue;
    }
    pool_->Give(std::move(*it));
    it = held_.erase(it);
  }
}

void LogArchive::JobFailed(absl::Status status) {
  copy_.reset();
  {
    MutexLock lock(mutex_);
    if (failure_.ok()) {
      Log(LogLevel::kError, "the commit log can't be archived",
          {{"directory", options_.directory}, {"error", status}});
    }
    failure_ = std::move(status);
    if (std::exchange(parting_, false)) {
      part_due_ = true;
      if (written_.id != job_.id) written_.since_ns = newer_since_ns_;
    }
    if (!stopping_) {
      retry_delay_ =
          std::clamp(2 * retry_delay_, kRetryDelayMin, kRetryDelayMax);
      return PostStep(retry_delay_);
    }
  }
  Rest();
}

void LogArchive::Rest() {
  Task on_stopped;
  {
    MutexLock lock(mutex_);
    running_ = false;
    if (!stopping_) {
      // What came since the look for a job.
      if (HasJob()) Kick();
      return;
    }
    stopped_ = true;
    on_stopped = std::move(on_stopped_);
  }
  if (on_stopped) on_stopped();
}

}  // namespace rowan
