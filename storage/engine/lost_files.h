// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_LOST_FILES_H_
#define ROWAN_STORAGE_ENGINE_LOST_FILES_H_

#include <string>

#include "absl/status/status.h"
#include "storage/base/file_system.h"
#include "storage/engine/engine_options.h"
#include "storage/manifest/manifest.h"

namespace rowan {

// A start makes files agree by removing what is unknown elsewhere. Each of
// these tells a file that is missing or too old from one that says that there
// is nothing: kDataLoss then, naming what to bring back, and nothing may be
// removed. Beyond telling are both files of a manifest as they once were.

// Tables or SSTables without a manifest: before it is opened, which makes one
// where there is none.
absl::Status RefuseLostManifest(FileSystem* fs, const std::string& directory,
                                const KnownTables& known);
// SSTables beside a manifest that has never named any.
absl::Status RefuseNewManifest(FileSystem* fs, const std::string& directory,
                               const ManifestState& state);
// Tables that were made later than the catalogue.
absl::Status RefuseLostCatalogue(const std::string& directory,
                                 const ManifestState& state,
                                 const KnownTables& known);

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_LOST_FILES_H_
