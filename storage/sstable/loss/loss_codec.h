// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_SSTABLE_LOSS_LOSS_CODEC_H_
#define ROWAN_STORAGE_SSTABLE_LOSS_LOSS_CODEC_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/sstable/loss/sstable_loss.h"

namespace rowan {

// The section "losses" of an SSTable (FORMAT.md). REQUIRES: as JoinLosses
// leaves them.
std::string EncodeLosses(std::span<const SSTableLoss> losses);
// kDataLoss when `section` is not one.
absl::StatusOr<std::vector<SSTableLoss>> DecodeLosses(std::string_view section);

}  // namespace rowan

#endif  // ROWAN_STORAGE_SSTABLE_LOSS_LOSS_CODEC_H_
