// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_READ_PATH_H_
#define ROWAN_STORAGE_ENGINE_READ_PATH_H_

#include <memory>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "storage/engine/state/engine_core.h"
#include "storage/read/page_reader.h"

namespace rowan {

// The walk of a read inside the engine: the partition's view, an iterator for
// every source that can hold what is asked, one merge, one page. It runs on the
// caller's thread under an epoch guard and takes no lock. Where bytes are not
// in memory, the page goes on from its last row on the blocking executor, with
// the view held instead of the guard, and inside a wide row with the same
// iterators: a page shows each wide row as it was at one moment. Until a thread
// is free they keep two blocks and an index node a level of each SSTable.
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
  // `last`: of the partition. Leaves the sources open when it is to go on with
  // them.
  absl::StatusOr<bool> RunPartition(Task* task, const PartitionView& view,
                                    Token last, Blocking blocking);
  // `view` outlives them.
  std::vector<std::unique_ptr<RowIterator>> OpenSources(
      Task* task, const PartitionView& view, Blocking blocking);
  void Finish(std::unique_ptr<Task> task, const absl::Status& status);

  EngineCore* const core_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_READ_PATH_H_
