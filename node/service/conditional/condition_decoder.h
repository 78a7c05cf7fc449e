// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_CONDITIONAL_CONDITION_DECODER_H_
#define ROWAN_NODE_SERVICE_CONDITIONAL_CONDITION_DECODER_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_field.h"
#include "rowan/v1/data.pb.h"
#include "storage/model/schema.h"
#include "storage/read/predicate.h"
#include "storage/read/read_command.h"

namespace rowan {

// What is asked of one row, or of the static row.
struct DecodedRowCondition {
  std::string position;  // "" is the static row
  std::optional<bool> exists;
  std::vector<Predicate> predicates;
  // Index in the answer's `current`; -1: it is in no answer.
  int answer = -1;

  // Of the row at `position`, live cells only, nullptr when it isn't there.
  absl::StatusOr<bool> Holds(const Row* row) const;
};

struct DecodedConditions {
  std::optional<bool> wide_row_exists;
  bool contradictory = false;             // it was asked to be both
  std::vector<DecodedRowCondition> rows;  // ascending by position
  int answers = 0;                        // conditions on rows in the request
};

// The conditions of a request; a predicate on a static column in a condition on
// another row becomes one on the static row. kInvalidArgument with the field:
// EMPTY_CONDITION, KEY_COLUMN, NOT_STATIC, those of keys and predicates.
absl::StatusOr<DecodedConditions> DecodeConditions(
    const Schema& schema,
    const google::protobuf::RepeatedPtrField<v1::Condition>& conditions);

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_CONDITIONAL_CONDITION_DECODER_H_
