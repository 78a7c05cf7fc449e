// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_BLOCK_SOURCE_H_
#define ROWAN_STORAGE_SSTABLE_BLOCK_SOURCE_H_

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "storage/base/file_system.h"
#include "storage/base/ids.h"
#include "storage/base/read_stats.h"
#include "storage/sstable/format/block.h"
#include "storage/sstable/sstable.h"

namespace rowan {

// The blocks of one open file. Thread-safe; lives as long as its SSTable.
class BlockSource {
 public:
  // `raw_bytes`: of all blocks, before compression.
  BlockSource(std::string path, FileId id, uint64_t data_end,
              uint64_t raw_bytes, std::unique_ptr<File> file)
      : path_(std::move(path)),
        id_(id),
        data_end_(data_end),
        raw_bytes_(raw_bytes),
        file_(std::move(file)) {}

  // Reads and checks one block. kDataLoss naming path and offset; WouldBlock()
  // only for kNeverWait. `stats` may be null.
  absl::Status Read(BlockHandle handle, BlockKind kind, Blocking blocking,
                    ReadStats* stats, BlockBuffer* into) const;

  // `status` with path and offset before its message. kDataLoss is remembered.
  absl::Status At(uint64_t offset, const absl::Status& status) const;
  // Whether any block was found damaged so far.
  bool damage_found() const {
    return damage_found_.load(std::memory_order_relaxed);
  }

  const std::string& path() const { return path_; }
  // Where the data blocks end and the sections begin.
  uint64_t data_end() const { return data_end_; }

 private:
  const std::string path_;
  const FileId id_;
  const uint64_t data_end_;
  const uint64_t raw_bytes_;
  const std::unique_ptr<File> file_;
  mutable std::atomic<bool> damage_found_{false};
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_BLOCK_SOURCE_H_
