// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_ENGINE_OPTIONS_H_
#define ROWAN_STORAGE_ENGINE_ENGINE_OPTIONS_H_

#include <memory>
#include <optional>
#include <vector>

#include "storage/base/mutation_log.h"
#include "storage/engine/engine.h"
#include "storage/engine/state/engine_world.h"

namespace rowan {

// Which tables there are, as the catalogue has it. What the directory holds of
// any other one is removed.
struct KnownTables {
  std::vector<std::shared_ptr<const Schema>> tables;
  // Above the ids of all tables that the engine has ever been told of: durable
  // in the catalogue before it was. None: nobody keeps a catalogue, and
  // `tables` is believed whatever the directory holds.
  std::optional<TableId> next = std::nullopt;
};

// Opens the directory (making it if need be): reads the manifest, opens the
// SSTables, replays the log, removes orphans. A table that `known` has and the
// manifest hasn't is created, one it hasn't is dropped. A damaged SSTable or a
// hole in the log is reported in status().recovery and fails only reads that
// need it; kDataLoss when that can't be told apart (both files of the manifest,
// two files of one log segment), or the manifest or the catalogue is missing or
// not of these files, of which none is removed then. Blocks.
absl::StatusOr<std::unique_ptr<Engine>> OpenEngine(const EngineOptions& options,
                                                   const EngineWorld& world,
                                                   LogOpener open_log,
                                                   KnownTables known);

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_ENGINE_OPTIONS_H_
