// SPDX-License-Identifier: Apache-2.0
#include "storage/model/value.h"

#include "storage/model/composite/composite_codec.h"
#include "storage/model/types/json_quote.h"

namespace rowan {
namespace {

// Bytes that are no value of their type, read from damaged data.
std::string FormatForeign(std::string_view bytes) {
  return BlobCodec().Format(bytes);
}

}  // namespace

absl::Status CheckValue(const ColumnType& type, std::string_view value) {
  return CheckForm(type, value);
}

absl::StatusOr<std::string> ParseValue(const ColumnType& type,
                                       std::string_view text) {
  if (IsComposite(type.kind)) return ParseComposite(type, text);
  return CodecOf(type.kind).Parse(text);
}

std::string FormatValue(const ColumnType& type, std::string_view value) {
  if (!CheckForm(type, value).ok()) return FormatForeign(value);
  if (IsComposite(type.kind)) return FormatComposite(type, value);
  return CodecOf(type.kind).Format(value);
}

std::string FormatJsonValue(const ColumnType& type, std::string_view value) {
  if (!CheckForm(type, value).ok()) return JsonQuote(FormatForeign(value));
  if (IsComposite(type.kind)) return FormatJsonComposite(type, value);
  const TypeCodec& codec = CodecOf(type.kind);
  const std::string text = codec.Format(value);
  return codec.IsBareInJson(value) ? text : JsonQuote(text);
}

}  // namespace rowan
