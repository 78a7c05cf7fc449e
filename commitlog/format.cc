// SPDX-License-Identifier: Apache-2.0
#include "commitlog/format.h"

#include "storage/base/check.h"
#include "storage/base/coding.h"
#include "storage/base/crc32c.h"
#include "storage/base/mutation_log.h"

namespace rowan {
namespace {

constexpr size_t kHeaderCrcOffset = 76;

}  // namespace

void EncodeChunkHeader(const ChunkHeader& header, char* to) {
  char* const begin = to;
  to = StoreLittle(kChunkMagic, to);
  to = StoreLittle(kLogFormatVersion, to);
  to = StoreLittle(static_cast<uint16_t>(header.kind), to);
  to = StoreLittle(header.segment.value, to);
  to = StoreLittle(header.position.value, to);
  to = StoreLittle(header.length, to);
  to = StoreLittle(header.record_count, to);
  to = StoreLittle(header.watermark.value, to);
  to = StoreLittle(header.link.value, to);
  to = StoreLittle(header.head.value, to);
  to = StoreLittle(header.wall_us, to);
  to = StoreLittle(header.scope, to);
  to = StoreLittle(header.body_crc, to);
  ROWAN_CHECK(to == begin + kHeaderCrcOffset);
  StoreLittle(Crc32c({begin, kHeaderCrcOffset}), to);
}

std::optional<ChunkHeader> DecodeChunkHeader(std::string_view bytes) {
  if (bytes.size() < kChunkHeaderBytes) return std::nullopt;
  const char* const p = bytes.data();
  if (LoadLittle<uint32_t>(p) != kChunkMagic ||
      LoadLittle<uint32_t>(p + kHeaderCrcOffset) !=
          Crc32c({p, kHeaderCrcOffset})) {
    return std::nullopt;
  }
  const uint16_t version = LoadLittle<uint16_t>(p + 4);
  if (version < kLogFormatVersionMin || version > kLogFormatVersion) {
    return std::nullopt;
  }
  ChunkHeader header;
  const uint16_t kind = LoadLittle<uint16_t>(p + 6);
  header.kind = static_cast<ChunkKind>(kind);
  header.segment.value = LoadLittle<uint64_t>(p + 8);
  header.position.value = LoadLittle<uint64_t>(p + 16);
  header.length = LoadLittle<uint32_t>(p + 24);
  header.record_count = LoadLittle<uint32_t>(p + 28);
  header.watermark.value = LoadLittle<uint64_t>(p + 32);
  header.link.value = LoadLittle<uint64_t>(p + 40);
  header.head.value = LoadLittle<uint64_t>(p + 48);
  header.wall_us = LoadLittle<int64_t>(p + 56);
  header.scope = version == 1 ? kLogScopeAll : LoadLittle<uint64_t>(p + 64);
  header.body_crc = LoadLittle<uint32_t>(p + 72);
  const bool has_records = header.kind == ChunkKind::kRecords;
  if (kind > static_cast<uint16_t>(ChunkKind::kCopyEnd) ||
      header.length < kChunkHeaderBytes || header.length > kSegmentBytesMax ||
      has_records != (header.record_count > 0) ||
      has_records != (header.length > kChunkHeaderBytes) ||
      header.watermark > header.position || header.link > header.position ||
      header.head > header.position) {
    return std::nullopt;
  }
  return header;
}

std::optional<ChunkHeader> DecodeChunkHeaderAt(const Geometry& geometry,
                                               uint64_t offset,
                                               std::string_view bytes) {
  auto header = DecodeChunkHeader(bytes);
  if (!header || geometry.OffsetOf(header->position) != offset ||
      geometry.SegmentOf(header->position) != header->segment ||
      header->Span() > geometry.segment_bytes() - offset) {
    return std::nullopt;
  }
  return header;
}

bool ChunkBodyOk(const ChunkHeader& header, std::string_view chunk) {
  return chunk.size() >= header.length &&
         Crc32c(chunk.substr(kChunkHeaderBytes,
                             header.length - kChunkHeaderBytes)) ==
             header.body_crc;
}

}  // namespace rowan
