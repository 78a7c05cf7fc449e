// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_COMPACTION_FLUSH_JOB_H_
#define ROWAN_STORAGE_COMPACTION_FLUSH_JOB_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "storage/base/file_system.h"
#include "storage/compaction/stepwise_writer.h"
#include "storage/manifest/manifest.h"
#include "storage/memtable/memtable.h"
#include "storage/sstable/sstable_writer.h"

namespace rowan {

// Writes one sealed memtable, whose last pin is gone, into one SSTable, in
// resumable steps. What its own deletions hide, and cells of columns that
// output.schema says were dropped, are left out; no tombstone is purged.
//
// Thread-compatible: steps may run on different threads, one after another.
// Memtable and file system outlive it. After an error it can only be destroyed;
// dropped before its end it leaves no file, and the memtable is as it was.
class FlushJob {
 public:
  // `output.expected_wide_rows` is taken from the memtable.
  FlushJob(const Memtable& memtable, FileSystem* fs, std::string path,
           SSTableWriterOptions output);

  // About StepwiseWriter::kStepBytes of work. True: finished, durable.
  absl::StatusOr<bool> Step() { return writer_->Step(); }
  // REQUIRES: Step() said true. Nullopt: the memtable was empty.
  const std::optional<ManifestFile>& file() const { return writer_->file(); }

 private:
  std::unique_ptr<StepwiseWriter> writer_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_COMPACTION_FLUSH_JOB_H_
