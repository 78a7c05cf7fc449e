// SPDX-License-Identifier: Apache-2.0
#include "commitlog/chunk_queue.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/check.h"

namespace rowan {
namespace {

// One fills, one flies, one is being handed out, and one to spare.
constexpr size_t kSpareChunks = 4;

uint64_t AlignUp(uint64_t bytes) {
  return (bytes + kChunkAlignment - 1) / kChunkAlignment * kChunkAlignment;
}

}  // namespace

ChunkQueue::ChunkQueue(Geometry geometry, uint64_t waiting_bytes_max,
                       LogPosition next, LogPosition link)
    : geometry_(geometry),
      waiting_bytes_max_(waiting_bytes_max),
      next_(next),
      link_(link) {}

absl::StatusOr<Chunk*> ChunkQueue::Reserve(size_t size, LogAppend* append,
                                           LogPosition durable) {
  const uint64_t bytes = kRecordHeaderBytes + size;
  // One record is always taken, however large.
  if (waiting_bytes_ > 0 && waiting_bytes_ + bytes > waiting_bytes_max_) {
    return absl::ResourceExhaustedError(
        absl::StrCat("commit log: ", waiting_bytes_,
                     " bytes wait for the disk; at most ", waiting_bytes_max_));
  }
  if (open_ == nullptr || !open_->Fits(size)) {
    const uint64_t chunk_bytes = kChunkHeaderBytes + bytes;
    const LogPosition at = PlaceFor(chunk_bytes, open_ ? open_->End() : next_);
    if (geometry_.SegmentOf(at).value >
        geometry_.SegmentBefore(durable).value + kSegmentsAheadMax) {
      return absl::ResourceExhaustedError(
          absl::StrCat("commit log: ", kSegmentsAheadMax,
                       " segments wait for the disk; at most that many"));
    }
    SealOpen();
    StartChunk(ChunkKind::kRecords, at, chunk_bytes);
  }
  open_->Place(size, append);
  waiting_bytes_ += bytes;
  return open_.get();
}

void ChunkQueue::AddMark(ChunkKind kind) {
  SealOpen();
  StartChunk(kind, PlaceFor(kChunkHeaderBytes, next_), kChunkHeaderBytes);
  SealOpen();
}

Chunk* ChunkQueue::Front() {
  if (sealed_.empty()) SealOpen();
  return sealed_.empty() ? nullptr : sealed_.front().get();
}

std::unique_ptr<Chunk> ChunkQueue::Pop() {
  ROWAN_CHECK(!sealed_.empty());
  std::unique_ptr<Chunk> chunk = std::move(sealed_.front());
  sealed_.pop_front();
  return chunk;
}

std::deque<std::unique_ptr<Chunk>> ChunkQueue::TakeAll() {
  SealOpen();
  return std::exchange(sealed_, {});
}

void ChunkQueue::Recycle(std::unique_ptr<Chunk> chunk) {
  ROWAN_CHECK(waiting_bytes_ >= chunk->record_bytes());
  waiting_bytes_ -= chunk->record_bytes();
  if (spare_.size() < kSpareChunks &&
      chunk->capacity() == geometry_.ChunkBytesMax()) {
    spare_.push_back(std::move(chunk));
  }
}

void ChunkQueue::SealOpen() {
  if (open_ == nullptr) return;
  next_ = open_->End();
  open_->Seal();
  sealed_.push_back(std::move(open_));
}

LogPosition ChunkQueue::PlaceFor(uint64_t bytes, LogPosition next) const {
  const uint64_t offset = geometry_.OffsetOf(next);
  if (offset + AlignUp(bytes) <= geometry_.ChunkEndMax()) return next;
  return geometry_.StartOf({geometry_.SegmentOf(next).value + 1});
}

void ChunkQueue::StartChunk(ChunkKind kind, LogPosition at,
                            uint64_t bytes_min) {
  const uint64_t offset = geometry_.OffsetOf(at);
  if (offset == 0) link_ = next_;
  const uint64_t room = geometry_.ChunkEndMax() - offset;
  const uint64_t usual = geometry_.ChunkBytesMax();
  // A record larger than a chunk gets one of its own size, to itself.
  const uint64_t limit = std::max(bytes_min, std::min(usual, room));
  std::unique_ptr<Chunk> chunk;
  if (limit <= usual && !spare_.empty()) {
    chunk = std::move(spare_.back());
    spare_.pop_back();
  } else {
    chunk = std::make_unique<Chunk>(std::max(limit, usual));
  }
  chunk->Open(kind, at, link_, limit);
  open_ = std::move(chunk);
}

}  // namespace rowan
