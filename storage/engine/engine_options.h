// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_ENGINE_OPTIONS_H_
#define ROWAN_STORAGE_ENGINE_ENGINE_OPTIONS_H_

#include <memory>
#include <vector>

#include "storage/base/mutation_log.h"
#include "storage/engine/engine.h"
#include "storage/engine/state/engine_world.h"

namespace rowan {

// Opens the directory (making it if need be): reads the manifest, opens the
// SSTables, replays the log, removes orphans. `tables` is the catalogue's
// truth: a table it has and the manifest hasn't is created, one it hasn't is
// dropped. A damaged SSTable or a hole in the log is reported in
// status().recovery and fails only reads that need it; kDataLoss when that
// can't be told apart (both files of the manifest, two files of one log
// segment). Blocks.
absl::StatusOr<std::unique_ptr<Engine>> OpenEngine(
    const EngineOptions& options, const EngineWorld& world, LogOpener open_log,
    std::vector<std::shared_ptr<const Schema>> tables);

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_ENGINE_OPTIONS_H_
