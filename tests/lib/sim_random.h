// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_LIB_SIM_RANDOM_H_
#define ROWAN_TESTS_LIB_SIM_RANDOM_H_

#include <atomic>
#include <cstdint>

#include "storage/base/random.h"

namespace rowan {

// SplitMix64 (Steele, Lea, Flood 2014) from one seed. Thread-safe.
class SimRandom : public Random {
 public:
  explicit SimRandom(uint64_t seed) : state_(seed) {}

  uint64_t Next() override {
    uint64_t z = state_.fetch_add(0x9e3779b97f4a7c15) + 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // Uniform in [0, bound); bound > 0.
  uint64_t Below(uint64_t bound) { return Next() % bound; }

 private:
  std::atomic<uint64_t> state_;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_LIB_SIM_RANDOM_H_
