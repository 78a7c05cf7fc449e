// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_COMMITLOG_CHUNK_QUEUE_H_
#define ROWAN_COMMITLOG_CHUNK_QUEUE_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "commitlog/chunk.h"
#include "commitlog/format.h"

namespace rowan {

// The end of the log that has positions but is not written yet: sealed chunks
// in log order and then the open one. Gives every record and chunk its position
// and bounds the bytes that wait.
//
// Thread-compatible: the log's lock protects it (Chunk says what happens
// outside of it).
class ChunkQueue {
 public:
  // The first chunk goes to `next`, in a segment whose chunks carry `link`.
  ChunkQueue(Geometry geometry, uint64_t waiting_bytes_max, LogPosition next,
             LogPosition link);

  // The chunk that `append` got a place in; the bytes to encode are
  // append->record. kResourceExhausted when too many bytes wait, or when the
  // place would be too far past `durable`. REQUIRES: 0 < size <=
  // RecordSizeMax().
  absl::StatusOr<Chunk*> Reserve(size_t size, LogAppend* append,
                                 LogPosition durable);
  // Enters a chunk without records.
  void AddMark(ChunkKind kind);

  // The oldest chunk, sealing the open one when it is that; null when there is
  // none. Its records may still be being encoded.
  Chunk* Front();
  // Takes the oldest sealed chunk. REQUIRES: Front() was not null.
  std::unique_ptr<Chunk> Pop();
  // Seals and takes all.
  std::deque<std::unique_ptr<Chunk>> TakeAll();

  // Its bytes wait no longer; its buffer may be used again.
  void Recycle(std::unique_ptr<Chunk> chunk);

  bool empty() const { return sealed_.empty() && open_ == nullptr; }
  LogPosition Tail() const { return open_ ? open_->tail() : next_; }

 private:
  void SealOpen();
  // Where a chunk of `bytes` goes: to `next`, or the start of a new segment.
  LogPosition PlaceFor(uint64_t bytes, LogPosition next) const;
  void StartChunk(ChunkKind kind, LogPosition at, uint64_t bytes_min);

  const Geometry geometry_;
  const uint64_t waiting_bytes_max_;
  LogPosition next_;  // of the next chunk to be opened
  LogPosition link_;
  std::unique_ptr<Chunk> open_;
  std::deque<std::unique_ptr<Chunk>> sealed_;
  std::vector<std::unique_ptr<Chunk>> spare_;
  uint64_t waiting_bytes_ = 0;
};

}  // namespace rowan

#endif  // ROWAN_COMMITLOG_CHUNK_QUEUE_H_
