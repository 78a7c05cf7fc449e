// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_METRICS_EXPOSITION_H_
#define ROWAN_NODE_METRICS_EXPOSITION_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "commitlog/log_archive_status.h"
#include "node/metrics/metrics.h"
#include "node/metrics/node_facts.h"
#include "node/queue/wide_row_queue.h"
#include "storage/engine/engine.h"

namespace rowan {

// What /metrics shows besides the request counters.
struct StorageMetrics {
  EngineStatus engine;
  // By what the directory is for; none whose file system doesn't tell.
  std::map<std::string, uint64_t> disk_free_bytes;
  int64_t clock_ahead_us = 0;  // HybridClock::AheadMicros
  WideRowQueueTotals conditional;
  std::optional<LogArchiveStatus> log_archive;  // none: no backup.dir
};

// Everything as Prometheus' text format, version 0.0.4. Names, units and
// meanings are listed in README.md and never change. Series are bounded: no
// label has values that users make.
std::string ExposeMetrics(const Metrics& metrics, const NodeFacts& facts,
                          const StorageMetrics& storage);

}  // namespace rowan

#endif  // ROWAN_NODE_METRICS_EXPOSITION_H_
