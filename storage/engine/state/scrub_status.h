// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_ENGINE_STATE_SCRUB_STATUS_H_
#define ROWAN_STORAGE_ENGINE_STATE_SCRUB_STATUS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace rowan {

// What the scrub has done since the engine was opened, for status and metrics.
// A plain value.
struct ScrubStatus {
  bool running = false;        // a round is under way
  int64_t finished_at_us = 0;  // the last whole round, wall clock; 0: none yet
  uint64_t rounds = 0;         // whole ones
  uint64_t files = 0;          // read to their end, as often as they were
  uint64_t bytes = 0;          // of blocks, as stored
  uint64_t round_files = 0;  // of the round under way, or else of the last one
  uint64_t round_files_done = 0;  // of these, read or merged away meanwhile
  // Of those that are there, the last round and the one under way found.
  uint64_t damaged_files = 0;
  // Each damage of these, a line: file, offset, what is lost. The first
  // kScrubDamagesKept of them.
  std::vector<std::string> damages;
};

inline constexpr size_t kScrubDamagesKept = 100;

}  // namespace rowan

#endif  // ROWAN_STORAGE_ENGINE_STATE_SCRUB_STATUS_H_
