// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_COMPACTION_MERGE_JOB_H_
#define ROWAN_STORAGE_COMPACTION_MERGE_JOB_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/base/file_system.h"
#include "storage/base/read_stats.h"
#include "storage/compaction/stepwise_writer.h"
#include "storage/manifest/manifest.h"
#include "storage/read/purger.h"
#include "storage/sstable/sstable.h"
#include "storage/sstable/sstable_writer.h"

namespace rowan {

// One merge of SSTables of one partition. Plain values; what is pointed to
// outlives the job. Cells of columns that output.schema says were dropped are
// left out.
struct MergeJobSpec {
  std::vector<std::shared_ptr<SSTable>> inputs;
  FileSystem* fs = nullptr;
  std::string path;  // of the output
  // expected_wide_rows, log_from and log_to are taken from the inputs.
  SSTableWriterOptions output;
  PurgeOracle* oracle = nullptr;  // of what is not among the inputs
  uint32_t now_s = 0;             // the wall clock as the job begins
  uint32_t grace_s = 0;
};

// What a merge changes, for one ManifestEdit, and what it cost.
struct MergeResult {
  std::vector<ManifestFile> added;  // none when nothing is left of the inputs
  std::vector<FileId> removed;
  uint64_t bytes_read = 0;     // data blocks as stored
  uint64_t bytes_written = 0;  // files
};

// Runs one merge as resumable steps: inputs read in order, merged, purged,
// written to one new SSTable. Nothing is visible to anyone before its result is
// committed to the manifest; a job dropped before its end leaves no file.
//
// Thread-compatible: steps may run on different threads, one after another.
// After an error (kDataLoss naming the damaged input, or of the output) it can
// only be destroyed, and the inputs stay as they are.
class MergeJob {
 public:
  explicit MergeJob(MergeJobSpec spec);

  // About StepwiseWriter::kStepBytes of output; rows that vanish on the way are
  // not counted. True: finished; the output is durable.
  absl::StatusOr<bool> Step();
  // REQUIRES: Step() said true.
  const MergeResult& result() const { return result_; }

 private:
  std::unique_ptr<StepwiseWriter> MakeWriter();

  MergeJobSpec spec_;
  ReadStats stats_;  // of all inputs' iterators
  MergeResult result_;
  std::unique_ptr<StepwiseWriter> writer_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_COMPACTION_MERGE_JOB_H_
