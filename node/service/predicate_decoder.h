// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_PREDICATE_DECODER_H_
#define ROWAN_NODE_SERVICE_PREDICATE_DECODER_H_

#include "absl/status/statusor.h"
#include "rowan/v1/data.pb.h"
#include "storage/model/schema.h"
#include "storage/read/predicate.h"

namespace rowan {

// kInvalidArgument with the field inside `predicate`: UNKNOWN_COLUMN,
// BAD_COLUMNS, BAD_OPERATOR, NULL_OPERAND, OVER_LIMIT (elements of an IN list),
// and those of values.
absl::StatusOr<Predicate> DecodePredicate(const Schema& schema,
                                          const v1::Predicate& predicate);

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_PREDICATE_DECODER_H_
