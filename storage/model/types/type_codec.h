// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_TYPES_TYPE_CODEC_H_
#define ROWAN_STORAGE_MODEL_TYPES_TYPE_CODEC_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rowan {

// All that is known of one scalar type: which bytes are a value of it, its text
// form and its key form. A value is bytes in Cassandra's serialisation.
//
// The key form is prefix-free and its memcmp order is the type's order, so keys
// of several components compare by their bytes (FORMAT.md). ReadKey gives back
// the value that AppendKey was given, or the one canonical value of those that
// are one key (NaN, equal decimals).
//
// Stateless; one object a type, living as long as the process; thread-safe.
class TypeCodec {
 public:
  // kInvalidArgument saying what was expected, never what was found: messages
  // hold no data.
  virtual absl::Status Check(std::string_view value) const = 0;
  virtual absl::StatusOr<std::string> Parse(std::string_view text) const = 0;

  // REQUIRES: Check(value).ok(), for the three below.
  virtual std::string Format(std::string_view value) const = 0;
  // Whether Format(value) is a JSON token without quotes.
  virtual bool IsBareInJson(std::string_view value) const = 0;
  virtual void AppendKey(std::string_view value, std::string* out) const = 0;

  // Takes a key form from the front of *in and replaces *value by its value.
  // False, leaving both unspecified, when there is none.
  virtual bool ReadKey(std::string_view* in, std::string* value) const = 0;

 protected:
  ~TypeCodec() = default;
};

inline absl::Status ExpectedError(std::string_view what) {
  return absl::InvalidArgumentError("expected " + std::string(what));
}

const TypeCodec& AsciiCodec();
const TypeCodec& TextCodec();
const TypeCodec& BlobCodec();
const TypeCodec& BooleanCodec();
const TypeCodec& TinyintCodec();
const TypeCodec& SmallintCodec();
const TypeCodec& IntCodec();
const TypeCodec& BigintCodec();
const TypeCodec& VarintCodec();
const TypeCodec& FloatCodec();
const TypeCodec& DoubleCodec();
const TypeCodec& DecimalCodec();
const TypeCodec& DateCodec();
const TypeCodec& TimeCodec();
const TypeCodec& TimestampCodec();
const TypeCodec& DurationCodec();  // has no order: no key form
const TypeCodec& UuidCodec();
const TypeCodec& TimeuuidCodec();
const TypeCodec& InetCodec();

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_TYPES_TYPE_CODEC_H_
