// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_STATE_CHECKPOINT_H_
#define ROWAN_STORAGE_ENGINE_STATE_CHECKPOINT_H_

#include "storage/base/ids.h"
#include "storage/manifest/manifest.h"

namespace rowan {

// Of what files an engine would be made again as it was at one moment: the
// SSTables of its manifest at one instant, and the commit log in [log_from,
// log_until), to which every write belongs that was acknowledged before
// log_until was read. Plain values.
struct EngineCheckpoint {
  ManifestState manifest;
  LogPosition log_from, log_until;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_STATE_CHECKPOINT_H_
