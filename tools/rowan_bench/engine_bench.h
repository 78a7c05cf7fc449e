// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TOOLS_ROWAN_BENCH_ENGINE_BENCH_H_
#define ROWAN_TOOLS_ROWAN_BENCH_ENGINE_BENCH_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace rowan {

struct EngineBenchOptions {
  uint64_t rows = 500'000;
  uint64_t durable_rows = 50'000;
  uint64_t reads = 200'000;
  bool against_rocksdb = false;
  std::string directory;  // made and emptied
  std::string json;       // a file; empty: none
};

// Runs the engine in this process, and RocksDB in turn when asked, on the same
// rows, and prints the table.
absl::Status RunEngineBench(const EngineBenchOptions& options);

}  // namespace rowan

#endif  // ROWAN_TOOLS_ROWAN_BENCH_ENGINE_BENCH_H_
