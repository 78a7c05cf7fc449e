// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_METADATA_IDENTITY_H_
#define ROWAN_NODE_METADATA_IDENTITY_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "storage/base/random.h"

namespace rowan {

// Whose a data directory is: the payload of its file `identity` (FORMAT.md).
struct Identity {
  std::string node_id;  // 16 bytes
  std::string node_name;
};

// With an id that no other has. `node_name`: "" takes "node-" and eight digits
// of that.
Identity NewIdentity(const std::string& node_name, Random* random);

std::string EncodeIdentity(const Identity& identity);
// kDataLoss when malformed; kFailedPrecondition for another version of the data
// directory.
absl::StatusOr<Identity> DecodeIdentity(std::string_view bytes);

}  // namespace rowan

#endif  // ROWAN_NODE_METADATA_IDENTITY_H_
