// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_TESTS_MODEL_NODE_WORLD_H_
#define ROWAN_TESTS_MODEL_NODE_WORLD_H_

#include <memory>

#include "node/coordinator/coordinator.h"
#include "tests/lib/engine_harness.h"
#include "tests/lib/mem_file_system.h"

namespace rowan {

// The node's coordinator over the engine of a case, for the writes that queue
// in it.
class NodeWorld {
 public:
  // Short, so that request ids are forgotten within a case.
  static constexpr uint32_t kIncrementWindowS = 8;

  explicit NodeWorld(EngineHarness* world);

  // Around the life of the world's engine.
  void Connect();
  void Disconnect();

  // REQUIRES: connected.
  Coordinator* coordinator() { return coordinator_.get(); }
  EngineHarness& world() { return *world_; }
  // Until timestamps are given out: their bound follows a leap of the wall. If
  // it is passed behind that, writes end so, with nothing written.
  void AwaitTimestamps();
  static bool HadNoTimestamp(const absl::Status& status);

 private:
  EngineHarness* const world_;
  MemFileSystem files_;
  std::unique_ptr<HybridClock> timestamps_;
  std::unique_ptr<Coordinator> coordinator_;
};

}  // namespace rowan

#endif  // ROWAN_TESTS_MODEL_NODE_WORLD_H_
