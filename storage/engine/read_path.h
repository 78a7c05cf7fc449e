// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_READ_PATH_H_
#define ROWAN_STORAGE_ENGINE_READ_PATH_H_

#include <memory>

#include "absl/functional/any_invocable.h"
#include "storage/engine/state/engine_core.h"
#include "storage/read/page_reader.h"

namespace rowan {

// The walk of a read inside the engine: the partition's view, an iterator for
// every source that can hold what is asked, one merge, one page. It runs on the
// caller's thread under an epoch guard and takes no lock. Where bytes are not
// in memory, the page goes on from its last row on the blocking executor, with
// the view held instead of the guard.
//
// Thread-safe.
class ReadPath {
 public:
  using Done = absl::AnyInvocable<void(absl::StatusOr<PageEnd>)>;

  explicit ReadPath(EngineCore* core) : core_(core) {}

  // As Engine::Read.
  void Read(const ReadCommand& command, RowConsumer* consumer, Done done);

 private:
  struct Task;

  // Runs the page on; WouldBlock() only with kNeverWait.
  absl::Status Run(Task* task, Blocking blocking);
  // `last`: of the partition.
  absl::StatusOr<bool> RunPartition(Task* task, const PartitionView& view,
                                    Token last, Blocking blocking);
  void Finish(std::unique_ptr<Task> task, const absl::Status& status);

  EngineCore* const core_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_READ_PATH_H_
