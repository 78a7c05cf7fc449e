// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_BASE_COUNTING_PER_CORE_H_
#define ROWAN_STORAGE_BASE_COUNTING_PER_CORE_H_

#include <sched.h>

#include <algorithm>
#include <cstddef>
#include <memory>

namespace rowan {

// One T for every core (cores share one beyond sixteen), each on cache lines of
// its own: whoever counts writes to his core's, whoever asks sums over all.
// Thread-safe as far as T is: a thread may change cores between Mine() and its
// use, so T is made of atomics.
template <typename T>
class PerCore {
 public:
  PerCore() : slots_(new Slot[kSlots]) {}

  // No system call; about a nanosecond.
  T& Mine() {
    const auto core = static_cast<size_t>(std::max(sched_getcpu(), 0));
    return slots_[core & (kSlots - 1)].value;
  }
  template <typename Visit>
  void ForEach(Visit visit) const {
    for (size_t i = 0; i < kSlots; ++i) visit(slots_[i].value);
  }

 private:
  static constexpr size_t kSlots = 16;  // a power of two
  struct alignas(64) Slot {
    T value;
  };

  const std::unique_ptr<Slot[]> slots_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_BASE_COUNTING_PER_CORE_H_
