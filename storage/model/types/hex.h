// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_TYPES_HEX_H_
#define ROWAN_STORAGE_MODEL_TYPES_HEX_H_

#include <string>
#include <string_view>

namespace rowan {

// Two digits of 0-9a-f a byte.
void AppendHex(std::string_view bytes, std::string* out);
// Appends the bytes that `digits` (either case) stand for; false when there
// are other characters or an odd number of digits.
bool ParseHex(std::string_view digits, std::string* out);

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_TYPES_HEX_H_
