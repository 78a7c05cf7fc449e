// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_BACKGROUND_RETRY_DELAY_H_
#define ROWAN_STORAGE_ENGINE_BACKGROUND_RETRY_DELAY_H_

#include <algorithm>
#include <cstdint>

namespace rowan {

// How long a flush or merge that failed waits for its next try, after
// `last_ms`; 0: the first. Doubles from a second to a minute.
inline int64_t NextRetryMs(int64_t last_ms) {
  return std::clamp<int64_t>(2 * last_ms, 1000, 60'000);
}

// The longest that a timer keeps a stopping engine waiting.
inline constexpr int64_t kStopLookMs = 100;

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_BACKGROUND_RETRY_DELAY_H_
