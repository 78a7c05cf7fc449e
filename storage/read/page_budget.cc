// SPDX-License-Identifier: Apache-2.0
#include "storage/read/page_budget.h"

namespace rowan {

std::optional<EndReason> PageBudget::Ended() {
  if (limit_reached()) return EndReason::kRows;
  if (rows_ > 0 && rows_ >= command_.page_rows_max) return EndReason::kRows;
  if (rows_ > 0 && bytes_ >= command_.page_bytes_max) return EndReason::kBytes;
  if (tombstones_ > 0 && tombstones_ >= command_.page_tombstones_max) {
    return EndReason::kTombstones;
  }
  if (looks_ > rows_ && looks_ - rows_ >= command_.page_idle_looks_max) {
    return EndReason::kTime;
  }
  if (idle_bytes_ > 0 && idle_bytes_ >= command_.page_idle_bytes_max) {
    return EndReason::kTime;
  }
  if (looks_since_clock_ >= kLooksPerClock) {
    looks_since_clock_ = 0;
    late_ = clock_.MonotonicNanos() >= command_.deadline_ns;
  }
  if (late_) return EndReason::kTime;
  return std::nullopt;
}

}  // namespace rowan
