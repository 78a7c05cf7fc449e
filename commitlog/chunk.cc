// SPDX-License-Identifier: Apache-2.0
#include "commitlog/chunk.h"

#include <cstring>

#include "storage/base/check.h"
#include "storage/base/coding.h"
#include "storage/base/crc32c.h"

namespace rowan {

std::unique_ptr<Chunk> Chunk::Mark(LogPosition position, LogPosition link) {
  auto mark = std::make_unique<Chunk>(kChunkAlignment);
  mark->Open(ChunkKind::kMark, position, link, kChunkHeaderBytes);
  mark->Seal();
  return mark;
}

void Chunk::Open(ChunkKind kind, LogPosition position, LogPosition link,
                 size_t limit) {
  ROWAN_CHECK(limit >= kChunkHeaderBytes && limit <= buffer_.size());
  outcome = absl::OkStatus();
  kind_ = kind;
  position_ = position;
  link_ = link;
  limit_ = limit;
  used_ = kChunkHeaderBytes;
  record_count_ = 0;
  scope_ = 0;
  first_ = last_ = nullptr;
  writers_.store(1, std::memory_order_relaxed);
}

std::span<char> Chunk::Place(size_t size, LogAppend* append) {
  ROWAN_CHECK(Fits(size));
  append->position = tail();
  char* const bytes =
      StoreLittle(static_cast<uint32_t>(size), buffer_.data() + used_);
  append->record = {bytes, size};
  append->next = nullptr;
  (last_ == nullptr ? first_ : last_->next) = append;
  last_ = append;
  used_ += kRecordHeaderBytes + size;
  ++record_count_;
  scope_ |= append->scope;
  writers_.fetch_add(1, std::memory_order_relaxed);
  return {bytes, size};
}

LogPosition Chunk::End() const {
  return {position_.value +
          (used_ + kChunkAlignment - 1) / kChunkAlignment * kChunkAlignment};
}

std::string_view Chunk::Finish(LogPosition watermark, LogPosition head,
                               int64_t wall_us, SegmentId segment) {
  ROWAN_CHECK(ready());
  char* const data = buffer_.data();
  const size_t span = End().value - position_.value;
  std::memset(data + used_, 0, span - used_);
  ChunkHeader header;
  header.kind = kind_;
  header.segment = segment;
  header.position = position_;
  header.length = static_cast<uint32_t>(used_);
  header.record_count = record_count_;
  header.watermark = watermark;
  header.link = link_;
  header.head = head_ = head;
  header.wall_us = wall_us;
  header.scope = scope_;
  header.body_crc =
      Crc32c({data + kChunkHeaderBytes, used_ - kChunkHeaderBytes});
  EncodeChunkHeader(header, data);
  return {data, span};
}

}  // namespace rowan
