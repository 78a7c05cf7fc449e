// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_ADMIN_SERVICE_H_
#define ROWAN_NODE_SERVICE_ADMIN_SERVICE_H_

#include <functional>
#include <optional>
#include <utility>

#include "node/coordinator/change_queue.h"
#include "node/coordinator/coordinator.h"
#include "node/coordinator/table_snapshots.h"
#include "node/metrics/node_facts.h"
#include "node/metrics/recent_load.h"
#include "node/service/call.h"
#include "rowan/v1/admin.pb.h"

namespace rowan {

// What a node's status shows besides its engine and its catalogue. All of it
// outlives the service.
struct StatusSources {
  const NodeFacts* facts = nullptr;
  const RecentLoad* load = nullptr;
  const Metrics* metrics = nullptr;
  // Free where the node keeps its files; nullopt where that isn't told.
  std::function<std::optional<uint64_t>()> disk_free_bytes;
};

// rowan.v1.Admin: how this node stands, orders to its engine, and snapshots,
// which are made and dropped in the queue of changes. Stateless and
// thread-safe; coordinator, queue and sources outlive it.
class AdminService {
 public:
  AdminService(Coordinator* coordinator, ChangeQueue* changes,
               StatusSources sources)
      : coordinator_(coordinator),
        changes_(changes),
        sources_(std::move(sources)),
        snapshots_(coordinator, changes) {}

  void GetNodeStatus(UnaryCall<v1::GetNodeStatusRequest, v1::NodeStatus>* call);
  void Flush(UnaryCall<v1::FlushRequest, v1::FlushResponse>* call);
  void Compact(UnaryCall<v1::CompactRequest, v1::CompactResponse>* call);
  void ListPartitions(
      UnaryCall<v1::ListPartitionsRequest, v1::ListPartitionsResponse>* call);
  void ListSSTables(
      UnaryCall<v1::ListSSTablesRequest, v1::ListSSTablesResponse>* call);
  void CreateSnapshot(UnaryCall<v1::CreateSnapshotRequest, v1::Snapshot>* call);
  void ListSnapshots(
      UnaryCall<v1::ListSnapshotsRequest, v1::ListSnapshotsResponse>* call);
  void DropSnapshot(
      UnaryCall<v1::DropSnapshotRequest, v1::DropSnapshotResponse>* call);

 private:
  // Sizes of files, and what is free beside them.
  void EncodeDisk(const Catalogue& catalogue, v1::NodeStatus* out) const;
  // The second half of CreateSnapshot.
  absl::Status Keep(UnaryCall<v1::CreateSnapshotRequest, v1::Snapshot>* call,
                    const absl::StatusOr<TableSnapshots::Flushed>& flushed);

  Coordinator* const coordinator_;
  ChangeQueue* const changes_;
  const StatusSources sources_;
  TableSnapshots snapshots_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_ADMIN_SERVICE_H_
