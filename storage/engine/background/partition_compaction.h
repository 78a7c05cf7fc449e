// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_BACKGROUND_PARTITION_COMPACTION_H_
#define ROWAN_STORAGE_ENGINE_BACKGROUND_PARTITION_COMPACTION_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/compaction/merge_job.h"
#include "storage/engine/background/damaged_files.h"
#include "storage/engine/background/partition_job.h"
#include "storage/engine/state/engine_core.h"
#include "storage/read/purger.h"

namespace rowan {

// What is worth doing with a partition's SSTables now.
struct CompactionPlan {
  std::vector<std::shared_ptr<SSTable>> inputs;  // none: nothing
  uint64_t input_bytes = 0;
  uint64_t debt_bytes = 0;  // of this merge and all others that are due
  uint32_t output_level = 0;
  bool expired = false;  // nothing in the inputs is of use: drop them unread
};

// Files that have wholly expired first, then what the strategy picks among the
// files that can be read: not those that failed to open or lack something, nor
// those in `damaged`.
CompactionPlan PlanCompaction(const Partition& partition, const Schema& schema,
                              uint32_t now_s, const DamagedFiles& damaged);

// One merge of SSTables of one partition: inputs chosen, merged step by step,
// the result entered into the manifest (the commit point) and the view, the
// inputs unlinked.
class PartitionCompaction final : public PartitionJob {
 public:
  // `all`: every file of the partition, for the operator; otherwise what the
  // strategy picks. Nothing to do is no error: the first step finishes.
  PartitionCompaction(EngineCore* core, std::shared_ptr<Table> table,
                      Partition* partition, DamagedFiles* damaged, bool all);
  ~PartitionCompaction() override;

  // The last one also commits.
  // kDataLoss: an input is damaged, or the disk refuses the output;
  // kResourceExhausted: the output doesn't fit; kCancelled: the table was
  // dropped.
  absl::StatusOr<bool> Step() override;
  bool RememberDamage() override { return damaged_->Add(plan_.inputs); }

 private:
  class Oracle;

  absl::Status Start();
  absl::Status Commit(const MergeResult& result);

  EngineCore* const core_;
  const std::shared_ptr<Table> table_;
  Partition* const partition_;
  DamagedFiles* const damaged_;
  const bool all_;
  CompactionPlan plan_;
  std::unique_ptr<DiskSpace::Hold> room_;
  std::unique_ptr<Oracle> oracle_;
  std::unique_ptr<MergeJob> job_;  // made by the first step
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_BACKGROUND_PARTITION_COMPACTION_H_
