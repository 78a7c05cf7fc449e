// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_NODE_METRICS_METRICS_H_
#define ROWAN_NODE_METRICS_METRICS_H_

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "storage/base/counting/duration_counts.h"
#include "storage/base/counting/per_core.h"

namespace rowan {

// What a client may ask of a node; the `op` label of its request metrics.
enum class Op : uint8_t {
  kRead,
  kReadStream,
  kBatchRead,
  kWrite,
  kBatchWrite,
  kCheckAndWrite,
  kIncrement,
  kSplitRanges,
  kCreateKeyspace,
  kGetKeyspace,
  kListKeyspaces,
  kDropKeyspace,
  kCreateTable,
  kGetTable,
  kListTables,
  kDropTable,
  kAlterTable,
  kTruncateTable,
  kRestoreTable,
  kCreateType,
  kGetType,
  kListTypes,
  kAlterType,
  kDropType,
  kGetNodeStatus,
  kFlush,
  kCompact,
  kListPartitions,
  kListSSTables,
  kCreateSnapshot,
  kListSnapshots,
  kDropSnapshot,
};
inline constexpr size_t kOpCount = 32;
inline constexpr size_t kCodeCount = 17;  // canonical codes, OK first

// "Read", "CreateTable", ...
std::string_view OpName(Op op);

// What was asked of one operation since the start.
struct OpTotals {
  std::array<uint64_t, kCodeCount> by_code{};
  DurationCounts durations;
};

// Request counters of one node, one set per core so that counting never moves a
// cache line between cores; summed when asked. Thread-safe; a request costs
// seven relaxed adds, two of them on the one line that admission reads.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // `bytes`: the request's size as it came; the same at its end.
  void RequestStarted(size_t bytes);
  void RequestEnded(Op op, absl::StatusCode code, int64_t duration_ns,
                    size_t bytes);

  int64_t in_flight() const {
    return in_flight_.load(std::memory_order_relaxed);
  }
  int64_t in_flight_bytes() const;
  OpTotals Totals(Op op) const;

 private:
  struct Counters;

  const std::unique_ptr<PerCore<Counters>> counters_;
  std::atomic<int64_t> in_flight_{0};
};

}  // namespace rowan

#endif  // ROWAN_NODE_METRICS_METRICS_H_
