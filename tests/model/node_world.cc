// SPDX-License-Identifier: Apache-2.0
#include "tests/model/node_world.h"

#include "absl/strings/match.h"
#include "storage/base/check.h"

namespace rowan {

NodeWorld::NodeWorld(EngineHarness* world) : world_(world) {
  files_.WriteFile("d/keep", "");
  // It outlives deaths, so that no timestamp lies ahead of the case's seconds.
  timestamps_ =
      *HybridClock::Open(&files_, "d", &world_->clock(), &world_->executor());
}

void NodeWorld::Connect() {
  coordinator_ = std::make_unique<Coordinator>(
      /*schemas=*/nullptr, /*snapshots=*/nullptr, timestamps_.get(),
      &world_->clock(), &world_->engine(), &world_->executor(),
      CoordinatorOptions{.node_id = std::string(16, 'n'),
                         .increment_window_s = kIncrementWindowS});
}

void NodeWorld::Disconnect() {
  if (coordinator_ != nullptr) coordinator_->queue().Stop();
}

void NodeWorld::AwaitTimestamps() {
  ROWAN_CHECK(
      world_->executor().RunUntil([this] { return timestamps_->Next().ok(); }));
}

bool NodeWorld::HadNoTimestamp(const absl::Status& status) {
  return absl::IsUnavailable(status) &&
         absl::StrContains(status.message(), "durable bound");
}

}  // namespace rowan
