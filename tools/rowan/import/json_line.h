// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_IMPORT_JSON_LINE_H_
#define ROWAN_TOOLS_ROWAN_IMPORT_JSON_LINE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace rowan::cli {

// A JSON value. Numbers keep the digits they were written with, so that no
// decimal and no large integer loses any; strings are unescaped.
struct JsonValue {
  enum class Kind { kNull, kScalar, kArray, kObject };
  Kind kind = Kind::kNull;
  std::string text;                // kScalar
  std::vector<JsonValue> parts;    // kArray, kObject
  std::vector<std::string> names;  // kObject, of `parts`
};

// Arrays and objects inside each other, the line itself among them.
inline constexpr size_t kJsonDepthMax = 17;

// The object that `line` holds. kInvalidArgument for anything else.
absl::StatusOr<JsonValue> ParseJsonLine(std::string_view line);

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_IMPORT_JSON_LINE_H_
