// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_WIRE_MISSING_FIELDS_H_
#define ROWAN_NODE_SERVICE_WIRE_MISSING_FIELDS_H_

#include <cstddef>

#include "rowan/v1/types.pb.h"
#include "storage/model/composite/column_type.h"

namespace rowan {

// Adds a null for each field of a tuple or user type that `value` doesn't have,
// at every depth, to what DecodeValue or AppendElement made of a value of
// `type`, and takes them off *nulls_left, as long as there are any left: of a
// row, kShownNullsMax. A message of another kind, or none, stays as it is.
void ShowMissingFields(const ColumnType& type, size_t* nulls_left,
                       v1::Value* value);

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_WIRE_MISSING_FIELDS_H_
