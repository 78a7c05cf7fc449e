// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_SSTABLE_WRITER_H_
#define ROWAN_STORAGE_SSTABLE_SSTABLE_WRITER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/base/file_system.h"
#include "storage/model/row_iterator.h"
#include "storage/model/schema.h"
#include "storage/sstable/loss/sstable_loss.h"
#include "storage/sstable/statistics.h"

namespace rowan {

struct SSTableWriterOptions {
  std::shared_ptr<const Schema> schema;
  FileId file;
  PartitionId partition;
  uint32_t level = 0;
  Compression compression = Compression::kNone;
  uint64_t expected_wide_rows = 0;  // reserves memory; may be off
  LogPosition log_from, log_to;
  int64_t written_at_us = 0;
  // What Finish writes into the file as its losses; null: none. As JoinLosses
  // leaves them.
  const std::vector<SSTableLoss>* losses = nullptr;
};

// Writes one SSTable: a stream of wide rows in, one file out. The file is
// written as PATH.tmp; Finish syncs it, renames it to PATH and syncs the
// directory. A writer destroyed before Finish removes its file.
//
// Thread-compatible; memory is bounded by two blocks, the write buffer (256
// KiB), the block index (about 10 bytes per 8 KiB of data), the filter (10 bits
// a wide row) and the tokens of one filter segment (512 KiB). The
// order rules of RowIterator are checked in every build: kDataLoss when what is
// written breaks them, since it was read from a file that is not what its
// checksums say. After an error the writer can only be destroyed.
class SSTableWriter {
 public:
  static absl::StatusOr<std::unique_ptr<SSTableWriter>> Create(
      FileSystem* fs, const std::string& path, SSTableWriterOptions options);
  virtual ~SSTableWriter() = default;

  virtual absl::Status BeginWideRow(const WideRowHead& head) = 0;
  // Fragments of the current wide row in position order.
  virtual absl::Status Add(const RowFragment& fragment) = 0;
  virtual absl::Status EndWideRow() = 0;

  // Bytes that the file has by now, about.
  virtual uint64_t EstimatedBytes() const = 0;
  // REQUIRES: no wide row is open. A file without wide rows is legal.
  virtual absl::StatusOr<SSTableStatistics> Finish() = 0;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_SSTABLE_WRITER_H_
