// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MANIFEST_MANIFEST_CODEC_H_
#define ROWAN_STORAGE_MANIFEST_MANIFEST_CODEC_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "storage/manifest/manifest.h"

// Edits and headers as bytes (FORMAT.md). Decoders take any bytes and answer
// kDataLoss for what no encoder wrote.

namespace rowan {

// Empty for an edit that changes nothing.
std::string EncodeEdit(const ManifestEdit& edit);
absl::StatusOr<ManifestEdit> DecodeEdit(std::string_view payload);

std::string EncodeHeader(uint64_t number);
// Checks the header of `file`, which should be that of MANIFEST-`number`.
absl::Status CheckHeader(std::string_view file, uint64_t number);

// A record around `payload`, for that place.
std::string EncodeRecord(std::string_view payload, uint64_t number,
                         uint64_t offset);
// Whether a valid record begins at `offset`; sets its payload.
bool DecodeRecord(std::string_view file, uint64_t number, uint64_t offset,
                  std::string_view* payload);

}  // namespace rowan

#endif  // ROWAN_STORAGE_MANIFEST_MANIFEST_CODEC_H_
