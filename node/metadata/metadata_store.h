// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_METADATA_METADATA_STORE_H_
#define ROWAN_NODE_METADATA_METADATA_STORE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace rowan {

// A value with the number of its version; version 0 is "never written".
struct VersionedValue {
  std::string value;
  uint64_t version = 0;
};

// Where a cluster's one truth lives: small values that change by
// compare-and-swap only. One node keeps them in local files.
//
// Thread-safe. Calls block; they belong on an executor for blocking work.
// Errors: kDataLoss (damaged; names the file), kResourceExhausted,
// kUnavailable. After an error of Cas the value is the old or the new one. Get
// tells which for good, whatever crash follows, or answers an error as long as
// it can't; Cas does, too.
class MetadataStore {
 public:
  virtual ~MetadataStore() = default;

  // `key` is 1..48 of [a-z0-9_].
  virtual absl::StatusOr<VersionedValue> Get(std::string_view key) = 0;
  // Replaces the value if its version is still `expected`; answers the new
  // version, one above. kAborted when somebody else was faster.
  virtual absl::StatusOr<uint64_t> Cas(std::string_view key, uint64_t expected,
                                       std::string_view value) = 0;
};

}  // namespace rowan

#endif  // ROWAN_NODE_METADATA_METADATA_STORE_H_
