// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_COMMITLOG_LIVE_SEGMENTS_H_
#define ROWAN_COMMITLOG_LIVE_SEGMENTS_H_

#include <algorithm>
#include <cstdint>
#include <deque>
#include <iterator>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "commitlog/format.h"
#include "commitlog/log_archive.h"
#include "commitlog/segment_file.h"
#include "commitlog/segment_pool.h"
#include "storage/base/executor.h"
#include "storage/base/ids.h"

namespace rowan {

// The segments of a log that hold something, oldest first; the last is written
// to. Takes new ones from the pool. Gives released ones back, through the
// archive if there is one, when a durable chunk tells the new head, so that no
// start asks for them again.
//
// Never empty, never blocks. Its owner's lock guards it.
class LiveSegments {
 public:
  // `archive` may be null.
  LiveSegments(Geometry geometry, std::shared_ptr<SegmentPool> pool,
               std::shared_ptr<LogArchive> archive,
               std::deque<SegmentFile> segments)
      : geometry_(geometry),
        pool_(std::move(pool)),
        archive_(std::move(archive)),
        segments_(std::move(segments)) {}

  const SegmentFile& last() const { return segments_.back(); }
  // The start of the oldest one that `head` has not released, and the bytes of
  // all such.
  LogPosition Start(LogPosition head) const;
  uint64_t Bytes(LogPosition head) const;
  // Whether segments could be used again if the disk knew of `head` and not
  // only of `durable_head`.
  bool Wait(LogPosition head, LogPosition durable_head) const;

  // Another becomes the last one, all of that being durable; false when the
  // pool has none (it tells when it has).
  bool Begin(SegmentId id, LogPosition link);
  // All below `end` is durable, and with it what tells of `head`.
  void BecameDurable(LogPosition end, LogPosition head);

  // Why the pool has none.
  absl::Status pool_failure() const { return pool_->failure(); }
  // What to call, without the lock, to end the background steps: none begins
  // after `done`, which it may call itself.
  Task Stopping(Task done) const;

 private:
  const Geometry geometry_;
  const std::shared_ptr<SegmentPool> pool_;
  const std::shared_ptr<LogArchive> archive_;
  std::deque<SegmentFile> segments_;
};

inline LogPosition LiveSegments::Start(LogPosition head) const {
  return geometry_.StartOf(std::max(
      segments_.front().id, std::min(last().id, geometry_.SegmentOf(head))));
}

inline uint64_t LiveSegments::Bytes(LogPosition head) const {
  const SegmentId first = geometry_.SegmentOf(head);
  const auto released = std::count_if(
      segments_.begin(), std::prev(segments_.end()),
      [first](const SegmentFile& segment) { return segment.id < first; });
  return (segments_.size() - static_cast<size_t>(released)) *
         geometry_.segment_bytes();
}

inline bool LiveSegments::Wait(LogPosition head,
                               LogPosition durable_head) const {
  const SegmentId oldest = segments_.front().id;
  return segments_.size() > 1 && geometry_.SegmentOf(head) > oldest &&
         geometry_.SegmentOf(durable_head) <= oldest;
}

inline bool LiveSegments::Begin(SegmentId id, LogPosition link) {
  auto segment = pool_->Take();
  if (!segment) return false;
  segment->id = id;
  segment->link = link;
  if (archive_ != nullptr) {
    archive_->OnFull(link, {.id = id, .path = segment->path});
  }
  segments_.push_back(*std::move(segment));
  return true;
}

inline void LiveSegments::BecameDurable(LogPosition end, LogPosition head) {
  if (archive_ != nullptr) archive_->OnDurable(end);
  while (segments_.size() > 1 &&
         geometry_.SegmentOf(head) > segments_.front().id) {
    SegmentFile segment = std::move(segments_.front());
    segments_.pop_front();
    archive_ ? archive_->Give(std::move(segment))
             : pool_->Give(std::move(segment));
  }
}

inline Task LiveSegments::Stopping(Task done) const {
  Task stop_pool = [pool = pool_, done = std::move(done)]() mutable {
    pool->Stop(std::move(done));
  };
  if (archive_ == nullptr) return stop_pool;
  return [archive = archive_, stop_pool = std::move(stop_pool)]() mutable {
    archive->Stop(std::move(stop_pool));
  };
}

}  // namespace rowan

#endif  // ROWAN_COMMITLOG_LIVE_SEGMENTS_H_
