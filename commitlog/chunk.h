// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_COMMITLOG_CHUNK_H_
#define ROWAN_COMMITLOG_CHUNK_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "commitlog/format.h"
#include "storage/base/aligned_buffer.h"
#include "storage/base/mutation_log.h"

namespace rowan {

// One chunk on its way: open (records get places), sealed (no more places),
// ready (sealed and every record encoded), then written and handed out.
//
// Places are given out under the log's lock, records are encoded outside it; a
// count of writers, in which the open chunk itself is one, tells when the bytes
// are whole.
class Chunk {
 public:
  explicit Chunk(size_t capacity) : buffer_(capacity) {}
  // A sealed one without records.
  static std::unique_ptr<Chunk> Mark(LogPosition position, LogPosition link);

  // Opens it (again) for at most `limit` bytes, header included.
  void Open(ChunkKind kind, LogPosition position, LogPosition link,
            size_t limit);

  // --- Under the log's lock.

  bool Fits(size_t record_size) const {
    return used_ + kRecordHeaderBytes + record_size <= limit_;
  }
  // A place for a record; the caller is a writer until WriterDone.
  // REQUIRES: open and Fits(size).
  std::span<char> Place(size_t size, LogAppend* append);
  // No more places. True when it became ready by that.
  bool Seal() { return DropWriter(); }

  // --- By the writer of a record, after encoding.

  // True when the chunk became ready by that: the caller sees to its writing.
  bool WriterDone() { return DropWriter(); }

  bool ready() const { return writers_.load(std::memory_order_acquire) == 0; }

  // --- Once ready, by whoever writes it.

  // Completes the header and the padding; the bytes to write.
  std::string_view Finish(LogPosition watermark, LogPosition head,
                          int64_t wall_us, SegmentId segment);

  ChunkKind kind() const { return kind_; }
  LogPosition position() const { return position_; }
  LogPosition link() const { return link_; }
  LogPosition head() const { return head_; }  // as Finish wrote it
  LogPosition tail() const { return {position_.value + used_}; }
  LogPosition End() const;
  size_t record_bytes() const { return used_ - kChunkHeaderBytes; }
  LogAppend* first() const { return first_; }
  size_t capacity() const { return buffer_.size(); }

  // What the client is told.
  absl::Status outcome;

 private:
  bool DropWriter() {
    return writers_.fetch_sub(1, std::memory_order_acq_rel) == 1;
  }

  AlignedBuffer buffer_;
  ChunkKind kind_ = ChunkKind::kRecords;
  LogPosition position_, link_, head_;
  size_t limit_ = 0, used_ = 0;
  uint32_t record_count_ = 0;
  uint64_t scope_ = 0;
  LogAppend* first_ = nullptr;
  LogAppend* last_ = nullptr;
  std::atomic<uint32_t> writers_{1};
};

}  // namespace rowan

#endif  // ROWAN_COMMITLOG_CHUNK_H_
