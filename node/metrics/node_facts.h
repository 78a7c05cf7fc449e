// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_METRICS_NODE_FACTS_H_
#define ROWAN_NODE_METRICS_NODE_FACTS_H_

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace rowan {

inline constexpr std::string_view kRowanVersion = "0.1.0";

enum class NodeState : uint8_t { kStarting, kServing, kReadOnly, kStopping };

// What a node says of itself. Set before it serves; afterwards only `state`
// changes. Thread-safe from then on.
struct NodeFacts {
  std::string name;
  std::string node_id;         // 16 bytes
  std::string client_address;  // host:port, as bound
  std::string http_address;
  int64_t serving_since_ns = 0;  // monotonic clock
  std::atomic<NodeState> state{NodeState::kStarting};
};

}  // namespace rowan

#endif  // ROWAN_NODE_METRICS_NODE_FACTS_H_
