// SPDX-License-Identifier: Apache-2.0
#include "node/metrics/exposition.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <limits>
#include <utility>
#include <vector>

namespace rowan {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;
using Families = std::vector<MetricFamily>;

constexpr std::array<std::string_view, kCodeCount> kCodeNames = {
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED"};

MetricFamily& AddFamily(std::string name, std::string help, MetricType type,
                        Families* families) {
  MetricFamily& family = families->emplace_back();
  family.name = "rowan_" + std::move(name);
  family.help = std::move(help);
  family.type = type;
  return family;
}

void AddValue(MetricFamily* family, Labels labels, double value) {
  ClientMetric& metric = family->metric.emplace_back();
  metric.label = std::move(labels);
  if (family->type == MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
}

template <typename Number>
void AddGauge(std::string name, std::string help, Number value,
              Families* families) {
  AddValue(
      &AddFamily(std::move(name), std::move(help), MetricType::Gauge, families),
      {}, static_cast<double>(value));
}

template <typename Number>
void AddCounter(std::string name, std::string help, Number value,
                Families* families) {
  AddValue(&AddFamily(std::move(name), std::move(help), MetricType::Counter,
                      families),
           {}, static_cast<double>(value));
}

ClientMetric DurationHistogram(const OpTotals& totals, Labels labels) {
  ClientMetric metric;
  metric.label = std::move(labels);
  uint64_t count = 0;
  for (size_t i = 0; i < totals.by_duration.size(); ++i) {
    count += totals.by_duration[i];
    const double bound = i < kDurationBoundsNs.size()
                             ? static_cast<double>(kDurationBoundsNs[i]) / 1e9
                             : std::numeric_limits<double>::infinity();
    metric.histogram.bucket.push_back({count, bound});
  }
  metric.histogram.sample_count = count;
  metric.histogram.sample_sum = static_cast<double>(totals.duration_ns) / 1e9;
  return metric;
}

void AddRequests(const Metrics& metrics, Families* families) {
  MetricFamily requests, durations;
  requests.name = "rowan_requests_total";
  requests.help = "Requests answered, by method and canonical code.";
  requests.type = MetricType::Counter;
  durations.name = "rowan_request_duration_seconds";
  durations.help = "From a request's arrival to its answer.";
  durations.type = MetricType::Histogram;
  for (size_t i = 0; i < kOpCount; ++i) {
    const Op op = static_cast<Op>(i);
    const OpTotals totals = metrics.Totals(op);
    const ClientMetric::Label op_label{"op", std::string(OpName(op))};
    for (size_t code = 0; code < kCodeCount; ++code) {
      if (totals.by_code[code] == 0) continue;
      AddValue(&requests, {op_label, {"code", std::string(kCodeNames[code])}},
               static_cast<double>(totals.by_code[code]));
    }
    durations.metric.push_back(DurationHistogram(totals, {op_label}));
  }
  families->push_back(std::move(requests));
  families->push_back(std::move(durations));
  AddGauge("inflight_requests", "Requests being worked on.",
           metrics.in_flight(), families);
}

void AddWritePath(const EngineStatus& engine, Families* families) {
  AddGauge("memtable_bytes", "Held by all memtables.", engine.memtable_bytes,
           families);
  AddGauge("memtable_limit_bytes", "What memtables may hold.",
           engine.memtable_limit_bytes, families);
  AddGauge("commitlog_bytes", "Occupied by the commit log.", engine.log_bytes,
           families);
  AddCounter("writes_total", "Mutations applied.", engine.writes, families);
  AddCounter("writes_delayed_total", "Mutations that had to wait for memory.",
             engine.writes_delayed, families);
  AddCounter("writes_refused_total", "Mutations refused for want of memory.",
             engine.writes_refused, families);
  AddCounter("flushes_total", "Memtables written to SSTables.", engine.flushes,
             families);
  AddCounter("flush_written_bytes_total", "SSTable bytes that flushes wrote.",
             engine.flush_bytes, families);
}

void AddReadPath(const EngineStatus& engine, Families* families) {
  AddCounter("reads_total", "Pages read.", engine.reads, families);
  AddCounter("sstables_read_total", "SSTables that reads consulted.",
             engine.sstables_read, families);
  AddCounter("tombstones_scanned_total", "Tombstones that reads met.",
             engine.tombstones_scanned, families);
}

void AddStorage(const StorageMetrics& storage, Families* families) {
  AddWritePath(storage.engine, families);
  AddReadPath(storage.engine, families);
  AddCounter("compactions_total", "Merges done.", storage.engine.compactions,
             families);
  AddCounter("compaction_read_bytes_total", "Bytes that merges read.",
             storage.engine.compaction_bytes_read, families);
  AddCounter("compaction_written_bytes_total", "Bytes that merges wrote.",
             storage.engine.compaction_bytes_written, families);
  AddGauge("compaction_pending_bytes", "Inputs of merges that are due.",
           storage.engine.compaction_pending_bytes, families);
  MetricFamily& sstables =
      AddFamily("sstables", "SSTables, by level.", MetricType::Gauge, families);
  for (const auto& [level, count] : storage.sstables_by_level) {
    AddValue(&sstables, {{"level", std::to_string(level)}},
             static_cast<double>(count));
  }
  AddGauge("disk_free_bytes", "Free where the data is.",
           storage.disk_free_bytes, families);
}

void AddNode(const NodeFacts& facts, bool failed, Families* families) {
  constexpr std::array<std::string_view, 4> kStates = {"starting", "serving",
                                                       "read_only", "stopping"};
  NodeState state = facts.state.load();
  if (failed && state == NodeState::kServing) state = NodeState::kReadOnly;
  MetricFamily& states =
      AddFamily("node_state", "1 for the state the node is in.",
                MetricType::Gauge, families);
  for (size_t i = 0; i < kStates.size(); ++i) {
    AddValue(&states, {{"state", std::string(kStates[i])}},
             static_cast<size_t>(state) == i ? 1 : 0);
  }
  MetricFamily& build = AddFamily("build_info", "Always 1; see the labels.",
                                  MetricType::Gauge, families);
  AddValue(&build, {{"version", std::string(kRowanVersion)}}, 1);
}

}  // namespace

std::string ExposeMetrics(const Metrics& metrics, const NodeFacts& facts,
                          const StorageMetrics& storage) {
  Families families;
  AddRequests(metrics, &families);
  AddStorage(storage, &families);
  AddNode(facts, !storage.engine.failure.empty(), &families);
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace rowan
