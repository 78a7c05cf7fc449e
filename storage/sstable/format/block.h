// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_FORMAT_BLOCK_H_
#define ROWAN_STORAGE_SSTABLE_FORMAT_BLOCK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "storage/base/ids.h"
#include "storage/model/schema.h"
#include "storage/sstable/format/format.h"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace rowan {

// Frames blocks: compresses where that shrinks them, and puts the header with
// the checksum in front. One per writer; thread-compatible.
class BlockEncoder {
 public:
  BlockEncoder(FileId file, Compression compression);
  ~BlockEncoder();
  BlockEncoder(const BlockEncoder&) = delete;
  BlockEncoder& operator=(const BlockEncoder&) = delete;

  // Appends the framed block to *out. `offset` is where it will stand in the
  // file, `raw_position` the sum of the raw lengths of all blocks before it.
  // Returns the bytes appended. REQUIRES: raw.size() <= kBlockRawBytesMax.
  uint32_t Append(BlockKind kind, std::string_view raw, uint64_t offset,
                  uint64_t raw_position, std::string* out);

 private:
  // Into scratch_; 0 when the bytes don't shrink.
  size_t Compress(std::string_view raw);

  const FileId file_;
  const Compression compression_;
  std::string scratch_;
  ZSTD_CCtx_s* zstd_ = nullptr;
};

// One block in memory, decoded: the buffers are used again for the next block,
// which is what makes a scan allocate nothing. Thread-compatible.
class BlockBuffer {
 public:
  BlockBuffer() = default;
  BlockBuffer(const BlockBuffer&) = delete;
  BlockBuffer& operator=(const BlockBuffer&) = delete;

  // Room for a stored block of `bytes`, to be filled before Decode.
  char* Prepare(size_t bytes);

  // Checks the checksum, the header against `kind` and the prepared length, and
  // decompresses. `file_raw_bytes`: the raw lengths of all blocks of the file
  // together, which bounds what is allocated. kDataLoss without file or offset
  // in the message. The payload is valid until the next Prepare.
  absl::Status Decode(FileId file, uint64_t offset, BlockKind kind,
                      uint64_t file_raw_bytes);

  std::string_view payload() const { return payload_; }
  uint64_t raw_position() const { return raw_position_; }

 private:
  struct FreeZstd {
    void operator()(ZSTD_DCtx_s* context) const;
  };
  absl::Status Decompress(uint8_t compression, std::string_view stored,
                          uint32_t raw_length, uint64_t raw_bytes_max);

  std::string stored_;  // only ever grows
  size_t stored_bytes_ = 0;
  std::string raw_;  // only ever grows
  std::string_view payload_;
  uint64_t raw_position_ = 0;
  std::unique_ptr<ZSTD_DCtx_s, FreeZstd> zstd_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_FORMAT_BLOCK_H_
