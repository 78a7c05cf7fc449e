// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MANIFEST_MANIFEST_PRINTER_H_
#define ROWAN_STORAGE_MANIFEST_MANIFEST_PRINTER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "storage/manifest/manifest.h"

namespace rowan {

// One line without its end, for people and for tests:
//   create 7@4096 partition 7/2:1 -4 +5(level 0, 1000 bytes) flushed_to 8192
//   drop 3 next_file 6
// (in one line). A partition is table/prefix length:prefix bits.
std::string PrintEdit(const ManifestEdit& edit);

// Appends a line per edit of a manifest's bytes, each after its offset, and one
// for a torn end. On damage, what is before it is printed and kDataLoss naming
// the offset returned.
absl::Status PrintManifest(std::string_view file, uint64_t number,
                           std::string* out);

}  // namespace rowan

#endif  // ROWAN_STORAGE_MANIFEST_MANIFEST_PRINTER_H_
