// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_NODE_H_
#define ROWAN_NODE_NODE_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "node/config/node_config.h"

namespace rowan {

// One node of this process: its threads, its data directory and everything that
// runs on them, started in one order and stopped in the reverse.
//
// Owned by main. Start and Stop block and belong to one thread.
class Node {
 public:
  // Returns when the node serves: the data directory is held, the log replayed,
  // the listeners open. On error everything is stopped and given back again.
  // `accept_data_loss`: EngineOptions has it.
  static absl::StatusOr<std::unique_ptr<Node>> Start(
      const NodeConfig& config, bool accept_data_loss = false);
  // REQUIRES: stopped.
  ~Node();

  // host:port, as bound.
  const std::string& client_address() const;
  const std::string& http_address() const;

  // Takes no more requests, lets those under way end, flushes memtables if
  // `drain`, and writes the clean-stop marks. The first error is returned; the
  // rest is stopped all the same.
  absl::Status Stop(bool drain);

 private:
  struct Parts;
  explicit Node(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace rowan

#endif  // ROWAN_NODE_NODE_H_
