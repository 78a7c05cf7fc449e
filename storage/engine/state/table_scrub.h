// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_STATE_TABLE_SCRUB_H_
#define ROWAN_STORAGE_ENGINE_STATE_TABLE_SCRUB_H_

#include <cstdint>
#include <string>
#include <vector>

#include "partitioner/partition_id.h"
#include "storage/base/ids.h"
#include "storage/sstable/loss/sstable_loss.h"

namespace rowan {

// What an operator asks of Engine::Scrub.
struct ScrubOrder {
  bool dry_run = false;  // look and tell, change nothing
  // Reads answer again for what is lost, by this scrub or an earlier one, with
  // what is left of it.
  bool accept_losses = false;
};

// One SSTable that a scrub has replaced, or would, or that has losses.
struct ScrubbedFile {
  FileId file;
  PartitionId partition;
  std::string path;
  std::vector<std::string> damages;  // none: it only has losses
  std::vector<SSTableLoss> lost;     // as JoinLosses says
  bool accepted = false;             // `lost` is not asked for any more
  // Where the damaged file is kept now; "" when there was none, or in a dry
  // run.
  std::string kept_at;
  std::string replaced_by;           // path; "" when nothing is left of it
  uint64_t wide_rows = 0, rows = 0;  // in the new file
};

// What a scrub of a table did. Plain values.
struct TableScrub {
  uint64_t files = 0;  // looked at
  uint64_t bytes = 0;  // of their blocks
  std::vector<ScrubbedFile> scrubbed;
};

// Damages told of one file; the rest is counted in the last line.
inline constexpr size_t kScrubDamagesTold = 20;
// The folder of the data directory where damaged files are kept, as
// <table>-<file>.sst, until the operator removes them.
inline constexpr char kQuarantineFolder[] = "quarantine";

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_STATE_TABLE_SCRUB_H_
