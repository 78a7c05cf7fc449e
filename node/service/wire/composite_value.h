// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_WIRE_COMPOSITE_VALUE_H_
#define ROWAN_NODE_SERVICE_WIRE_COMPOSITE_VALUE_H_

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "node/service/wire/scalar_value.h"
#include "rowan/v1/types.pb.h"
#include "storage/model/composite/column_type.h"

namespace rowan {

// Of a list, set or map in one Value.
inline constexpr uint32_t kElementsMax = 65'535;

// As EncodeValue and DecodeValue (value_codec.h), for composite types, frozen
// or not. A set's elements may come in any order and more than once; a map's
// keys in any order. Null fields at the end of tuples and user types are left
// out, at every depth: what is equal has one form; ShowMissingFields
// (missing_fields.h) adds them to what is decoded. Both walk as deep as the
// type (kTypeDepthMax), whatever the message or the bytes; a message that goes
// deeper is of a wrong kind. Stored fields that a user type got later are left
// out (LaterFields::kSkip). REQUIRES: type passes CheckType and
// IsComposite(type.kind).
absl::StatusOr<std::string_view> EncodeComposite(const ColumnType& type,
                                                 const v1::Value& value,
                                                 KeepBytes keep);
absl::Status DecodeComposite(const ColumnType& type, std::string_view bytes,
                             v1::Value* value);

// Calls visit(element, its type) for every element of a list or set, for key
// and value in turn of a map, checked for their number; the loose parts that
// EncodeComposite joins. kInvalidArgument, with the field inside `value`.
absl::Status VisitElements(
    const ColumnType& type, const v1::Value& value,
    absl::FunctionRef<absl::Status(const v1::Value&, const ColumnType&)> visit);

// Calls visit(number, field) for the fields of a user type or tuple that
// `value` gives, in their order there. kInvalidArgument as above.
absl::Status VisitFields(
    const ColumnType& type, const v1::Value& value,
    absl::FunctionRef<absl::Status(size_t, const v1::Value&)> visit);

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_WIRE_COMPOSITE_VALUE_H_
