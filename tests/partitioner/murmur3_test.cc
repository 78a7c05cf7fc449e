// SPDX-License-Identifier: Apache-2.0
#include "partitioner/murmur3.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "tests/lib/sim_random.h"

namespace rowan {
namespace {

int64_t SignedToken(const std::string& key) {
  return TokenOfKey(key).ToSigned();
}

std::string Bytes(std::initializer_list<int> bytes) {
  std::string out;
  for (int b : bytes) out.push_back(static_cast<char>(b));
  return out;
}

std::string Repeat(const std::string& part, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += part;
  return out;
}

// Tokens that Cassandra gives, as published in the tests of its drivers.
TEST(TokenOfKey, EqualsCassandrasPublishedTokens) {
  EXPECT_EQ(SignedToken("123"), -7468325962851647638);
  EXPECT_EQ(SignedToken("9223372036854775807"), 7162290910810015547);
  EXPECT_EQ(SignedToken(Repeat(Bytes({0, 0xff, 0x10, 0xfa, 0x99}), 10)),
            5837342703291459765);
  EXPECT_EQ(SignedToken(Repeat("\xfe", 8)), -8927430733708461935);
  EXPECT_EQ(SignedToken(Repeat("\x10", 8)), 1446172840243228796);
  EXPECT_EQ(SignedToken(
                Bytes({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})),
            -5563837382979743776);
  EXPECT_EQ(SignedToken(Bytes(
                {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17})),
            -1513403162740402161);
  EXPECT_EQ(SignedToken(std::string(16, '\0')), 5457549051747178710);
  EXPECT_EQ(SignedToken(Repeat("\xff", 16)), -2824192546314762522);
  EXPECT_EQ(SignedToken(Repeat("\xfe", 17)), -1672437813826982685);
  EXPECT_EQ(SignedToken(Repeat("\xfe", 4)), 4566408979886474012);
  EXPECT_EQ(SignedToken(std::string(4, '\0')), -3485513579396041028);
  EXPECT_EQ(SignedToken(Bytes({0, 0xff, 0xff, 0xff})), 123573637386978882);
  EXPECT_EQ(SignedToken(Bytes({0xff, 1, 2, 3})), -2839127690952877842);
  EXPECT_EQ(SignedToken(Bytes({0xe2, 0xe7})), -8582699461035929883);
  EXPECT_EQ(SignedToken(Bytes({0xe2, 0xe7, 0xe2, 0xe7, 0xe2, 0xe7, 1})),
            2222373981930033306);
  EXPECT_EQ(SignedToken(Bytes({0, 0, 0, 0, 0, 0, 0, 1})), 6292367497774912474);
}

TEST(TokenOfKey, EqualsCassandrasTokenOfACompositeKey) {
  // Three ints: 1, 1, 200301.
  EXPECT_EQ(SignedToken(Bytes({0, 4, 0, 0, 0, 1, 0, 0,    4,    0, 0,
                               0, 1, 0, 0, 4, 0, 3, 0x0e, 0x6d, 0})),
            470466698873626083);
}

TEST(TokenOfKey, EmptyKeyIsZero) { EXPECT_EQ(SignedToken(""), 0); }

// The slow twin: one byte at a time, state in an array, no shared helpers.
int64_t SlowToken(const std::string& key) {
  const auto rotate = [](uint64_t v, int by) {
    return (v << by) | (v >> (64 - by));
  };
  const auto mix = [](uint64_t v) {
    v = (v ^ (v >> 33)) * 0xff51afd7ed558ccdULL;
    v = (v ^ (v >> 33)) * 0xc4ceb9fe1a85ec53ULL;
    return v ^ (v >> 33);
  };
  const uint64_t c[2] = {0x87c37b91114253d5ULL, 0x4cf5ad432745937fULL};
  const int rotations[2] = {31, 33};
  const int state_rotations[2] = {27, 31};
  const uint64_t add[2] = {0x52dce729, 0x38495ab5};
  uint64_t h[2] = {0, 0};
  const size_t blocks = key.size() / 16;
  for (size_t block = 0; block <= blocks; ++block) {
    const bool tail = block == blocks;
    for (size_t half = 0; half < 2; ++half) {
      uint64_t k = 0;
      for (size_t i = 0; i < 8; ++i) {
        const size_t at = block * 16 + half * 8 + i;
        if (at >= key.size()) break;
        const auto byte = static_cast<unsigned char>(key[at]);
        uint64_t wide = byte;
        if (tail && byte >= 0x80) wide |= 0xffffffffffffff00ULL;
        k ^= wide << (8 * i);
      }
      k = rotate(k * c[half], rotations[half]) * c[1 - half];
      h[half] ^= k;
      if (tail) continue;
      h[half] = rotate(h[half], state_rotations[half]) + h[1 - half];
      h[half] = h[half] * 5 + add[half];
    }
  }
  h[0] ^= key.size();
  h[1] ^= key.size();
  h[0] += h[1];
  h[1] += h[0];
  const uint64_t hash = mix(h[0]) + mix(h[1]);
  return hash == 0x8000000000000000ULL ? INT64_MAX : static_cast<int64_t>(hash);
}

TEST(TokenOfKey, EqualsTheSlowTwinForEveryLength) {
  SimRandom random(1);
  for (size_t size = 0; size <= 100; ++size) {
    for (int round = 0; round < 50; ++round) {
      std::string key(size, '\0');
      for (char& c : key) c = static_cast<char>(random.Next());
      ASSERT_EQ(SignedToken(key), SlowToken(key)) << "size " << size;
    }
  }
}

// Runs the hash backwards to find 16 bytes whose first half is -2^63.
class Inverse {
 public:
  static std::string KeyWithSmallestHash() {
    const uint64_t wanted = uint64_t{1} << 63;
    const uint64_t mixed2 = 12345;  // free choice
    const uint64_t mixed1 = wanted - mixed2;
    uint64_t h1 = Unmix(mixed1);
    uint64_t h2 = Unmix(mixed2);
    h2 -= h1;
    h1 -= h2;
    h1 ^= 16;
    h2 ^= 16;
    const uint64_t k2 = Rotate((h2 - 0x38495ab5) * Invert(5) - h1, 64 - 31);
    const uint64_t k1 = Rotate((h1 - 0x52dce729) * Invert(5), 64 - 27);
    return Word(Unscramble(k1, kC1, 31, kC2)) +
           Word(Unscramble(k2, kC2, 33, kC1));
  }

