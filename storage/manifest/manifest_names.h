// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MANIFEST_MANIFEST_NAMES_H_
#define ROWAN_STORAGE_MANIFEST_MANIFEST_NAMES_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// How the files of a manifest are called (FORMAT.md).

namespace rowan {

// Those of the two files of manifest `number`: MANIFEST-<n>, MANIFEST-<n>.copy.
std::array<std::string, 2> ManifestNames(uint64_t number);
// The number in either name; nothing for any other name.
std::optional<uint64_t> ParseManifestName(std::string_view name);
// Whether it is the name of a manifest's file that is being written.
bool IsUnfinishedManifest(std::string_view name);

}  // namespace rowan

#endif  // ROWAN_STORAGE_MANIFEST_MANIFEST_NAMES_H_
