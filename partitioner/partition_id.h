// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_PARTITIONER_PARTITION_ID_H_
#define ROWAN_PARTITIONER_PARTITION_ID_H_

#include <compare>
#include <cstdint>

#include "partitioner/token.h"

namespace rowan {

// One equal slice of a table's token range: all tokens whose top
// `prefix_length` bits equal `prefix_bits`. Every format names a partition by
// this pair, never by an index, so that splitting one later changes no file.
//
// Invariants: prefix_length <= 16 (kPartitionPrefixMax); prefix_bits uses only
// its low prefix_length bits.
struct PartitionId {
  uint8_t prefix_length = 0;
  uint32_t prefix_bits = 0;

  // The partition of 2^prefix_length that owns `token`.
  static constexpr PartitionId Of(Token token, uint8_t prefix_length) {
    return prefix_length == 0
               ? PartitionId{0, 0}
               : PartitionId{prefix_length,
                             static_cast<uint32_t>(token.value >>
                                                   (64 - prefix_length))};
  }

  // First and last token, both inclusive.
  constexpr Token first() const {
    return prefix_length == 0
               ? Token::Min()
               : Token{uint64_t{prefix_bits} << (64 - prefix_length)};
  }
  constexpr Token last() const {
    return prefix_length == 0
               ? Token::Max()
               : Token{first().value | (~uint64_t{0} >> prefix_length)};
  }
  constexpr bool Contains(Token token) const {
    return first() <= token && token <= last();
  }

  friend constexpr auto operator<=>(const PartitionId&,
                                    const PartitionId&) = default;
};

// 2^16 partitions of one table are more than a node can hold memtables for.
inline constexpr uint8_t kPartitionPrefixMax = 16;

}  // namespace rowan

#endif  // ROWAN_PARTITIONER_PARTITION_ID_H_
