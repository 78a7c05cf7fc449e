// SPDX-License-Identifier: Apache-2.0
#include "storage/model/composite/type_bytes.h"

#include <gtest/gtest.h>

#include "tests/storage/model/composite/random_type.h"

namespace rowan {
namespace {

std::string Encoded(const ColumnType& type) {
  std::string bytes;
  PutType(type, &bytes);
  return bytes;
}

TEST(TypeBytes, RandomTypesComeBackAndEndWhereTheyEnd) {
  SimRandom random(4);
  for (int i = 0; i < 3000; ++i) {
    const ColumnType type = RandomComposite(random, 4, Durations::kToo);
    const std::string bytes = Encoded(type);
    ASSERT_LE(bytes.size(), kTypeBytesMax);
    const std::string more = bytes + "more";
    std::string_view in = more;
    ColumnType back;
    ASSERT_TRUE(GetType(&in, &back));
    ASSERT_EQ(back, type);
    ASSERT_EQ(in, "more");
    for (size_t size = 0; size < bytes.size(); ++size) {
      in = std::string_view(bytes).substr(0, size);
      ASSERT_FALSE(GetType(&in, &back));
    }
  }
}

// The bytes that FORMAT.md shows.
TEST(TypeBytes, GoldenBytes) {
  const ColumnType text{TypeKind::kText}, number{TypeKind::kInt};
  EXPECT_EQ(Encoded(text), "\x02");
  EXPECT_EQ(Encoded(Frozen(MapOf(text, TupleOf({number, VectorOf(3)})))),
            std::string("\x16\x01\x02\x17\0\x02\x07\x19\0\x03\0\x0a", 12));
  EXPECT_EQ(Encoded(Frozen(UserType("a", {"x", "y"}, {number, text}))),
            "\x18\x01\x02ks\x01"
            "a\x02\x01x\x07\x01y\x02");
}

TEST(TypeBytes, HostileBytesAreRefused) {
  ColumnType type;
  for (const std::string& bytes :
       {std::string("\0", 1), std::string("\x1b"), std::string("\xff"),
        std::string("\x14\x02\x07"),           // a flag of no meaning
        std::string("\x17\0\xff\xff\x03", 5),  // 65535 fields
        std::string("\x17\0\x02\x07", 4)}) {   // two fields in one byte
    std::string_view in = bytes;
    EXPECT_FALSE(GetType(&in, &type));
  }
  std::string deep;
  for (size_t i = 0; i < kTypeDepthMax; ++i) deep += "\x14\x01";
  std::string at_limit = deep + "\x07";
  std::string_view in = at_limit;
  EXPECT_TRUE(GetType(&in, &type));
  std::string over = deep + "\x14\x01\x07";
  in = over;
  EXPECT_FALSE(GetType(&in, &type));
}

TEST(TypeBytes, FlippedBytesGiveATypeOrNone) {
  SimRandom random(5);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = Encoded(RandomComposite(random, 4, Durations::kToo));
    for (uint64_t n = 1 + random.Below(3); n > 0; --n) {
      bytes[random.Below(bytes.size())] = static_cast<char>(random.Next());
    }
    std::string_view in = bytes;
    ColumnType type;
    if (GetType(&in, &type) && CheckType(type).ok()) {
      ASSERT_EQ(Encoded(type), bytes.substr(0, bytes.size() - in.size()));
    }
  }
}

}  // namespace
}  // namespace rowan
