// SPDX-License-Identifier: Apache-2.0
#include "storage/model/types/json_quote.h"

#include <cstdint>

#include "storage/model/types/hex.h"
#include "storage/model/types/utf8.h"

namespace rowan {
namespace {

void AppendEscape(char c, std::string* out) {
  switch (c) {
    case '"':
      out->append("\\\"");
      return;
    case '\\':
      out->append("\\\\");
      return;
    case '\n':
      out->append("\\n");
      return;
    case '\r':
      out->append("\\r");
      return;
    case '\t':
      out->append("\\t");
      return;
    default:
      out->append("\\u00");
      AppendHex(std::string_view(&c, 1), out);
  }
}

bool NeedsEscape(char c) {
  return static_cast<uint8_t>(c) < 0x20 || c == '"' || c == '\\' || c == 0x7f;
}

}  // namespace

std::string JsonQuote(std::string_view text) {
  std::string quoted = "\"";
  while (!text.empty()) {
    size_t size = Utf8CharacterSize(text);
    if (size == 0) {
      quoted.append("\\ufffd");
      size = 1;
    } else if (NeedsEscape(text[0])) {
      AppendEscape(text[0], &quoted);
    } else {
      quoted.append(text.substr(0, size));
    }
    text.remove_prefix(size);
  }
  quoted.push_back('"');
  return quoted;
}

}  // namespace rowan
