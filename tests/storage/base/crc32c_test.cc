// SPDX-License-Identifier: Apache-2.0
#include "storage/base/crc32c.h"

#include <string>

#include "gtest/gtest.h"

namespace rowan {
namespace {

// The vectors of RFC 3720, appendix B.4, and the usual check value.
TEST(Crc32c, PublishedVectors) {
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8a9136aau);
  EXPECT_EQ(Crc32c(std::string(32, '\xff')), 0x62a8ab43u);
  std::string rising, falling;
  for (int i = 0; i < 32; ++i) {
    rising += static_cast<char>(i);
    falling += static_cast<char>(31 - i);
  }
  EXPECT_EQ(Crc32c(rising), 0x46dd794eu);
  EXPECT_EQ(Crc32c(falling), 0x113fdb5cu);
}

TEST(Crc32c, SeedContinuesAtEverySplit) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += static_cast<char>(i * 7);
  const uint32_t whole = Crc32c(text);
  for (size_t n = 0; n <= text.size(); ++n) {
    const std::string_view view = text;
    EXPECT_EQ(Crc32c(view.substr(n), Crc32c(view.substr(0, n))), whole) << n;
  }
}

}  // namespace
}  // namespace rowan
