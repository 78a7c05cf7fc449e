// SPDX-License-Identifier: Apache-2.0
#include "node/metrics/metrics.h"

#include <algorithm>

namespace rowan {
namespace {

constexpr std::array<std::string_view, kOpCount> kOpNames = {
    "Read",           "ReadStream",     "BatchRead",     "Write",
    "BatchWrite",     "CheckAndWrite",  "Increment",     "SplitRanges",
    "CreateKeyspace", "GetKeyspace",    "ListKeyspaces", "DropKeyspace",
    "CreateTable",    "GetTable",       "ListTables",    "DropTable",
    "AlterTable",     "TruncateTable",  "RestoreTable",  "CreateType",
    "GetType",        "ListTypes",      "AlterType",     "DropType",
    "GetNodeStatus",  "Flush",          "Compact",       "ListPartitions",
    "ListSSTables",   "CreateSnapshot", "ListSnapshots", "DropSnapshot"};

using Counter = std::atomic<uint64_t>;

void Add(Counter& counter, uint64_t by) {
  counter.fetch_add(by, std::memory_order_relaxed);
}

struct OpCounters {
  std::array<Counter, kCodeCount> by_code{};
  std::array<Counter, kDurationBuckets> by_duration{};
  Counter duration_ns{0};
};

}  // namespace

struct Metrics::Counters {
  std::array<OpCounters, kOpCount> ops;
  // Of requests that started here less those that ended here: right when summed
  // over all cores, modulo 2^64.
  Counter in_flight_bytes{0};
};

Metrics::Metrics() : counters_(std::make_unique<PerCore<Counters>>()) {}
Metrics::~Metrics() = default;

std::string_view OpName(Op op) { return kOpNames[static_cast<size_t>(op)]; }

void Metrics::RequestStarted(size_t bytes) {
  in_flight_.fetch_add(1, std::memory_order_relaxed);
  Add(counters_->Mine().in_flight_bytes, bytes);
}

void Metrics::RequestEnded(Op op, absl::StatusCode code, int64_t duration_ns,
                           size_t bytes) {
  in_flight_.fetch_sub(1, std::memory_order_relaxed);
  Counters& mine = counters_->Mine();
  Add(mine.in_flight_bytes, uint64_t{0} - bytes);
  OpCounters& counters = mine.ops[static_cast<size_t>(op)];
  Add(counters.by_code[std::min(static_cast<size_t>(code), kCodeCount - 1)], 1);
  Add(counters.by_duration[DurationBucket(duration_ns)], 1);
  Add(counters.duration_ns,
      static_cast<uint64_t>(std::max<int64_t>(duration_ns, 0)));
}

int64_t Metrics::in_flight_bytes() const {
  uint64_t bytes = 0;
  counters_->ForEach(
      [&bytes](const Counters& core) { bytes += core.in_flight_bytes.load(); });
  return static_cast<int64_t>(bytes);
}

OpTotals Metrics::Totals(Op op) const {
  OpTotals totals;
  counters_->ForEach([&totals, op](const Counters& core) {
    const OpCounters& counters = core.ops[static_cast<size_t>(op)];
    for (size_t i = 0; i < kCodeCount; ++i) {
      totals.by_code[i] += counters.by_code[i].load(std::memory_order_relaxed);
    }
    for (size_t i = 0; i < kDurationBuckets; ++i) {
      totals.durations.by_duration[i] +=
          counters.by_duration[i].load(std::memory_order_relaxed);
    }
    totals.durations.total_ns +=
        counters.duration_ns.load(std::memory_order_relaxed);
  });
  return totals;
}

}  // namespace rowan
