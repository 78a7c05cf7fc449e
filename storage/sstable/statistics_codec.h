// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_STATISTICS_CODEC_H_
#define ROWAN_STORAGE_SSTABLE_STATISTICS_CODEC_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "storage/sstable/statistics.h"

namespace rowan {

// The statistics section (FORMAT.md): numbered fields, so that a later
// version adds some and an earlier one skips them.
std::string EncodeStatistics(const SSTableStatistics& statistics);
// kDataLoss when malformed.
absl::StatusOr<SSTableStatistics> DecodeStatistics(std::string_view section);

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_STATISTICS_CODEC_H_
