// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_WIRE_VALUE_CODEC_H_
#define ROWAN_NODE_SERVICE_WIRE_VALUE_CODEC_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "node/service/wire/composite_value.h"
#include "node/service/wire/scalar_value.h"

namespace rowan {

// The value in Cassandra's serialisation: a view into `value` where it is kept
// as it comes (text, blob, uuid, inet), into `keep`'s copy otherwise.
// REQUIRES: not null_value. kInvalidArgument naming what was expected, and the
// field inside a composite value.
inline absl::StatusOr<std::string_view> EncodeValue(const ColumnType& type,
                                                    const v1::Value& value,
                                                    KeepBytes keep) {
  if (IsComposite(type.kind)) [[unlikely]] {
    return EncodeComposite(type, value, keep);
  }
  return EncodeScalar(type, value, keep);
}

// The other way. kDataLoss when `bytes` are not a value of the type.
inline absl::Status DecodeValue(const ColumnType& type, std::string_view bytes,
                                v1::Value* value) {
  if (IsComposite(type.kind)) [[unlikely]] {
    return DecodeComposite(type, bytes, value);
  }
  return DecodeScalar(type, bytes, value);
}

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_WIRE_VALUE_CODEC_H_
