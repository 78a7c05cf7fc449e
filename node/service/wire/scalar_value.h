// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_WIRE_SCALAR_VALUE_H_
#define ROWAN_NODE_SERVICE_WIRE_SCALAR_VALUE_H_

#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "rowan/v1/types.pb.h"
#include "storage/model/composite/column_type.h"

namespace rowan {

// Keeps bytes that a value had to be built from, for as long as its view.
using KeepBytes = absl::FunctionRef<std::string_view(std::string)>;

// As EncodeValue and DecodeValue (value_codec.h), for scalar types.
// REQUIRES: IsScalar(type.kind).
absl::StatusOr<std::string_view> EncodeScalar(const ColumnType& type,
                                              const v1::Value& value,
                                              KeepBytes keep);
absl::Status DecodeScalar(const ColumnType& type, std::string_view bytes,
                          v1::Value* value);

// "a `type` column takes `expected`, not ...", and what `value` is.
absl::Status WrongKind(const ColumnType& type, v1::Value::KindCase expected,
                       const v1::Value& value);

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_WIRE_SCALAR_VALUE_H_
