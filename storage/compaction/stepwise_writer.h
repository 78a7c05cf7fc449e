// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_COMPACTION_STEPWISE_WRITER_H_
#define ROWAN_STORAGE_COMPACTION_STEPWISE_WRITER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/base/file_system.h"
#include "storage/manifest/manifest.h"
#include "storage/model/row_iterator.h"
#include "storage/sstable/sstable_writer.h"

namespace rowan {

// One row stream written into one SSTable, a bounded piece at a time. The file
// is begun with the first wide row: a stream without any makes no file, unless
// there are losses to write into one.
//
// Thread-compatible. Owns the stream; the file system outlives it. After an
// error, or dropped before its end, it leaves no file behind.
class StepwiseWriter {
 public:
  // About a millisecond of merging.
  static constexpr uint64_t kStepBytes = 256 << 10;

  StepwiseWriter(std::unique_ptr<RowIterator> rows, FileSystem* fs,
                 std::string path, SSTableWriterOptions options);

  // Copies about kStepBytes. True: the file, if any, is finished and durable;
  // the last step syncs it.
  absl::StatusOr<bool> Step();

  // REQUIRES: Step() said true. Nullopt: nothing was written.
  const std::optional<ManifestFile>& file() const { return file_; }

 private:
  enum class State { kNew, kBetweenWideRows, kInWideRow, kCopied, kDone };

  absl::Status Copy();
  absl::Status EndOfRows();
  absl::StatusOr<uint64_t> BeginWideRow();
  absl::StatusOr<uint64_t> CopyFragment();
  absl::Status Finish();

  const std::unique_ptr<RowIterator> rows_;
  FileSystem* const fs_;
  const std::string path_;
  const SSTableWriterOptions options_;
  State state_ = State::kNew;
  std::unique_ptr<SSTableWriter> writer_;
  std::optional<ManifestFile> file_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_COMPACTION_STEPWISE_WRITER_H_
