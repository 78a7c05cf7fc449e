// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_CONDITIONAL_INCREMENT_DECODER_H_
#define ROWAN_NODE_SERVICE_CONDITIONAL_INCREMENT_DECODER_H_

#include <vector>

#include "absl/status/statusor.h"
#include "node/coordinator/increment.h"
#include "rowan/v1/data.pb.h"
#include "storage/model/schema.h"

namespace rowan {

// What an increment adds where. kInvalidArgument with the field: NOT_A_COUNTER,
// BAD_REQUEST_ID, OVER_LIMIT, UNKNOWN_COLUMN, those of keys.
absl::StatusOr<std::vector<CounterDelta>> DecodeIncrement(
    const Schema& schema, const v1::IncrementRequest& request);

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_CONDITIONAL_INCREMENT_DECODER_H_
