// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_RECOVERY_H_
#define ROWAN_STORAGE_ENGINE_RECOVERY_H_

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/base/mutation_log.h"
#include "storage/engine/engine_options.h"
#include "storage/engine/state/engine_core.h"
#include "storage/manifest/manifest.h"

namespace rowan {

class LogReplayer;

// Brings an engine to where it was: reads the manifest, makes it agree with the
// catalogue, opens the SSTables, removes what no edit names, replays the log.
// Repeating it after a crash at any point does the same again.
//
// One use, one thread, before anything else happens in the engine.
class Recovery {
 public:
  Recovery(EngineCore* core, LogClient* log_client)
      : core_(core), log_client_(log_client) {}

  absl::Status Run(LogOpener open_log, KnownTables known);

  // What was found and done, one line each.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  // The edit that was cut off the manifest may have been durable and have named
  // them: SSTables that none of those `left` names get another name, durably.
  absl::Status SetUnlistedAside(const ManifestState& left);
  // Says so, at every start for as long as they are there.
  absl::Status NoteOrphans(TableId table);
  absl::Status DropUnknownTables(
      const ManifestState& state,
      const std::vector<std::shared_ptr<const Schema>>& tables);
  // Of tables that were dropped before, by this start or an earlier one.
  absl::Status RemoveStrayDirectories(
      const std::vector<std::shared_ptr<const Schema>>& tables);
  absl::Status RestoreTable(std::shared_ptr<const Schema> schema,
                            const ManifestState::Table& known);
  absl::StatusOr<std::vector<std::shared_ptr<SSTable>>> OpenFiles(
      const Table& table, PartitionId partition,
      const std::vector<ManifestFile>& files);
  absl::Status RemoveOrphans(const Table& table,
                             const ManifestState::Table& known);
  absl::Status ReplayLog(LogOpener open_log, LogPosition losses_accepted_to);
  // What was lost so far is read over from now on. What was not is brought to
  // SSTables first: later damage to the same part of the log is not accepted.
  absl::Status AcceptLosses(LogReplayer* replayer);

  EngineCore* const core_;
  LogClient* const log_client_;
  std::vector<std::string> notes_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_RECOVERY_H_
