// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/background/disk_watch.h"

#include <chrono>

#include "storage/base/status_macros.h"
#include "storage/engine/background/retry_delay.h"

namespace rowan {

void DiskWatch::Start() {
  Look();
  if (core_->disk.full()) Run();
}

void DiskWatch::Look() {
  const absl::Status log = core_->log->spare_failure();
  if (!log.ok()) {
    core_->ReportBackgroundFailure(Annotate(log, "commit log"));
  }
  core_->disk.Look(log);
}

void DiskWatch::Run() {
  if (running_.exchange(true)) return;
  if (!core_->activity.Begin()) return;
  Tick();
}

void DiskWatch::Tick() {
  core_->world.background->PostAfter(
      std::chrono::milliseconds(kStopLookMs), [this] {
        const bool written = written_.exchange(false);
        if (!core_->activity.stopping()) {
          Look();
          if (written || core_->disk.full()) return Tick();
          running_.store(false);
          // A write that came since, and saw it running.
          if (written_.load() && !running_.exchange(true)) return Tick();
        }
        core_->activity.End();
      });
}

}  // namespace rowan
