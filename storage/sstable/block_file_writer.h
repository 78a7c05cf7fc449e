// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_BLOCK_FILE_WRITER_H_
#define ROWAN_STORAGE_SSTABLE_BLOCK_FILE_WRITER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/base/file_system.h"
#include "storage/base/ids.h"
#include "storage/model/schema.h"
#include "storage/sstable/format/block.h"
#include "storage/sstable/format/footer.h"

namespace rowan {

// The bytes of an SSTable in the making: blocks, then sections, then the
// footer, appended through a buffer of 256 KiB to PATH.tmp. Destroyed before
// Finish it removes that file. Thread-compatible; after an error it can only be
// destroyed.
class BlockFileWriter {
 public:
  static absl::StatusOr<std::unique_ptr<BlockFileWriter>> Create(
      FileSystem* fs, const std::string& path, FileId file,
      Compression compression);
  ~BlockFileWriter();

  absl::StatusOr<BlockHandle> AddBlock(BlockKind kind, std::string_view raw);
  absl::Status AddSection(SectionKind kind, std::string_view bytes);
  // Footer, sync, rename to PATH, sync of the directory.
  absl::Status Finish();

  uint64_t offset() const { return flushed_ + buffer_.size(); }
  uint64_t raw_position() const { return raw_position_; }

 private:
  BlockFileWriter(FileSystem* fs, const std::string& path, FileId file,
                  Compression compression, std::unique_ptr<File> out);
  absl::Status FlushBuffer();

  FileSystem* const fs_;
  const std::string path_;
  const std::string tmp_path_;
  std::unique_ptr<File> out_;
  BlockEncoder encoder_;
  Footer footer_;
  std::string buffer_;
  uint64_t flushed_ = 0;
  uint64_t raw_position_ = 0;
  bool renamed_ = false;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_BLOCK_FILE_WRITER_H_
