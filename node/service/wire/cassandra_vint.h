// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_WIRE_CASSANDRA_VINT_H_
#define ROWAN_NODE_SERVICE_WIRE_CASSANDRA_VINT_H_

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include "storage/base/coding.h"

namespace rowan {

// Cassandra's signed vint, the parts of a duration: zigzag, big-endian, the
// number of leading 1 bits of the first byte says how many bytes follow.

inline void PutCassandraVint(int64_t value, std::string* out) {
  const uint64_t bits = ZigZag(value);
  const int width = std::max(1, 64 - std::countl_zero(bits));
  const int extra = width > 56 ? 8 : (width - 1) / 7;
  char bytes[9];
  StoreBig(bits, bytes + 1);
  char* first = bytes + 8 - extra;
  if (extra == 8) {
    *first = '\xff';
  } else {
    *first = static_cast<char>(static_cast<unsigned char>(*first) |
                               static_cast<unsigned char>(0xff00 >> extra));
  }
  out->append(first, static_cast<size_t>(extra) + 1);
}

[[nodiscard]] inline bool GetCassandraVint(std::string_view* in,
                                           int64_t* value) {
  if (in->empty()) return false;
  const auto first = static_cast<unsigned char>((*in)[0]);
  const auto extra = static_cast<size_t>(std::countl_one(first));
  if (in->size() < extra + 1) return false;
  uint64_t bits = extra >= 7 ? 0 : first & (0xff >> (extra + 1));
  for (size_t i = 1; i <= extra; ++i) {
    bits = bits << 8 | static_cast<unsigned char>((*in)[i]);
  }
  in->remove_prefix(extra + 1);
  *value = UnZigZag(bits);
  return true;
}

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_WIRE_CASSANDRA_VINT_H_
