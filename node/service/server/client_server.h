// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_SERVICE_SERVER_CLIENT_SERVER_H_
#define ROWAN_NODE_SERVICE_SERVER_CLIENT_SERVER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "node/coordinator/change_queue.h"
#include "node/coordinator/coordinator.h"
#include "node/metrics/metrics.h"
#include "node/metrics/node_facts.h"
#include "node/metrics/recent_load.h"
#include "storage/base/executor.h"

namespace rowan {

struct ClientServerOptions {
  std::string address;  // host:port; port 0 takes a free one
  bool reflection = false;
  int64_t requests_in_flight_max = 4096;
  // What calls under way get at Stop.
  int64_t stop_patience_ms = 5000;
};

// What a server works with; all of it outlives the server.
struct ClientServerParts {
  Coordinator* coordinator = nullptr;
  Metrics* metrics = nullptr;
  NodeFacts* facts = nullptr;
  const RecentLoad* load = nullptr;
  // Free where the node keeps its files; nullopt where that isn't told.
  std::function<std::optional<uint64_t>()> disk_free_bytes;
  const Clock* clock = nullptr;
  // Schema changes and snapshots.
  ChangeQueue* changes = nullptr;
  // Kept busy by the server's polling loops, one task per thread, until Stop.
  Executor* pollers = nullptr;
  int poller_threads = 1;
};

// The client listener: gRPC's completion queues, polled by a few threads, with
// rowan.v1, health and (on request) reflection. Requests run on the thread that
// polled them as far as they can without waiting.
//
// Thread-safe. Serves from Start to Stop.
class ClientServer {
 public:
  // kUnavailable when the address can't be bound. Health says SERVING from
  // here on, and `facts` say since when and where.
  static absl::StatusOr<std::unique_ptr<ClientServer>> Start(
      const ClientServerOptions& options, const ClientServerParts& parts);
  // REQUIRES: stopped.
  ~ClientServer();

  int port() const;

  // The node takes no more writes until it is started again: health says
  // NOT_SERVING for Data and the whole, and `facts` say read-only. Calls are
  // taken as before. Any thread; does not block.
  void TurnReadOnly();

  // Refuses new calls (kUnavailable), gives those under way their patience,
  // cancels the rest and waits for their end. Connections without a call cost a
  // tenth of a second at most, however they behave. Blocks. The engine must
  // still be there.
  void Stop();

 private:
  struct Impl;
  explicit ClientServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_SERVICE_SERVER_CLIENT_SERVER_H_
