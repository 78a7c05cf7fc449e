// SPDX-License-Identifier: Apache-2.0
#include "storage/model/types/utf8.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace rowan {
namespace {

std::string Utf8Of(uint32_t point) {
  std::string out;
  const auto push = [&out](uint32_t byte) {
    out.push_back(static_cast<char>(byte));
  };
  if (point < 0x80) {
    push(point);
  } else if (point < 0x800) {
    push(0xc0 + point / 64);
    push(0x80 + point % 64);
  } else if (point < 0x10000) {
    push(0xe0 + point / 4096);
    push(0x80 + point / 64 % 64);
    push(0x80 + point % 64);
  } else {
    push(0xf0 + point / 262144);
    push(0x80 + point / 4096 % 64);
    push(0x80 + point / 64 % 64);
    push(0x80 + point % 64);
  }
  return out;
}

TEST(Utf8, EveryCodePointButSurrogatesIsACharacter) {
  for (uint32_t point = 0; point < 0x120000; ++point) {
    const std::string bytes = Utf8Of(point);
    const bool legal = point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
    ASSERT_EQ(Utf8CharacterSize(bytes), legal ? bytes.size() : 0) << point;
    if (legal && bytes.size() > 1) {
      ASSERT_EQ(Utf8CharacterSize(bytes.substr(0, bytes.size() - 1)), 0u);
    }
  }
}

TEST(Utf8, AMistakeIsFoundAtEveryPlace) {
  for (size_t size = 0; size < 40; ++size) {
    std::string text(size, 'a');
    ASSERT_TRUE(IsUtf8(text));
    ASSERT_TRUE(IsAscii(text));
    for (size_t at = 0; at < size; ++at) {
      text[at] = '\x80';
      ASSERT_FALSE(IsUtf8(text));
      ASSERT_FALSE(IsAscii(text));
      text[at] = 'a';
    }
  }
}

}  // namespace
}  // namespace rowan
