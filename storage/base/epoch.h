// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_BASE_EPOCH_H_
#define ROWAN_STORAGE_BASE_EPOCH_H_

#include <atomic>
#include <cstdint>
#include <memory>

#include "storage/base/executor.h"

namespace rowan {

// Epoch-based reclamation: readers enter for the length of one step, take no
// lock and touch only a line of their own; what a writer unlinked is freed when
// every reader that could have seen it has left.
//
// Rule: a pointer read from a shared place inside a Guard stays valid until the
// Guard ends. Who replaces such a pointer publishes the new one first and then
// hands the old one to Retire.
//
// Thread-safe. Enter is one exchange on a cache line of the calling thread's
// own, leaving is one store. At most kReadersMax threads that ever
// entered a domain may live at once (checked). Retire and Collect take a lock
// and look at the line of each such thread.
class EpochDomain {
 public:
  EpochDomain();
  // REQUIRES: no reader inside. Runs every deleter that is left.
  ~EpochDomain();
  EpochDomain(const EpochDomain&) = delete;
  EpochDomain& operator=(const EpochDomain&) = delete;

  static constexpr int kReadersMax = 512;

  // Nests; only the outermost one of a thread counts.
  class Guard {
   public:
    explicit Guard(EpochDomain& domain);
    ~Guard();
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    EpochDomain& domain_;
    int slot_;
  };

  // Runs `deleter` once no Guard that existed before this call is left, on some
  // later Retire or Collect of any thread.
  void Retire(Task deleter);
  // Runs what may run now; returns how many are still waiting.
  size_t Collect();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_BASE_EPOCH_H_
