// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_BACKGROUND_PARTITION_JOB_H_
#define ROWAN_STORAGE_ENGINE_BACKGROUND_PARTITION_JOB_H_

#include "absl/status/statusor.h"

namespace rowan {

// Work on the SSTables of one partition that takes turns with other such work.
// Thread-compatible; at most one at a time per partition. Destroyed before the
// last step, or after an error, it leaves the partition as it was.
class PartitionJob {
 public:
  virtual ~PartitionJob() = default;
  // A few milliseconds of work. True: finished.
  virtual absl::StatusOr<bool> Step() = 0;
  // After Step() has said kDataLoss: enters the damaged inputs into the set
  // that later merges leave out. False when none was new.
  virtual bool RememberDamage() = 0;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_BACKGROUND_PARTITION_JOB_H_
