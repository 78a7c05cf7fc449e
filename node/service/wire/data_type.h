// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_WIRE_DATA_TYPE_H_
#define ROWAN_NODE_SERVICE_WIRE_DATA_TYPE_H_

#include <span>

#include "absl/status/statusor.h"
#include "rowan/v1/types.pb.h"
#include "storage/model/composite/column_type.h"

namespace rowan {

v1::ColumnType EncodeTypeKind(TypeKind kind);

// A type as answers have it: a user type with its fields.
void EncodeDataType(const ColumnType& type, v1::DataType* out);

// A type of a request. `user_types` are those that a name may mean, each not
// frozen. The type passes CheckType; otherwise kInvalidArgument with the field.
// As deep as kTypeDepthMax, whatever the message.
absl::StatusOr<ColumnType> DecodeDataType(
    const v1::DataType& type, std::span<const ColumnType> user_types);

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_WIRE_DATA_TYPE_H_
