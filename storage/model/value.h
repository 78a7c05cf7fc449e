// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_VALUE_H_
#define ROWAN_STORAGE_MODEL_VALUE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/model/schema.h"

namespace rowan {

// Values are bytes in Cassandra's serialisation of their type: integers
// big-endian two's complement; float and double IEEE 754 big-endian; varint
// shortest two's complement; decimal i32 scale, varint; duration three zigzag
// vints; uuid 16 bytes; inet 4 or 16; collections, tuples, user types and
// vectors as in storage/model/composite/value_parts.h.

// kInvalidArgument with what was expected when `value` is not a value of
// `type` (length, UTF-8, ranges). Empty bytes are a value of ascii, text and
// blob only.
absl::Status CheckValue(const ColumnType& type, std::string_view value);

// Text form, as in CLI, CSV and JSON strings; FormatValue(ParseValue(t)) is
// canonical and ParseValue(FormatValue(v)) == v (of the many NaNs, one; of
// tuples and user types, NormalForm).
// FormatValue writes bytes that are no value of `type` as 0x and hexadecimal.
//   timestamp 2015-02-26T21:42:53.000Z (input: also a space for 'T', fraction
//   and zone left out, a bare integer of milliseconds), date 2015-02-26, time
//   21:42:53.000000000, duration 1mo2d3h4m5s6ms7us8ns, blob 0x00ff, boolean
//   true, double shortest that reads back, NaN, Infinity. Years outside 0..9999
//   carry a sign; a timestamp finer than a millisecond is refused. Composite
//   types: CQL literals (storage/model/composite/composite_codec.h).
absl::StatusOr<std::string> ParseValue(const ColumnType& type,
                                       std::string_view text);
std::string FormatValue(const ColumnType& type, std::string_view value);

// The value as a JSON token: numbers bare (quoted: NaN, infinities, and varints
// and decimals that a double can't hold), booleans bare, everything else a
// quoted, escaped string. Composite types: arrays and objects.
std::string FormatJsonValue(const ColumnType& type, std::string_view value);

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_VALUE_H_
