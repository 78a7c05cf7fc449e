// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_KEY_DECODER_H_
#define ROWAN_NODE_SERVICE_KEY_DECODER_H_

#include <string>

#include "absl/status/statusor.h"
#include "rowan/v1/types.pb.h"
#include "storage/model/schema.h"
#include "storage/read/read_command.h"

namespace rowan {

// Keys, bounds and slices of a request in the encodings of
// storage/model/key_codec.h. Errors are kInvalidArgument with the field inside
// the given message: MISSING_KEY_PART, NULL_IN_KEY, EMPTY_KEY, OVER_LIMIT,
// WRONG_TYPE, EMPTY_SLICE.

absl::StatusOr<std::string> DecodePartitionKeyOf(const Schema& schema,
                                                 const v1::Key& key);
// All clustering components: the position of a row.
absl::StatusOr<std::string> DecodeRowPosition(const Schema& schema,
                                              const v1::Key& key);
// A slice that holds at least one possible row.
absl::StatusOr<ClusteringSlice> DecodeSlice(const Schema& schema,
                                            const v1::Slice& slice);

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_KEY_DECODER_H_
