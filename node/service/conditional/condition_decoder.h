// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_CONDITIONAL_CONDITION_DECODER_H_
#define ROWAN_NODE_SERVICE_CONDITIONAL_CONDITION_DECODER_H_

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_field.h"
#include "node/coordinator/condition_judge.h"
#include "rowan/v1/data.pb.h"
#include "storage/model/schema.h"

namespace rowan {

struct DecodedConditions {
  WideRowConditions wide_row;
  int answers = 0;  // conditions on rows in the request: rows of `current`
};

// The conditions of a request; a predicate on a static column in a condition on
// another row becomes one on the static row. kInvalidArgument with the field:
// EMPTY_CONDITION, KEY_COLUMN, NOT_STATIC, those of keys and predicates.
absl::StatusOr<DecodedConditions> DecodeConditions(
    const Schema& schema,
    const google::protobuf::RepeatedPtrField<v1::Condition>& conditions);

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_CONDITIONAL_CONDITION_DECODER_H_
