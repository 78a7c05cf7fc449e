// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_BASE_SYSTEM_SYSTEM_RANDOM_H_
#define ROWAN_STORAGE_BASE_SYSTEM_SYSTEM_RANDOM_H_

#include <atomic>
#include <cstdint>

#include "storage/base/random.h"

namespace rowan {

// SplitMix64 (Steele, Lea, Flood 2014), seeded by the kernel: for spreading,
// sampling and ids, not for secrets. Thread-safe; one atomic add a call.
class SystemRandom : public Random {
 public:
  SystemRandom();
  uint64_t Next() override;

 private:
  std::atomic<uint64_t> state_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_BASE_SYSTEM_SYSTEM_RANDOM_H_
