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

namespace rowan {

// What a client may ask of a node; the `op` label of its request metrics.
enum class Op : uint8_t {
  kRead,
  kReadStream,
  kBatchRead,
  kWrite,
  kBatchWrite,
  kSplitRanges,
  kCreateKeyspace,
  kGetKeyspace,
  kListKeyspaces,
  kDropKeyspace,
  kCreateTable,
  kGetTable,
  kListTables,
  kDropTable,
  kGetNodeStatus,
  kFlush,
  kCompact,
  kListPartitions,
  kListSSTables,
};
inline constexpr size_t kOpCount = 19;
inline constexpr size_t kCodeCount = 17;  // canonical codes, OK first

// "Read", "CreateTable", ...
std::string_view OpName(Op op);

// Upper bounds in nanoseconds; what is above them counts only in the total.
// Thirteen steps from below a cached read to above a bad day.
inline constexpr std::array<int64_t, 13> kDurationBoundsNs = {
    50'000,      100'000,       250'000,       500'000,    1'000'000,
    2'500'000,   5'000'000,     10'000'000,    25'000'000, 100'000'000,
    250'000'000, 1'000'000'000, 10'000'000'000};

// What was asked of one operation since the start.
struct OpTotals {
  std::array<uint64_t, kCodeCount> by_code{};
  std::array<uint64_t, kDurationBoundsNs.size() + 1> by_duration{};
  uint64_t duration_ns = 0;
};

// Request counters of one node, one set per core so that counting never moves a
// cache line between cores; summed when asked. Thread-safe; a request costs
// three relaxed adds.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void RequestStarted() { in_flight_.fetch_add(1, std::memory_order_relaxed); }
  void RequestEnded(Op op, absl::StatusCode code, int64_t duration_ns);

  int64_t in_flight() const {
    return in_flight_.load(std::memory_order_relaxed);
  }
  OpTotals Totals(Op op) const;

 private:
  struct Shard;
  static constexpr size_t kShards = 16;  // a power of two

  std::unique_ptr<Shard[]> shards_;
  std::atomic<int64_t> in_flight_{0};
};

}  // namespace rowan

#endif  // ROWAN_NODE_METRICS_METRICS_H_
