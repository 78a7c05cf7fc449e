// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MANIFEST_MANIFEST_STATE_H_
#define ROWAN_STORAGE_MANIFEST_MANIFEST_STATE_H_

#include <map>
#include <optional>

#include "absl/status/statusor.h"
#include "storage/manifest/manifest.h"

namespace rowan {

// An edit that was found to fit a state, worked out as far as applying it can't
// fail: Commit checks before it writes and applies after the sync.
struct StagedEdit {
  std::map<TableId, LogPosition> created;
  std::map<PartitionName, ManifestState::Partition> partitions;  // new contents
  std::vector<TableId> dropped;
  FileId next_file;
  std::optional<LogPosition> losses_accepted_to;
};

absl::StatusOr<StagedEdit> StageEdit(const ManifestEdit& edit,
                                     const ManifestState& state);
// REQUIRES: `state` is as it was for StageEdit.
void ApplyStaged(StagedEdit staged, ManifestState* state);

// The edit that makes `state` from nothing.
ManifestEdit SnapshotOf(const ManifestState& state);

}  // namespace rowan

#endif  // ROWAN_STORAGE_MANIFEST_MANIFEST_STATE_H_
