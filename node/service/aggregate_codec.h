// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_AGGREGATE_CODEC_H_
#define ROWAN_NODE_SERVICE_AGGREGATE_CODEC_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rowan/v1/data.pb.h"
#include "storage/model/schema.h"
#include "storage/read/aggregator.h"

namespace rowan {

// The aggregates of a read, whose columns point into `schema`.
// kInvalidArgument with the field: OVER_LIMIT, UNKNOWN_COLUMN, BAD_COLUMNS,
// BAD_AGGREGATE (what doesn't go with them, and functions that don't take their
// column).
absl::StatusOr<std::vector<Aggregate>> DecodeAggregates(
    const Schema& schema, const v1::ReadRequest& request);

// What each of them is: ReadResponse.columns.
void EncodeAggregateColumns(
    const Aggregator& aggregator,
    google::protobuf::RepeatedPtrField<v1::ResultColumn>* columns);
// The one row that they are. kResourceExhausted over
// Aggregator::kStateBytesMax, as when they had been kept; kDataLoss.
absl::Status EncodeAggregateRow(const Aggregator& aggregator, v1::Row* row);

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_AGGREGATE_CODEC_H_
