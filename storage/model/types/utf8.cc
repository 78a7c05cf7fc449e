// SPDX-License-Identifier: Apache-2.0
#include "storage/model/types/utf8.h"

#include <cstdint>

#include "storage/base/coding.h"

namespace rowan {
namespace {

constexpr uint64_t kHighBits = 0x8080808080808080;

uint8_t At(std::string_view text, size_t i) {
  return static_cast<uint8_t>(text[i]);
}

bool InRange(uint8_t byte, uint8_t low, uint8_t high) {
  return low <= byte && byte <= high;
}

// What the second byte may be depends on the first: that is where overlong
// forms, surrogates and too large numbers are told.
bool SecondFits(uint8_t first, uint8_t second) {
  switch (first) {
    case 0xe0:
      return InRange(second, 0xa0, 0xbf);
    case 0xed:
      return InRange(second, 0x80, 0x9f);
    case 0xf0:
      return InRange(second, 0x90, 0xbf);
    case 0xf4:
      return InRange(second, 0x80, 0x8f);
    default:
      return InRange(second, 0x80, 0xbf);
  }
}

size_t SizeFromFirst(uint8_t first) {
  if (first < 0x80) return 1;
  if (InRange(first, 0xc2, 0xdf)) return 2;
  if (InRange(first, 0xe0, 0xef)) return 3;
  if (InRange(first, 0xf0, 0xf4)) return 4;
  return 0;
}

// Bytes below 0x80 at the front, in whole words.
size_t AsciiPrefix(std::string_view text) {
  size_t at = 0;
  while (at + sizeof(uint64_t) <= text.size() &&
         (LoadLittle<uint64_t>(text.data() + at) & kHighBits) == 0) {
    at += sizeof(uint64_t);
  }
  return at;
}

}  // namespace

size_t Utf8CharacterSize(std::string_view text) {
  if (text.empty()) return 0;
  const uint8_t first = At(text, 0);
  const size_t size = SizeFromFirst(first);
  if (size > text.size()) return 0;
  if (size > 1 && !SecondFits(first, At(text, 1))) return 0;
  for (size_t i = 2; i < size; ++i) {
    if (!InRange(At(text, i), 0x80, 0xbf)) return 0;
  }
  return size;
}

bool IsUtf8(std::string_view text) {
  for (;;) {
    text.remove_prefix(AsciiPrefix(text));
    if (text.empty()) return true;
    const size_t size = Utf8CharacterSize(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
}

bool IsAscii(std::string_view text) {
  text.remove_prefix(AsciiPrefix(text));
  for (char c : text) {
    if (static_cast<uint8_t>(c) >= 0x80) return false;
  }
  return true;
}

}  // namespace rowan
