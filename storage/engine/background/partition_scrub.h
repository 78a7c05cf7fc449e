// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_BACKGROUND_PARTITION_SCRUB_H_
#define ROWAN_STORAGE_ENGINE_BACKGROUND_PARTITION_SCRUB_H_

#include <memory>
#include <string>
#include <vector>

#include "storage/compaction/stepwise_writer.h"
#include "storage/engine/background/damaged_files.h"
#include "storage/engine/background/partition_job.h"
#include "storage/engine/state/engine_core.h"
#include "storage/engine/state/table_scrub.h"
#include "storage/sstable/verify/sstable_verifier.h"

namespace rowan {

// Reads the SSTables of one partition from the disk, one after another, and
// replaces each that is damaged by a new one of all that can be read, which
// says what is lost (SSTable::losses). The order on the disk:
//
//   1. the new file is written and synced;
//   2. the damaged one is linked into the quarantine, and that made durable;
//   3. one edit of the manifest puts the one in the place of the other;
//   4. the damaged one's old name is removed.
//
// A crash before 3 leaves the old file in its place, and maybe a second name of
// it in the quarantine; one behind 3 a name that the next start removes.
//
// Thread-compatible. Merges of the partition wait for it.
class PartitionScrub final : public PartitionJob {
 public:
  // All outlive it. What is done is added to `report` file by file.
  PartitionScrub(EngineCore* core, std::shared_ptr<Table> table,
                 Partition* partition, DamagedFiles* damaged,
                 const ScrubOrder& order, TableScrub* report);
  ~PartitionScrub() override;

  // kCancelled: the table was dropped; kResourceExhausted: a new file doesn't
  // fit; else what the disk says.
  absl::StatusOr<bool> Step() override;
  bool RememberDamage() override { return false; }

 private:
  static constexpr uint64_t kStepBytes = 1 << 20;

  // Takes the next file; false when none is left.
  absl::StatusOr<bool> Open();
  void Damaged(std::string why);
  absl::Status Check();
  // What comes of the file when it has been checked.
  absl::Status Decide();
  absl::Status BeginSalvage();
  absl::Status Salvage();
  // The same in a dry run: reads and counts.
  absl::Status Walk();
  absl::Status Replace();
  absl::Status KeepDamaged();
  void EndFile();

  EngineCore* const core_;
  const std::shared_ptr<Table> table_;
  Partition* const partition_;
  DamagedFiles* const damaged_;
  const ScrubOrder order_;
  TableScrub* const report_;
  bool began_ = false;
  std::vector<std::shared_ptr<SSTable>> waiting_;  // oldest last
  // The file in work, checked through a reader of its own, then salvaged
  // through that of the partition: its sections may be good in memory only.
  std::shared_ptr<SSTable> file_;
  std::shared_ptr<SSTableReader> reread_;
  std::unique_ptr<SSTableVerifier> verifier_;
  ScrubbedFile found_;
  uint64_t damage_count_ = 0;
  std::vector<SSTableLoss> lost_;
  std::unique_ptr<RowIterator> rows_;  // Walk's
  bool in_wide_row_ = false;
  std::unique_ptr<DiskSpace::Hold> room_;
  FileId new_file_;
  std::unique_ptr<StepwiseWriter> writer_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_BACKGROUND_PARTITION_SCRUB_H_
