// SPDX-License-Identifier: Apache-2.0
#include "node/metrics/metrics.h"

#include <sched.h>

#include <algorithm>

namespace rowan {
namespace {

constexpr std::array<std::string_view, kOpCount> kOpNames = {
    "Read",          "ReadStream",     "BatchRead",      "Write",
    "BatchWrite",    "SplitRanges",    "CreateKeyspace", "GetKeyspace",
    "ListKeyspaces", "DropKeyspace",   "CreateTable",    "GetTable",
    "ListTables",    "DropTable",      "GetNodeStatus",  "Flush",
    "Compact",       "ListPartitions", "ListSSTables"};

using Counter = std::atomic<uint64_t>;

struct OpCounters {
  std::array<Counter, kCodeCount> by_code{};
  std::array<Counter, kDurationBoundsNs.size() + 1> by_duration{};
  Counter duration_ns{0};
};

}  // namespace

struct alignas(64) Metrics::Shard {
  std::array<OpCounters, kOpCount> ops;
};

Metrics::Metrics() : shards_(new Shard[kShards]) {}
Metrics::~Metrics() = default;

std::string_view OpName(Op op) { return kOpNames[static_cast<size_t>(op)]; }

void Metrics::RequestEnded(Op op, absl::StatusCode code, int64_t duration_ns) {
  in_flight_.fetch_sub(1, std::memory_order_relaxed);
  const auto core = static_cast<size_t>(std::max(sched_getcpu(), 0));
  OpCounters& counters =
      shards_[core & (kShards - 1)].ops[static_cast<size_t>(op)];
  const auto code_index = std::min(static_cast<size_t>(code), kCodeCount - 1);
  const auto bucket = static_cast<size_t>(
      std::lower_bound(kDurationBoundsNs.begin(), kDurationBoundsNs.end(),
                       duration_ns) -
      kDurationBoundsNs.begin());
  counters.by_code[code_index].fetch_add(1, std::memory_order_relaxed);
  counters.by_duration[bucket].fetch_add(1, std::memory_order_relaxed);
  counters.duration_ns.fetch_add(
      static_cast<uint64_t>(std::max<int64_t>(duration_ns, 0)),
      std::memory_order_relaxed);
}

OpTotals Metrics::Totals(Op op) const {
  OpTotals totals;
  for (size_t s = 0; s < kShards; ++s) {
    const OpCounters& counters = shards_[s].ops[static_cast<size_t>(op)];
    for (size_t i = 0; i < kCodeCount; ++i) {
      totals.by_code[i] += counters.by_code[i].load(std::memory_order_relaxed);
    }
    for (size_t i = 0; i < totals.by_duration.size(); ++i) {
      totals.by_duration[i] +=
          counters.by_duration[i].load(std::memory_order_relaxed);
    }
    totals.duration_ns += counters.duration_ns.load(std::memory_order_relaxed);
  }
  return totals;
}

}  // namespace rowan
