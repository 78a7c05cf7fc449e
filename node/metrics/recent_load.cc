// SPDX-License-Identifier: Apache-2.0
#include "node/metrics/recent_load.h"

#include <array>
#include <cmath>
#include <initializer_list>

namespace rowan {
namespace {

constexpr double kNanosPerS = 1e9;
constexpr double kPercentile = 0.99;

DurationCounts DurationsOf(const Metrics& metrics,
                           std::initializer_list<Op> ops) {
  DurationCounts sum;
  for (const Op op : ops) {
    const DurationCounts one = metrics.Totals(op).durations;
    for (size_t i = 0; i < kDurationBuckets; ++i) {
      sum.by_duration[i] += one.by_duration[i];
    }
    sum.total_ns += one.total_ns;
  }
  return sum;
}

// Of what came between two totals.
int64_t P99Nanos(const DurationCounts& before, const DurationCounts& now) {
  std::array<uint64_t, kDurationBuckets> counts{};
  uint64_t total = 0;
  for (size_t i = 0; i < kDurationBuckets; ++i) {
    counts[i] = now.by_duration[i] - before.by_duration[i];
    total += counts[i];
  }
  if (total == 0) return 0;
  const auto rank = static_cast<uint64_t>(
      std::ceil(kPercentile * static_cast<double>(total)));
  uint64_t below = 0;
  for (size_t i = 0; i < kDurationBoundsNs.size(); ++i) {
    if (below + counts[i] < rank) {
      below += counts[i];
      continue;
    }
    const int64_t from = i == 0 ? 0 : kDurationBoundsNs[i - 1];
    const double part =
        static_cast<double>(rank - below) / static_cast<double>(counts[i]);
    return from + static_cast<int64_t>(
                      part * static_cast<double>(kDurationBoundsNs[i] - from));
  }
  return kDurationBoundsNs.back();
}

}  // namespace

LoadTotals LoadTotalsOf(const Metrics& metrics, const EngineStatus& engine) {
  LoadTotals totals;
  totals.writes = engine.writes;
  totals.reads = engine.reads.pages();
  totals.write_durations = DurationsOf(
      metrics,
      {Op::kWrite, Op::kBatchWrite, Op::kCheckAndWrite, Op::kIncrement});
  totals.read_durations = DurationsOf(metrics, {Op::kRead, Op::kBatchRead});
  return totals;
}

void RecentLoad::Start() {
  {
    MutexLock lock(mutex_);
    running_ = true;
    samples_.push_back(SampleOf(totals_()));
  }
  executor_->PostAfter(kStep, [this] { Step(); });
}

void RecentLoad::Stop() {
  MutexLock lock(mutex_);
  running_ = false;
  samples_.clear();
}

void RecentLoad::Step() {
  {
    MutexLock lock(mutex_);
    if (!running_) return;
    samples_.push_back(SampleOf(totals_()));
    if (samples_.size() > kSamplesMax) samples_.pop_front();
  }
  executor_->PostAfter(kStep, [this] { Step(); });
}

RecentLoad::Sample RecentLoad::SampleOf(LoadTotals totals) const {
  return {.at_ns = clock_->MonotonicNanos(), .totals = std::move(totals)};
}

LoadRates RecentLoad::Rates(const LoadTotals& totals) const {
  MutexLock lock(mutex_);
  LoadRates rates;
  if (samples_.empty()) return rates;
  const Sample& then = samples_.front();
  const Sample now = SampleOf(totals);
  rates.window_s = static_cast<double>(now.at_ns - then.at_ns) / kNanosPerS;
  if (rates.window_s <= 0) return {};
  const auto per_s = [&rates](uint64_t before, uint64_t after) {
    return static_cast<double>(after - before) / rates.window_s;
  };
  rates.writes_per_s = per_s(then.totals.writes, now.totals.writes);
  rates.reads_per_s = per_s(then.totals.reads, now.totals.reads);
  rates.write_p99_ns =
      P99Nanos(then.totals.write_durations, now.totals.write_durations);
  rates.read_p99_ns =
      P99Nanos(then.totals.read_durations, now.totals.read_durations);
  return rates;
}

}  // namespace rowan
