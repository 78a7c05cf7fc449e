// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_PARTITIONER_MURMUR3_H_
#define ROWAN_PARTITIONER_MURMUR3_H_

#include <string_view>

#include "partitioner/token.h"

namespace rowan {

// The token of a partition key in Cassandra's serialisation (one component: its
// bytes; several: u16 length, bytes, 0 for each). The hash is the first half of
// MurmurHash3_x64_128 with seed 0 and with Cassandra's sign-extension of tail
// bytes; the smallest token (-2^63) is mapped to 2^63-1, as Cassandra does.
// Pure; about 10 ns for keys up to 32 bytes.
Token TokenOfKey(std::string_view partition_key);

}  // namespace rowan

#endif  // ROWAN_PARTITIONER_MURMUR3_H_
