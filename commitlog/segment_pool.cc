// SPDX-License-Identifier: Apache-2.0
#include "commitlog/segment_pool.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace rowan {
namespace {

// Ready ahead of need: one is taken while the next is being filled.
constexpr size_t kSpareSegments = 2;
constexpr size_t kFillBytes = 1 << 20;
// What a new segment leaves free at least: for the manifest, small files, and
// the flush that lets go of an old one.
constexpr uint64_t kRoomLeftBytes = 16 << 20;
constexpr std::chrono::seconds kRetryDelay{1};

absl::Status Stopped() { return absl::CancelledError("the log was closed"); }

}  // namespace

SegmentPool::SegmentPool(CommitLogOptions options, FileSystem* fs,
                         Executor* executor, std::deque<SegmentFile> free,
                         uint64_t next_number)
    : options_(std::move(options)),
      fs_(fs),
      executor_(executor),
      free_(std::move(free)),
      next_number_(next_number) {}

void SegmentPool::Start(Task on_tried) {
  MutexLock lock(mutex_);
  on_tried_ = std::move(on_tried);
  PostMaintain();
}

std::optional<SegmentFile> SegmentPool::Take() {
  MutexLock lock(mutex_);
  PostMaintain();
  if (free_.empty()) {
    wanted_ = true;
    return std::nullopt;
  }
  SegmentFile segment = std::move(free_.front());
  free_.pop_front();
  return segment;
}

void SegmentPool::Give(SegmentFile segment) {
  MutexLock lock(mutex_);
  AddFree(std::move(segment));
  PostMaintain();
}

void SegmentPool::AddFree(SegmentFile segment) {
  free_.push_back(std::move(segment));
  PostTried();
}

void SegmentPool::PostTried() {
  if (!wanted_ || stopped_) return;
  wanted_ = false;
  executor_->Post([weak = weak_from_this()] {
    if (auto self = weak.lock()) self->on_tried_();
  });
}

void SegmentPool::Stop(Task done) {
  {
    MutexLock lock(mutex_);
    stopped_ = true;
    if (busy_) {
      on_stopped_ = std::move(done);
      return;
    }
  }
  done();
}

void SegmentPool::PostMaintain() {
  if (posted_ || busy_ || stopped_ || retry_later_) return;
  posted_ = true;
  executor_->Post([weak = weak_from_this()] {
    if (auto self = weak.lock()) self->Maintain();
  });
}

void SegmentPool::Maintain() {
  SegmentFile excess;
  {
    MutexLock lock(mutex_);
    posted_ = false;
    if (stopped_ || busy_) return;
    if (free_.size() > options_.free_segments_max + kSpareSegments) {
      excess = std::move(free_.back());
      free_.pop_back();
    } else if (free_.size() < kSpareSegments) {
      making_number_ = next_number_++;
    } else {
      return;
    }
    busy_ = true;
  }
  if (excess.file == nullptr) return Make();
  excess.file.reset();
  // A file that stays, or comes back, is an old segment: free at next open.
  (void)fs_->Remove(excess.path);
  if (Leave()) return;
  MutexLock lock(mutex_);
  PostMaintain();
}

// A part of a segment is of no use, and its blocks may be those that a flush
// needs to free a whole one.
absl::Status SegmentPool::CheckRoom() {
  const absl::StatusOr<uint64_t> free = fs_->FreeBytes(options_.directory);
  const uint64_t need =
      options_.segment_bytes +
      std::min<uint64_t>(kRoomLeftBytes, options_.segment_bytes);
  // Who doesn't tell runs full in its time.
  if (!free.ok() || *free >= need) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat(options_.directory, ": a segment is made where ", need,
                   " bytes are free; ", *free, " are"));
}

void SegmentPool::Make() {
  if (absl::Status room = CheckRoom(); !room.ok()) return MakingEnded(room);
  OpenOptions open = SegmentOpenOptions(options_);
  open.create = true;
  auto file = fs_->Open(absl::StrCat(options_.directory, "/",
                                     SegmentFileName(making_number_, ".tmp")),
                        open);
  if (!file.ok()) return MakingEnded(file.status());
  making_ = *std::move(file);
  zeros_ =
      AlignedBuffer(std::min<uint64_t>(kFillBytes, options_.segment_bytes));
  zeros_.Zero();
  Fill(0);
}

bool SegmentPool::stopped() {
  MutexLock lock(mutex_);
  return stopped_;
}

absl::Status SegmentPool::failure() {
  MutexLock lock(mutex_);
  return failure_;
}

void SegmentPool::Fill(uint64_t offset) {
  if (stopped()) return MakingEnded(Stopped());
  const uint64_t n =
      std::min<uint64_t>(zeros_.size(), options_.segment_bytes - offset);
  if (n == 0) return SyncFilled();
  making_->WriteAsync(
      offset, zeros_.view().substr(0, n), WriteDurability::kBuffered,
      [self = shared_from_this(), next = offset + n](absl::Status status) {
        // A task for each step: other work gets its turn, and a file system
        // that calls back inline doesn't nest, nor loses the file meanwhile.
        self->executor_->Post([self, next, status] {
          status.ok() ? self->Fill(next) : self->MakingEnded(status);
        });
      });
}

void SegmentPool::SyncFilled() {
  making_->SyncAsync([self = shared_from_this()](absl::Status status) {
    self->executor_->Post([self, status] {
      status.ok() ? self->Adopt() : self->MakingEnded(status);
    });
  });
}

void SegmentPool::Adopt() {
  if (stopped()) return MakingEnded(Stopped());
  making_.reset();
  MakingEnded(AdoptSegmentFile(options_, fs_, making_number_));
}

void SegmentPool::MakingEnded(absl::StatusOr<SegmentFile> made) {
  const bool failed = !made.ok();
  making_.reset();  // or its blocks stay taken when its name is gone
  if (failed && !stopped()) {
    (void)fs_->Remove(absl::StrCat(options_.directory, "/",
                                   SegmentFileName(making_number_, ".tmp")));
  }
  {
    MutexLock lock(mutex_);
    zeros_ = AlignedBuffer();
    failure_ = made.status();
    failed ? PostTried() : AddFree(*std::move(made));
    retry_later_ = failed && !stopped_;
  }
  if (Leave()) return;
  MutexLock lock(mutex_);
  if (!failed) return PostMaintain();
  executor_->PostAfter(kRetryDelay, [weak = weak_from_this()] {
    auto self = weak.lock();
    if (self == nullptr) return;
    MutexLock lock(self->mutex_);
    self->retry_later_ = false;
    self->PostMaintain();
  });
}

bool SegmentPool::Leave() {
  Task on_stopped;
  {
    MutexLock lock(mutex_);
    busy_ = false;
    if (!stopped_) return false;
    on_stopped = std::move(on_stopped_);
  }
  if (on_stopped) on_stopped();
  return true;
}

}  // namespace rowan
