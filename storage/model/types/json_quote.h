// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_TYPES_JSON_QUOTE_H_
#define ROWAN_STORAGE_MODEL_TYPES_JSON_QUOTE_H_

#include <string>
#include <string_view>

namespace rowan {

// `text` as a quoted JSON string; bytes that are not UTF-8 become U+FFFD.
std::string JsonQuote(std::string_view text);

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_TYPES_JSON_QUOTE_H_
