// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_STORAGE_MEMTABLE_INTERLEAVING_EXPLORER_H_
#define ROWAN_TESTS_STORAGE_MEMTABLE_INTERLEAVING_EXPLORER_H_

#include <cstdint>
#include <functional>
#include <vector>

namespace rowan {

// Runs tasks on one thread, interleaved at their atomic operations, in every
// way that takes at most so many preemptions: most bugs of lock-free code need
// two (Musuvathi and Qadeer, "Iterative context bounding", PLDI 2007).
//
// A task is taken out of hand before each load, store and read-modify-write of
// a std::atomic in code compiled for it (interleaving/CMakeLists.txt), and
// when it calls Yield(). Memory is sequentially consistent here; orders that
// are too weak are the thread sanitizer's to find.
class Explorer {
 public:
  using Task = std::function<void()>;

  // `prepare` makes a fresh world and the tasks in it; `check` looks at it when
  // all have ended. Tasks must do the same whenever they are interleaved in the
  // same way, and take no lock over an atomic operation that another task may
  // wait for. Answers how many interleavings there were.
  static uint64_t ForAll(int preemptions_max,
                         const std::function<std::vector<Task>()>& prepare,
                         const std::function<void()>& check);

  // Of a task that can't go on by itself: others run first, if there are any.
  // Takes no preemption.
  static void Yield();
};

}  // namespace rowan

#endif  // ROWAN_TESTS_STORAGE_MEMTABLE_INTERLEAVING_EXPLORER_H_
