// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_COMPOSITE_COMPOSITE_CODEC_H_
#define ROWAN_STORAGE_MODEL_COMPOSITE_COMPOSITE_CODEC_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/model/composite/column_type.h"
#include "storage/model/composite/value_parts.h"
#include "storage/model/types/codec_of_type.h"

namespace rowan {

// What TypeCodec is for a scalar type, for a composite one: functions that walk
// type and value together, as deep as the type is (kTypeDepthMax). All take a
// type that passes CheckType; those that take a value expect one that passes
// CheckComposite, unless they say otherwise. None allocates for a count or a
// length before it has seen the bytes. Linear in value, times the depth where
// sets and maps hold each other.

// As TypeCodec::Check, for any bytes. A set's elements and a map's keys must
// ascend, each once: one set has one form, so that ties and partition keys,
// which compare bytes, agree with the type's order. JoinParts sorts. With
// LaterFields::kSkip any order passes, and so do the values of a later version
// of a user type, which everything below then reads without its new fields.
absl::Status CheckComposite(const ColumnType& type, std::string_view value,
                            LaterFields later);

// The CQL literal: [1, 2], {'a', 'b'}, {'k': 1}, (1, null), {no: 3}. Fields
// that the value doesn't have are null, up to kShownNullsMax. Text, inet, date,
// time and timestamp are quoted, '' is '.
std::string FormatComposite(const ColumnType& type, std::string_view value);
// The value's normal form: ParseComposite(FormatComposite(v)) is NormalForm(v).
// Blanks are free between the parts; elements and keys may come in any order
// and more than once. kInvalidArgument says at which letter (the first is 1).
absl::StatusOr<std::string> ParseComposite(const ColumnType& type,
                                           std::string_view text);

// A JSON array or object, as Cassandra's toJson() but for keys that are
// composite, which are their literal. Missing fields as in FormatComposite.
std::string FormatJsonComposite(const ColumnType& type, std::string_view value);

// Whether values of `type` have fields, at any depth: those of tuples and user
// types. Otherwise each is its normal form.
bool HoldsFields(const ColumnType& type);
// `value` without null fields at the end of tuples and user types, at every
// depth: what is equal but for them has one normal form. Fields of a later
// version of a user type are left out, too. Of any type.
std::string NormalForm(const ColumnType& type, std::string_view value);

// As TypeCodec::AppendKey and ReadKey (FORMAT.md, "Components"). REQUIRES:
// HasOrder(type). Null fields at the end are not given back.
void AppendCompositeKey(const ColumnType& type, std::string_view value,
                        std::string* out);
bool ReadCompositeKey(const ColumnType& type, std::string_view* in,
                      std::string* value);
// Of all of `in`, where nothing follows: the form may be that of a later
// version of a user type. Inside of other types later fields can't be skipped,
// since a form's length is known by its type only.
bool ReadWholeKeyForm(const ColumnType& type, std::string_view in,
                      std::string* value);

// Of any type: a scalar's codec, or one of the above.
inline absl::Status CheckForm(const ColumnType& type, std::string_view value,
                              LaterFields later = LaterFields::kRefuse) {
  if (IsComposite(type.kind)) [[unlikely]]
    return CheckComposite(type, value, later);
  return CodecOf(type.kind).Check(value);
}
inline void AppendKeyForm(const ColumnType& type, std::string_view value,
                          std::string* out) {
  if (IsComposite(type.kind)) [[unlikely]] {
    return AppendCompositeKey(type, value, out);
  }
  CodecOf(type.kind).AppendKey(value, out);
}
inline bool ReadKeyForm(const ColumnType& type, std::string_view* in,
                        std::string* value) {
  if (IsComposite(type.kind)) [[unlikely]] {
    return ReadCompositeKey(type, in, value);
  }
  return CodecOf(type.kind).ReadKey(in, value);
}

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_COMPOSITE_COMPOSITE_CODEC_H_
