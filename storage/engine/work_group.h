// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_WORK_GROUP_H_
#define ROWAN_STORAGE_ENGINE_WORK_GROUP_H_

#include <cstddef>
#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "storage/base/executor.h"

namespace rowan {

// Spreads pieces of work over an executor's threads while the owner, who blocks
// anyway, does its share: with no thread free (or in a simulated world) it does
// all of them itself. For work at start-up; what serves requests never blocks.
//
// Add, Drain and the destructor are the owner's, on one thread. Pieces run in
// any order, several at once; they must be short and never block on each other.
// Bound: `waiting_max` pieces wait, one runs per thread.
class WorkGroup {
 public:
  using Piece = absl::AnyInvocable<absl::Status()>;

  WorkGroup(Executor* executor, size_t waiting_max);
  // Forgets what waits, and returns when nothing runs any more.
  ~WorkGroup();
  WorkGroup(const WorkGroup&) = delete;
  WorkGroup& operator=(const WorkGroup&) = delete;

  // Runs one that waits first when too many do. After an error of any piece,
  // drops `piece` and answers that error.
  absl::Status Add(Piece piece);
  // Returns when all have run; the first error of any since the beginning.
  absl::Status Drain();

 private:
  struct State;

  Executor* const executor_;
  const size_t waiting_max_;
  const std::shared_ptr<State> state_;  // helpers may outlive the group
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_WORK_GROUP_H_
