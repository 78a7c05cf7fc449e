// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_WIRE_VALUE_CODEC_H_
#define ROWAN_NODE_SERVICE_WIRE_VALUE_CODEC_H_

#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "rowan/v1/types.pb.h"
#include "storage/model/schema.h"

namespace rowan {

// Keeps bytes that a value had to be built from, for as long as its view.
using KeepBytes = absl::FunctionRef<std::string_view(std::string)>;

// The value in Cassandra's serialisation: a view into `value` where it is kept
// as it comes (text, blob, uuid, inet), into `keep`'s copy otherwise.
// REQUIRES: not null_value. kInvalidArgument naming what was expected;
// kUnimplemented for composite types, which a Value can't hold.
absl::StatusOr<std::string_view> EncodeValue(const ColumnType& type,
                                             const v1::Value& value,
                                             KeepBytes keep);

// The other way. kDataLoss when `bytes` are not a value of the type;
// kUnimplemented as above.
absl::Status DecodeValue(const ColumnType& type, std::string_view bytes,
                         v1::Value* value);

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_WIRE_VALUE_CODEC_H_
