// SPDX-License-Identifier: Apache-2.0
#include "storage/sstable/format/block.h"

#include <lz4.h>
#include <zstd.h>

#include <algorithm>

#include "absl/strings/str_format.h"
#include "storage/base/check.h"
#include "storage/base/coding.h"
#include "storage/base/crc32c.h"

namespace rowan {
namespace {

// The fastest level that compresses at all: blocks are rewritten by every
// compaction, so time counts more than the last few percent.
constexpr int kZstdLevel = 1;

// What one stored byte can become: in lz4 a byte of a long match stands for
// 255, in zstd a block of one repeated byte takes 4 and gives 128 KiB.
constexpr uint64_t kLz4GrowthMax = 255;
constexpr uint64_t kZstdGrowthMax = 32 << 10;

uint64_t GrowthMax(uint8_t compression) {
  return compression == static_cast<uint8_t>(Compression::kLz4)
             ? kLz4GrowthMax
             : kZstdGrowthMax;
}

// Over everything after the checksum, then over where the bytes belong, so that
// a block read from the wrong file or place is found out.
uint32_t BlockChecksum(std::string_view after_crc, FileId file,
                       uint64_t offset) {
  char place[16];
  StoreLittle(offset, StoreLittle(file.value, place));
  return Crc32c({place, sizeof(place)}, Crc32c(after_crc));
}

}  // namespace

BlockEncoder::BlockEncoder(FileId file, Compression compression)
    : file_(file), compression_(compression) {
  if (compression == Compression::kZstd) zstd_ = ZSTD_createCCtx();
}

BlockEncoder::~BlockEncoder() { ZSTD_freeCCtx(zstd_); }

size_t BlockEncoder::Compress(std::string_view raw) {
  const size_t limit = raw.size() - 1;
  if (scratch_.size() < limit) scratch_.resize(limit);
  switch (compression_) {
    case Compression::kNone:
      return 0;
    case Compression::kLz4: {
      const int size = LZ4_compress_default(raw.data(), scratch_.data(),
                                            static_cast<int>(raw.size()),
                                            static_cast<int>(limit));
      return size > 0 ? static_cast<size_t>(size) : 0;
    }
    case Compression::kZstd: {
      const size_t size = ZSTD_compressCCtx(zstd_, scratch_.data(), limit,
                                            raw.data(), raw.size(), kZstdLevel);
      return ZSTD_isError(size) ? 0 : size;
    }
  }
  return 0;
}

uint32_t BlockEncoder::Append(BlockKind kind, std::string_view raw,
                              uint64_t offset, uint64_t raw_position,
                              std::string* out) {
  ROWAN_CHECK(!raw.empty() && raw.size() <= kBlockRawBytesMax);
  const size_t compressed =
      compression_ == Compression::kNone ? 0 : Compress(raw);
  const std::string_view stored =
      compressed == 0 ? raw : std::string_view(scratch_.data(), compressed);
  const size_t start = out->size();
  PutLittle<uint32_t>(0, out);
  PutLittle(static_cast<uint32_t>(stored.size()), out);
  PutLittle(static_cast<uint32_t>(raw.size()), out);
  out->push_back(static_cast<char>(kind));
  out->push_back(
      static_cast<char>(compressed == 0 ? Compression::kNone : compression_));
  PutLittle<uint16_t>(0, out);
  PutLittle(raw_position, out);
  out->append(stored);
  const std::string_view after_crc =
      std::string_view(*out).substr(start + sizeof(uint32_t));
  StoreLittle(BlockChecksum(after_crc, file_, offset), out->data() + start);
  return static_cast<uint32_t>(out->size() - start);
}

void BlockBuffer::FreeZstd::operator()(ZSTD_DCtx_s* context) const {
  ZSTD_freeDCtx(context);
}

char* BlockBuffer::Prepare(size_t bytes) {
  payload_ = {};
  stored_bytes_ = bytes;
  if (stored_.size() < bytes) stored_.resize(bytes);
  return stored_.data();
}

absl::Status BlockBuffer::Decode(FileId file, uint64_t offset, BlockKind kind,
                                 uint64_t file_raw_bytes) {
  if (stored_bytes_ < kBlockHeaderBytes) {
    return absl::DataLossError("shorter than a block header");
  }
  const char* const header = stored_.data();
  const std::string_view all(header, stored_bytes_);
  const uint32_t want = LoadLittle<uint32_t>(header);
  const uint32_t got = BlockChecksum(all.substr(4), file, offset);
  if (want != got) {
    return absl::DataLossError(
        absl::StrFormat("checksum want %08x got %08x", want, got));
  }
  const auto stored_length = LoadLittle<uint32_t>(header + 4);
  const auto raw_length = LoadLittle<uint32_t>(header + 8);
  const auto found_kind = static_cast<uint8_t>(header[12]);
  const auto compression = static_cast<uint8_t>(header[13]);
  if (stored_length != stored_bytes_ - kBlockHeaderBytes) {
    return absl::DataLossError("length differs from the index");
  }
  if (found_kind != static_cast<uint8_t>(kind)) {
    return absl::DataLossError(absl::StrFormat("kind want %d got %d",
                                               static_cast<int>(kind),
                                               static_cast<int>(found_kind)));
  }
  raw_position_ = LoadLittle<uint64_t>(header + 16);
  if (raw_position_ > file_raw_bytes) {
    return absl::DataLossError(
        absl::StrFormat("raw position %d is beyond the file's %d",
                        raw_position_, file_raw_bytes));
  }
  return Decompress(
      compression, all.substr(kBlockHeaderBytes), raw_length,
      std::min<uint64_t>(kBlockRawBytesMax, file_raw_bytes - raw_position_));
}

absl::Status BlockBuffer::Decompress(uint8_t compression,
                                     std::string_view stored,
                                     uint32_t raw_length,
                                     uint64_t raw_bytes_max) {
  if (raw_length > raw_bytes_max ||
      raw_length > stored.size() * GrowthMax(compression)) {
    return absl::DataLossError(
        absl::StrFormat("raw length %d is over the limit", raw_length));
  }
  if (compression == static_cast<uint8_t>(Compression::kNone)) {
    if (raw_length != stored.size()) {
      return absl::DataLossError("raw length differs from stored length");
    }
    payload_ = stored;
    return absl::OkStatus();
  }
  if (raw_.size() < raw_length) raw_.resize(raw_length);
  size_t got = 0;
  if (compression == static_cast<uint8_t>(Compression::kLz4)) {
    const int size = LZ4_decompress_safe(stored.data(), raw_.data(),
                                         static_cast<int>(stored.size()),
                                         static_cast<int>(raw_length));
    got = size < 0 ? SIZE_MAX : static_cast<size_t>(size);
  } else if (compression == static_cast<uint8_t>(Compression::kZstd)) {
    if (zstd_ == nullptr) zstd_.reset(ZSTD_createDCtx());
    got = ZSTD_decompressDCtx(zstd_.get(), raw_.data(), raw_length,
                              stored.data(), stored.size());
  } else {
    return absl::DataLossError(
        absl::StrFormat("unknown compression %d", compression));
  }
  if (got != raw_length) {
    return absl::DataLossError("does not decompress to its raw length");
  }
  payload_ = std::string_view(raw_.data(), raw_length);
  return absl::OkStatus();
}

}  // namespace rowan
