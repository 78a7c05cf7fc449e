// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_BASE_RANDOM_H_
#define ROWAN_STORAGE_BASE_RANDOM_H_

#include <cstdint>

namespace rowan {

// The only source of randomness, so that one seed replays one run. Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  // Uniform over all 64-bit values.
  virtual uint64_t Next() = 0;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_BASE_RANDOM_H_
