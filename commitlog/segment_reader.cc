// SPDX-License-Identifier: Apache-2.0
#include "commitlog/segment_reader.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

#include "storage/base/status_macros.h"

namespace rowan {
namespace {

constexpr uint64_t kWindowBytes = 1 << 20;

}  // namespace

SegmentReader::SegmentReader(std::unique_ptr<File> file, std::string path,
                             uint64_t segment_bytes)
    : file_(std::move(file)),
      path_(std::move(path)),
      geometry_(segment_bytes) {}

std::optional<ChunkHeader> SegmentReader::HeaderAt(uint64_t offset) {
  if (offset % kChunkAlignment != 0 || offset >= geometry_.segment_bytes()) {
    return std::nullopt;
  }
  return DecodeChunkHeaderAt(geometry_, offset,
                             Window(offset, kChunkHeaderBytes));
}

std::optional<std::string_view> SegmentReader::ChunkOf(
    const ChunkHeader& header) {
  const std::string_view chunk =
      Window(geometry_.OffsetOf(header.position), header.length);
  if (!ChunkBodyOk(header, chunk)) return std::nullopt;
  return chunk;
}

std::optional<ChunkHeader> SegmentReader::FindHeader(SegmentId segment,
                                                     uint64_t offset) {
  for (; offset < geometry_.segment_bytes(); offset += kChunkAlignment) {
    auto header = HeaderAt(offset);
    if (header && header->segment == segment) return header;
  }
  return std::nullopt;
}

std::optional<ChunkHeader> SegmentReader::FindYoungest() {
  std::optional<ChunkHeader> youngest;
  for (uint64_t offset = 0; offset < geometry_.segment_bytes();
       offset += kChunkAlignment) {
    auto header = HeaderAt(offset);
    if (header && (!youngest || header->segment > youngest->segment)) {
      youngest = header;
    }
  }
  return youngest;
}

std::string_view SegmentReader::Window(uint64_t offset, uint64_t bytes) {
  if (!status_.ok()) return {};
  bytes = std::min(bytes, geometry_.segment_bytes() - offset);
  if (offset < begin_ || offset + bytes > begin_ + size_) Fill(offset, bytes);
  if (!status_.ok()) return {};
  return buffer_.view().substr(offset - begin_, bytes);
}

void SegmentReader::Fill(uint64_t offset, uint64_t bytes) {
  const uint64_t left = geometry_.segment_bytes() - offset;
  // The first block alone says which segment it is: many ask no more.
  const uint64_t window = size_ == 0 ? kChunkAlignment : kWindowBytes;
  bytes = std::min(std::max(bytes, window), left);
  if (buffer_.size() < bytes) buffer_ = AlignedBuffer(bytes);
  begin_ = offset;
  size_ = bytes;
  const std::span<char> out = buffer_.span().first(bytes);
  absl::StatusOr<size_t> n = file_->ReadAt(offset, out);
  if (absl::IsDataLoss(n.status())) return FillByBlocks();
  status_ = Annotate(n.status(), path_);
  if (status_.ok()) std::memset(out.data() + *n, 0, bytes - *n);
}

void SegmentReader::FillByBlocks() {
  buffer_.Zero();
  for (uint64_t at = 0; at < size_; at += kChunkAlignment) {
    const uint64_t n = std::min<uint64_t>(kChunkAlignment, size_ - at);
    const std::span<char> block = buffer_.span().subspan(at, n);
    const absl::Status read = file_->ReadAt(begin_ + at, block).status();
    if (absl::IsDataLoss(read)) std::memset(block.data(), 0, n);
    if (!read.ok() && !absl::IsDataLoss(read)) status_ = Annotate(read, path_);
  }
}

}  // namespace rowan
