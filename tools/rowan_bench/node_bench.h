// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_BENCH_NODE_BENCH_H_
#define ROWAN_TOOLS_ROWAN_BENCH_NODE_BENCH_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace rowan {

struct NodeBenchOptions {
  std::string host = "127.0.0.1:7270";
  uint64_t operations = 100'000;  // of each kind
  int in_flight = 128;
  std::string json;  // a file; empty: none
};

// Writes and reads through a running node's unary calls, a closed loop with
// `in_flight` calls under way, and the same messages through an echo server of
// this process: what gRPC itself costs. Prints the table. Makes the keyspace
// `rowan_bench` anew and drops it.
absl::Status RunNodeBench(const NodeBenchOptions& options);

}  // namespace rowan

#endif  // ROWAN_TOOLS_ROWAN_BENCH_NODE_BENCH_H_
