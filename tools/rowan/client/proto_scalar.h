// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_CLIENT_PROTO_SCALAR_H_
#define ROWAN_TOOLS_ROWAN_CLIENT_PROTO_SCALAR_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "rowan/v1/types.pb.h"
#include "storage/model/types/type_kind.h"

namespace rowan::cli {

// `bytes` must be a value of the scalar type `kind`.
v1::Value ScalarFromBytes(TypeKind kind, std::string_view bytes);

// A proto value carries its type, but for the width of integers (bigint), ascii
// (text) and timeuuid (uuid), which print the same.
struct TypedBytes {
  TypeKind kind;
  std::string bytes;
};
// kInvalidArgument for a null, a composite value and a kind of value that this
// build doesn't know. The bytes may be no value of the kind.
absl::StatusOr<TypedBytes> BytesFromScalar(const v1::Value& value);

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_CLIENT_PROTO_SCALAR_H_
