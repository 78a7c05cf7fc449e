// SPDX-License-Identifier: Apache-2.0
#include "commitlog/segment_image.h"

#include <cstring>
#include <span>

#include "absl/strings/str_cat.h"
#include "storage/base/coding.h"
#include "storage/base/status_macros.h"

namespace rowan {

absl::Status SegmentImage::Load(File& file, const std::string& path) {
  return Read(file, path, geometry_.segment_bytes());
}

absl::Status SegmentImage::LoadFirstBlock(File& file, const std::string& path) {
  return Read(file, path, kChunkAlignment);
}

absl::Status SegmentImage::Read(File& file, const std::string& path,
                                uint64_t bytes) {
  loaded_ = 0;
  if (bytes_.size() < bytes) bytes_ = AlignedBuffer(bytes);
  absl::StatusOr<size_t> n = file.ReadAt(0, bytes_.span().first(bytes));
  if (absl::IsDataLoss(n.status())) n = ReadAroundBadBlocks(file, bytes);
  RETURN_IF_ERROR(Annotate(n.status(), path));
  std::memset(bytes_.data() + *n, 0, bytes - *n);
  loaded_ = bytes;
  return absl::OkStatus();
}

absl::StatusOr<size_t> SegmentImage::ReadAroundBadBlocks(File& file,
                                                         uint64_t bytes) {
  for (uint64_t at = 0; at < bytes; at += kChunkAlignment) {
    const std::span<char> block = bytes_.span().subspan(at, kChunkAlignment);
    const absl::StatusOr<size_t> n = file.ReadAt(at, block);
    if (absl::IsDataLoss(n.status())) {
      std::memset(block.data(), 0, block.size());
      continue;
    }
    RETURN_IF_ERROR(n.status());
    if (*n < block.size()) return at + *n;
  }
  return bytes;
}

std::optional<ChunkHeader> SegmentImage::HeaderAt(uint64_t offset) const {
  if (offset % kChunkAlignment != 0 || offset >= loaded_) return std::nullopt;
  return DecodeChunkHeaderAt(geometry_, offset,
                             bytes_.view().substr(offset, kChunkHeaderBytes));
}

bool SegmentImage::BodyOk(const ChunkHeader& header) const {
  const uint64_t offset = geometry_.OffsetOf(header.position);
  if (offset + header.length > loaded_) return false;
  return ChunkBodyOk(header, bytes_.view().substr(offset, header.length));
}

std::optional<ChunkHeader> SegmentImage::FindHeader(SegmentId segment,
                                                    uint64_t offset) const {
  for (; offset < loaded_; offset += kChunkAlignment) {
    auto header = HeaderAt(offset);
    if (header && header->segment == segment) return header;
  }
  return std::nullopt;
}

std::optional<ChunkHeader> SegmentImage::FindYoungest() const {
  std::optional<ChunkHeader> youngest;
  for (uint64_t offset = 0; offset < loaded_; offset += kChunkAlignment) {
    auto header = HeaderAt(offset);
    if (header && (!youngest || header->segment > youngest->segment)) {
      youngest = header;
    }
  }
  return youngest;
}

absl::Status SegmentImage::ForEachRecord(
    const ChunkHeader& header,
    absl::FunctionRef<absl::Status(LogPosition, std::string_view)> each) const {
  const uint64_t offset = geometry_.OffsetOf(header.position);
  std::string_view chunk = bytes_.view().substr(offset, header.length);
  std::string_view rest = chunk.substr(kChunkHeaderBytes);
  for (uint32_t i = 0; i < header.record_count; ++i) {
    const uint64_t at = chunk.size() - rest.size();
    uint32_t size;
    if (!GetLittle(&rest, &size) || size == 0 || size > rest.size()) {
      return absl::DataLossError(
          absl::StrCat("record ", i, " of the chunk has a bad length"));
    }
    RETURN_IF_ERROR(
        each(LogPosition{header.position.value + at}, rest.substr(0, size)));
    rest.remove_prefix(size);
  }
  if (rest.empty()) return absl::OkStatus();
  return absl::DataLossError("bytes are left after the chunk's last record");
}

}  // namespace rowan
