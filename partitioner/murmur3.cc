// SPDX-License-Identifier: Apache-2.0
#include "partitioner/murmur3.h"

#include <bit>
#include <cstddef>
#include <cstring>

namespace rowan {
namespace {

static_assert(std::endian::native == std::endian::little,
              "blocks are loaded as little-endian words");

constexpr uint64_t kMultiplier1 = 0x87c37b91114253d5;
constexpr uint64_t kMultiplier2 = 0x4cf5ad432745937f;
constexpr size_t kBlockBytes = 16;

uint64_t Load(const char* from) {
  uint64_t word;
  std::memcpy(&word, from, sizeof(word));
  return word;
}

uint64_t ScrambleFirst(uint64_t k) {
  return std::rotl(k * kMultiplier1, 31) * kMultiplier2;
}

uint64_t ScrambleSecond(uint64_t k) {
  return std::rotl(k * kMultiplier2, 33) * kMultiplier1;
}

// Up to eight tail bytes as Cassandra loads them: every byte is sign-extended
// before it is shifted, so a byte above 0x7f also flips all bits above it.
uint64_t LoadTail(const char* from, size_t size) {
  uint64_t word = 0;
  for (size_t i = 0; i < size; ++i) {
    const auto extended = static_cast<int64_t>(static_cast<int8_t>(from[i]));
    word ^= static_cast<uint64_t>(extended) << (8 * i);
  }
  return word;
}

uint64_t Finalize(uint64_t h) {
  h ^= h >> 33;
  h *= 0xff51afd7ed558ccd;
  h ^= h >> 33;
  h *= 0xc4ceb9fe1a85ec53;
  h ^= h >> 33;
  return h;
}

uint64_t Hash(std::string_view key) {
  uint64_t h1 = 0;
  uint64_t h2 = 0;
  const char* at = key.data();
  size_t left = key.size();
  for (; left >= kBlockBytes; left -= kBlockBytes, at += kBlockBytes) {
    h1 ^= ScrambleFirst(Load(at));
    h1 = (std::rotl(h1, 27) + h2) * 5 + 0x52dce729;
    h2 ^= ScrambleSecond(Load(at + 8));
    h2 = (std::rotl(h2, 31) + h1) * 5 + 0x38495ab5;
  }
  if (left > 8) h2 ^= ScrambleSecond(LoadTail(at + 8, left - 8));
  if (left > 0) h1 ^= ScrambleFirst(LoadTail(at, left < 8 ? left : 8));
  h1 ^= key.size();
  h2 ^= key.size();
  h1 += h2;
  h2 += h1;
  return Finalize(h1) + Finalize(h2);
}

}  // namespace

Token TokenOfKey(std::string_view partition_key) {
  const Token token =
      Token::FromSigned(static_cast<int64_t>(Hash(partition_key)));
  return token == Token::Min() ? Token::Max() : token;
}

}  // namespace rowan
