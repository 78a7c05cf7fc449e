// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_CLIENT_PROTO_VALUE_H_
#define ROWAN_TOOLS_ROWAN_CLIENT_PROTO_VALUE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "rowan/v1/types.pb.h"
#include "storage/model/schema.h"

namespace rowan::cli {

// Between what people type (storage/model/value.h has the text forms), the
// bytes of storage/model and the values of the API. The only place in `rowan`
// that knows how a type looks in protobuf.

// kInvalidArgument saying what was expected; kUnimplemented for composite
// types, which the API has no values for.
absl::StatusOr<v1::Value> ProtoFromText(const ColumnType& type,
                                        std::string_view text);

// `bytes` must be a value of `type` (CheckValue); unset for composite types.
v1::Value ProtoFromBytes(const ColumnType& type, std::string_view bytes);

// A proto value carries its type, but for the width of integers (bigint) and
// ascii (text), which print the same.
struct TypedBytes {
  TypeKind kind;
  std::string bytes;
};
// kInvalidArgument for a null and for a kind of value this build doesn't know.
absl::StatusOr<TypedBytes> BytesFromProto(const v1::Value& value);

// "null" for nulls, "?" for kinds that this build doesn't know.
std::string TextFromProto(const v1::Value& value);
// As a JSON token.
std::string JsonFromProto(const v1::Value& value);

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_CLIENT_PROTO_VALUE_H_
