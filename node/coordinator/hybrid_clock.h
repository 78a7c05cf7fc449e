// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_COORDINATOR_HYBRID_CLOCK_H_
#define ROWAN_NODE_COORDINATOR_HYBRID_CLOCK_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "storage/base/clock.h"
#include "storage/base/executor.h"
#include "storage/base/file_system.h"

namespace rowan {

// The timestamps that the node gives to writes without one: the wall clock's
// microseconds, or one more than the last where the wall stands still or goes
// back. They never repeat and never go back, over restarts too: a bound above
// all of them is on the disk before they are given out, renewed in the
// background, and the next start begins at it if the wall is behind.
//
// Thread-safe; Next costs one compare-and-swap.
// Invariant: every timestamp given out is below the durable bound.
class HybridClock {
 public:
  // After a crash the clock may run this far ahead of the wall; a clean stop
  // leaves no gap.
  static constexpr int64_t kBoundAheadUs = 4'000'000;
  static constexpr int64_t kRenewUs = 2'000'000;

  // Files: `directory`/clock[.copy]. `blocking` may wait for the disk. All
  // outlive the clock. Blocks. kDataLoss: both damaged. A full disk is none.
  static absl::StatusOr<std::unique_ptr<HybridClock>> Open(
      FileSystem* file_system, std::string directory, const Clock* clock,
      Executor* blocking);
  ~HybridClock();

  // Microseconds since 1970. kUnavailable while the bound can't be renewed (the
  // disk stands still, or the wall leapt ahead a moment ago).
  absl::StatusOr<int64_t> Next();

  // Every timestamp given out before the call is below it, on the disk, too.
  int64_t BoundMicros() const;

  // How far the last timestamp is ahead of the wall clock; 0 when it is not.
  int64_t AheadMicros() const;

  // Ends renewal and writes the exact bound. REQUIRES: no Next under way or
  // later. Blocks.
  absl::Status Stop();

 private:
  struct State;
  explicit HybridClock(std::shared_ptr<State> state);

  // Shared with the renewal task that is under way.
  const std::shared_ptr<State> state_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_COORDINATOR_HYBRID_CLOCK_H_
