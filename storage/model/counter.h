// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MODEL_COUNTER_H_
#define ROWAN_STORAGE_MODEL_COUNTER_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "storage/base/coding.h"
#include "storage/model/cell.h"

namespace rowan {

// A counter is a cell for each replica that counts: its path is the replica's
// id, its value that replica's own total, a bigint (FORMAT.md, "Counters").
// Only the replica itself writes its cell, so the newest one is right, and
// merging needs no rule of its own. All sums wrap around, as Cassandra's do.

inline constexpr size_t kReplicaIdBytes = 16;

inline int64_t WrappingSum(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) +
                              static_cast<uint64_t>(b));
}

inline std::string CounterBytes(int64_t total) {
  std::string bytes;
  PutBig(static_cast<uint64_t>(total), &bytes);
  return bytes;
}

// False when the bytes are no bigint; *total is then unspecified.
inline bool ReadCounter(std::string_view bytes, int64_t* total) {
  uint64_t value;
  if (!GetBig(&bytes, &value) || !bytes.empty()) return false;
  *total = static_cast<int64_t>(value);
  return true;
}

// The counter that these live cells of one column make. False as above.
inline bool SumCounter(std::span<const Cell> cells, int64_t* total) {
  *total = 0;
  for (const Cell& cell : cells) {
    int64_t own;
    if (!ReadCounter(cell.value, &own)) return false;
    *total = WrappingSum(*total, own);
  }
  return true;
}

}  // namespace rowan

#endif  // ROWAN_STORAGE_MODEL_COUNTER_H_
