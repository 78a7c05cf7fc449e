// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_COORDINATOR_COORDINATOR_H_
#define ROWAN_NODE_COORDINATOR_COORDINATOR_H_

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "node/coordinator/hybrid_clock.h"
#include "node/coordinator/schema_registry.h"
#include "node/metadata/snapshot_store.h"
#include "node/queue/wide_row_queue.h"
#include "storage/base/clock.h"
#include "storage/base/executor.h"
#include "storage/engine/engine.h"

namespace rowan {

struct CoordinatorOptions {
  std::string node_id;  // 16 bytes, for ever the same
  // How long a request id keeps its increment from counting again.
  uint32_t increment_window_s = 3600;
};

// The step between a decoded request and the replicas that carry it out: which
// table, which timestamp, which nodes. On one node the replicas are its own
// engine. Holds no state of its own but the queue of conditional writes;
// thread-safe as its parts, which outlive it.
class Coordinator {
 public:
  Coordinator(SchemaRegistry* schemas, SnapshotStore* snapshots,
              HybridClock* timestamps, const Clock* clock, Engine* engine,
              Executor* executor, CoordinatorOptions options)
      : schemas_(schemas),
        snapshots_(snapshots),
        timestamps_(timestamps),
        clock_(clock),
        engine_(engine),
        executor_(executor),
        options_(std::move(options)),
        queue_({}, clock, executor) {}

  SchemaRegistry& schemas() { return *schemas_; }
  SnapshotStore& snapshots() { return *snapshots_; }
  std::shared_ptr<const Catalogue> catalogue() const {
    return schemas_->catalogue();
  }
  const Clock& clock() const { return *clock_; }
  // For steps of what is under way; nothing on it waits for the disk.
  Executor& executor() { return *executor_; }
  // For what concerns this node alone: flush, compact, listings.
  Engine& local_engine() { return *engine_; }

  const std::string& node_id() const { return options_.node_id; }
  uint32_t increment_window_s() const { return options_.increment_window_s; }
  // Of conditional writes and serial reads.
  WideRowQueue& queue() { return queue_; }

  // A timestamp for a write that brought none.
  absl::StatusOr<int64_t> NextTimestamp() { return timestamps_->Next(); }

  // As Engine::Write and WriteAtomic.
  void Write(const Mutation& mutation, DoneCallback done) {
    engine_->Write(mutation, std::move(done));
  }
  void WriteAtomic(std::span<const Mutation> mutations, DoneCallback done) {
    engine_->WriteAtomic(mutations, std::move(done));
  }
  // As Engine::Read.
  void Read(const ReadCommand& command, RowConsumer* consumer,
            absl::AnyInvocable<void(absl::StatusOr<PageEnd>)> done) {
    engine_->Read(command, consumer, std::move(done));
  }

 private:
  SchemaRegistry* const schemas_;
  SnapshotStore* const snapshots_;
  HybridClock* const timestamps_;
  const Clock* const clock_;
  Engine* const engine_;
  Executor* const executor_;
  const CoordinatorOptions options_;
  WideRowQueue queue_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_COORDINATOR_COORDINATOR_H_
