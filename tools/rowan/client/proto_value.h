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
// bytes of storage/model and the values of the API, of any type. With
// proto_scalar.h the only place in `rowan` that knows how a value looks in
// protobuf. Types pass CheckType.

// kInvalidArgument saying what was expected.
absl::StatusOr<v1::Value> ProtoFromText(const ColumnType& type,
                                        std::string_view text);

// `bytes` must be a value of `type` (CheckValue).
v1::Value ProtoFromBytes(const ColumnType& type, std::string_view bytes);

// A value of `type` (CheckValue). kInvalidArgument for a null and for what is
// none.
absl::StatusOr<std::string> BytesFromProto(const ColumnType& type,
                                           const v1::Value& value);

// "null" for nulls, "?" for what is no value of `type`.
std::string TextFromProto(const ColumnType& type, const v1::Value& value);
// As a JSON token.
std::string JsonFromProto(const ColumnType& type, const v1::Value& value);

// The type that a value seems to have, for places where nothing else says it.
// It prints as the column's does, but for user types (tuples, as a value
// doesn't name its fields) and elements of several shapes (which may be none).
// May fail CheckType when the node sends nonsense.
ColumnType TypeOfProto(const v1::Value& value);

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_CLIENT_PROTO_VALUE_H_