 private:
  static constexpr uint64_t kC1 = 0x87c37b91114253d5;
  static constexpr uint64_t kC2 = 0x4cf5ad432745937f;

  static uint64_t Rotate(uint64_t v, int by) {
    return (v << by) | (v >> (64 - by));
  }
  // Of an odd number modulo 2^64, by Newton's iteration.
  static uint64_t Invert(uint64_t v) {
    uint64_t inverse = v;
    for (int i = 0; i < 6; ++i) inverse *= 2 - v * inverse;
    return inverse;
  }
  static uint64_t Unmix(uint64_t v) {
    v ^= v >> 33;
    v *= Invert(0xc4ceb9fe1a85ec53);
    v ^= v >> 33;
    v *= Invert(0xff51afd7ed558ccd);
    return v ^ (v >> 33);
  }
  static uint64_t Unscramble(uint64_t v, uint64_t first, int by,
                             uint64_t second) {
    return Rotate(v * Invert(second), 64 - by) * Invert(first);
  }
  static std::string Word(uint64_t v) {
    std::string out;
    for (int i = 0; i < 8; ++i) out.push_back(static_cast<char>(v >> (8 * i)));
    return out;
  }
};

TEST(TokenOfKey, SmallestTokenIsMappedToTheLargest) {
  EXPECT_EQ(TokenOfKey(Inverse::KeyWithSmallestHash()), Token::Max());
}

}  // namespace
}  // namespace rowan
