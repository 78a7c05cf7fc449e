// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_TYPES_KEY_BYTES_H_
#define ROWAN_STORAGE_MODEL_TYPES_KEY_BYTES_H_

#include <cstddef>
#include <string>
#include <string_view>

namespace rowan {

// The building blocks of key forms (FORMAT.md, "Components"). Appenders write
// at the end of *out; takers remove from the front of *in and answer false when
// the bytes are not such a form.

// Bytes of any length: 00 becomes 00 ff, and 00 00 ends them.
void AppendEscaped(std::string_view bytes, std::string* out);
bool TakeEscaped(std::string_view* in, std::string* bytes);

// Big-endian numbers of a fixed size, their sign bit flipped if signed.
enum class Sign { kUnsigned, kSigned };
void AppendFixed(std::string_view big_endian, Sign sign, std::string* out);
bool TakeFixed(std::string_view* in, size_t size, Sign sign,
               std::string* big_endian);

// Shortest two's complement of any length: sign and length, then the bytes.
// IsShortest: at least one byte, and no first byte that only repeats the sign.
bool IsShortest(std::string_view integer);
void AppendInteger(std::string_view integer, std::string* out);
bool TakeInteger(std::string_view* in, std::string* integer);

// Inverts every byte from `start` on: ascending becomes descending.
void InvertFrom(size_t start, std::string* bytes);

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_TYPES_KEY_BYTES_H_
