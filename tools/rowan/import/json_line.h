// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_IMPORT_JSON_LINE_H_
#define ROWAN_TOOLS_ROWAN_IMPORT_JSON_LINE_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace rowan::cli {

// One member of a JSON object; no text for null. Numbers keep the digits they
// were written with, so that no decimal and no large integer loses any.
struct JsonMember {
  std::string name;
  std::optional<std::string> text;
};

// The members of the flat object that `line` holds, in their order.
// kInvalidArgument for anything else.
absl::StatusOr<std::vector<JsonMember>> ParseJsonLine(std::string_view line);

}  // namespace rowan::cli

#endif  // ROWAN_TOOLS_ROWAN_IMPORT_JSON_LINE_H_
