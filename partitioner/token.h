// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_PARTITIONER_TOKEN_H_
#define ROWAN_PARTITIONER_TOKEN_H_

#include <compare>
#include <cstdint>
#include <limits>

namespace rowan {

// The place of a wide row on the ring: the signed 64-bit Murmur3 token that
// Cassandra computes for the partition key, stored with its sign bit flipped so
// that unsigned order is token order and the top bits name a partition.
//
// A value type; immutable use from any thread.
struct Token {
  uint64_t value = 0;

  static constexpr Token FromSigned(int64_t token) {
    return Token{static_cast<uint64_t>(token) ^ (uint64_t{1} << 63)};
  }
  constexpr int64_t ToSigned() const {
    return static_cast<int64_t>(value ^ (uint64_t{1} << 63));
  }

  static constexpr Token Min() { return Token{0}; }
  static constexpr Token Max() {
    return Token{std::numeric_limits<uint64_t>::max()};
  }

  friend constexpr auto operator<=>(Token, Token) = default;
};

}  // namespace rowan

#endif  // ROWAN_PARTITIONER_TOKEN_H_
