// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MANIFEST_FORMAT_H_
#define ROWAN_STORAGE_MANIFEST_FORMAT_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

// The numbers of FORMAT.md.

namespace rowan::manifest_format {

inline constexpr std::string_view kFilePrefix = "MANIFEST-";
inline constexpr std::string_view kCopySuffix = ".copy";
inline constexpr std::string_view kTemporarySuffix = ".tmp";

inline constexpr std::string_view kMagic = "ROWANMAN";
inline constexpr uint32_t kVersion = 2;
inline constexpr uint32_t kVersionMin = 1;  // still read
inline constexpr size_t kHeaderBytes = 24;
inline constexpr size_t kHeaderCheckedBytes = 20;

inline constexpr size_t kRecordPrefixBytes = 8;
inline constexpr size_t kLostBytesMax = 1024;
// Room for some ten million files in a snapshot.
inline constexpr size_t kPayloadBytesMax = size_t{1} << 30;

enum EditTag : uint64_t {
  kTableCreated = 1,
  kPartition = 2,
  kTableDropped = 3,
  kNextFile = 4,
  kLossesAcceptedTo = 5,
};

enum PartitionTag : uint64_t {
  kFileRemoved = 1,
  kFileAdded = 2,
  kFlushedTo = 3,
  kLost = 4,
};

}  // namespace rowan::manifest_format

#endif  // ROWAN_STORAGE_MANIFEST_FORMAT_H_
