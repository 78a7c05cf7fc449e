// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_METADATA_SNAPSHOT_CODEC_H_
#define ROWAN_NODE_METADATA_SNAPSHOT_CODEC_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "node/metadata/snapshot_store.h"

namespace rowan {

// The payload of a snapshot's checked file (FORMAT.md); its name is that of its
// directory. kDataLoss for anything malformed.
std::string EncodeSnapshot(const Snapshot& snapshot);
absl::StatusOr<Snapshot> DecodeSnapshot(std::string_view bytes);

}  // namespace rowan

#endif  // ROWAN_NODE_METADATA_SNAPSHOT_CODEC_H_
