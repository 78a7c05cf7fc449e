// SPDX-License-Identifier: Apache-2.0
#include "storage/base/system/system_random.h"

#include <sys/random.h>

#include "storage/base/check.h"

namespace rowan {
namespace {

constexpr uint64_t kIncrement = 0x9e3779b97f4a7c15;  // 2^64 / golden ratio

uint64_t KernelSeed() {
  uint64_t seed = 0;
  // Up to 256 bytes are never cut short once the pool is ready.
  ROWAN_CHECK(getrandom(&seed, sizeof(seed), 0) == sizeof(seed));
  return seed;
}

}  // namespace

SystemRandom::SystemRandom() : state_(KernelSeed()) {}

uint64_t SystemRandom::Next() {
  uint64_t z =
      state_.fetch_add(kIncrement, std::memory_order_relaxed) + kIncrement;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace rowan
