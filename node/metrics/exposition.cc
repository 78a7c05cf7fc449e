// SPDX-License-Identifier: Apache-2.0
#include "node/metrics/exposition.h"

#include <array>
#include <vector>

#include "node/metrics/families.h"

namespace rowan {
namespace {

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

void AddRequests(const Metrics& metrics, Families* families) {
  auto counts = families->Counter(
      "requests_total", "Requests answered, by method and canonical code.");
  for (size_t i = 0; i < kOpCount; ++i) {
    const Op op = static_cast<Op>(i);
    const OpTotals totals = metrics.Totals(op);
    for (size_t code = 0; code < kCodeCount; ++code) {
      if (totals.by_code[code] == 0) continue;
      counts.Add({{"op", std::string(OpName(op))},
                  {"code", std::string(kCodeNames[code])}},
                 static_cast<double>(totals.by_code[code]));
    }
  }
  auto durations = families->Histogram(
      "request_duration_seconds", "From a request's arrival to its answer.");
  for (size_t i = 0; i < kOpCount; ++i) {
    const Op op = static_cast<Op>(i);
    durations.AddDurations({{"op", std::string(OpName(op))}},
                           metrics.Totals(op).durations);
  }
  families->AddGauge("inflight_requests", "Requests being worked on.",
                     metrics.in_flight());
  families->AddGauge("inflight_bytes", "Bytes of the requests worked on.",
                     metrics.in_flight_bytes());
}

void AddWritePath(const EngineStatus& engine, Families* families) {
  families->AddGauge("memtable_bytes", "Held by all memtables.",
                     engine.memtable_bytes);
  families->AddGauge("memtable_limit_bytes", "What memtables may hold.",
                     engine.memtable_limit_bytes);
  families->AddGauge("commitlog_bytes", "Occupied by the commit log.",
                     engine.log_bytes);
  families
      ->Histogram("commitlog_sync_duration_seconds",
                  "What the disk took to make a part of the log durable.")
      .AddDurations({}, engine.log_syncs);
  families->AddCounter("writes_total",
                       "Writes and logged batches that came, refused ones "
                       "included.",
                       engine.writes);
  families->AddCounter("writes_delayed_total",
                       "Those of them that had to wait for memory.",
                       engine.writes_delayed);
  families->AddCounter(
      "writes_refused_total",
      "Those of them that found memory or the log's queue full.",
      engine.writes_refused);
}

void AddReadPath(const ReadTotals& reads, Families* families) {
  families->AddCounter("reads_total", "Pages read.", reads.pages());
  const std::vector<double> bounds(kSSTablesPerReadBounds.begin(),
                                   kSSTablesPerReadBounds.end());
  families->Histogram("sstables_per_read", "SSTables that a page consulted.")
      .AddHistogram({}, bounds, reads.by_sstables,
                    static_cast<double>(reads.sstables));
  families->AddCounter("sstables_read_total", "SSTables that reads consulted.",
                       reads.sstables);
  families->AddCounter("bloom_false_positives_total",
                       "SSTables that reads by key consulted for nothing.",
                       reads.filter_false_positives);
  families->AddCounter("tombstones_scanned_total", "Tombstones that reads met.",
                       reads.tombstones);
}

void AddTasks(const EngineStatus& engine, Families* families) {
  auto tasks = families->Gauge("tasks", "Background work, in partitions.");
  const auto add = [&tasks](const char* kind, const TaskCounts& counts) {
    tasks.Add({{"kind", kind}, {"state", "running"}},
              static_cast<double>(counts.running));
    tasks.Add({{"kind", kind}, {"state", "waiting"}},
              static_cast<double>(counts.waiting));
  };
  add("flush", engine.flush_tasks);
  add("compaction", engine.compaction_tasks);
  auto failures = families->Counter("background_failures_total",
                                    "Flushes and merges that failed.");
  failures.Add({{"kind", "flush"}}, static_cast<double>(engine.flushes_failed));
  failures.Add({{"kind", "compaction"}},
               static_cast<double>(engine.compactions_failed));
}

void AddBackground(const EngineStatus& engine, Families* families) {
  families->AddCounter("flushes_total", "Memtables written to SSTables.",
                       engine.flushes);
  families->AddCounter("flush_written_bytes_total",
                       "SSTable bytes that flushes wrote.", engine.flush_bytes);
  families->AddCounter("commitlog_rewrites_total",
                       "Memtables written to the log's tail again.",
                       engine.log_rewrites);
  families->AddCounter("commitlog_rewritten_bytes_total",
                       "Bytes of the log that this took.",
                       engine.log_rewrite_bytes);
  families->AddCounter("compactions_total", "Merges done.", engine.compactions);
  families->AddCounter("compaction_read_bytes_total", "Bytes that merges read.",
                       engine.compaction_bytes_read);
  families->AddCounter("compaction_written_bytes_total",
                       "Bytes that merges wrote.",
                       engine.compaction_bytes_written);
  families->AddGauge("compaction_pending_bytes",
                     "Inputs of merges that are due.",
                     engine.compaction_pending_bytes);
  AddTasks(engine, families);
}

void AddDamage(const EngineStatus& engine, Families* families) {
  families->AddGauge("partitions_lost",
                     "Partitions unreadable for records that the log lost.",
                     engine.partitions_lost);
  families->AddGauge("compaction_damaged_sstables",
                     "SSTables that merges leave out because of damage.",
                     engine.compaction_damaged_sstables);
  families->AddCounter("scrub_rounds_total",
                       "Times that all SSTables were read and checked.",
                       engine.scrub.rounds);
  families->AddCounter("scrub_bytes_total",
                       "Bytes of blocks that the scrub has checked.",
                       engine.scrub.bytes);
  families->AddGauge("scrub_finished_timestamp_seconds",
                     "When the last whole round ended; 0: none since start.",
                     engine.scrub.finished_at_us / 1'000'000);
  families->AddGauge("scrub_damaged_sstables",
                     "SSTables that the scrub found damaged.",
                     engine.scrub.damaged_files);
}

void AddConditional(const WideRowQueueTotals& queue, Families* families) {
  families->AddGauge("conditional_waiting",
                     "Conditional writes and serial reads that wait for their "
                     "turn in a wide row.",
                     queue.waiting);
  families->AddCounter("conditional_waits_total",
                       "Those that were not first at once.", queue.waited);
  auto aborted = families->Counter("conditional_aborted_total",
                                   "Those given up before their turn.");
  aborted.Add({{"reason", "full"}}, static_cast<double>(queue.refused_full));
  aborted.Add({{"reason", "deadline"}},
              static_cast<double>(queue.refused_late));
}

void AddFiles(const StorageMetrics& storage, Families* families) {
  auto sstables = families->Gauge("sstables", "SSTables, by level.");
  for (const auto& [level, count] : storage.engine.sstables_by_level) {
    sstables.Add({{"level", std::to_string(level)}},
                 static_cast<double>(count));
  }
  auto free = families->Gauge("disk_free_bytes", "Free where files are kept.");
  for (const auto& [dir, bytes] : storage.disk_free_bytes) {
    free.Add({{"dir", dir}}, static_cast<double>(bytes));
  }
  families->AddGauge("disk_reserve_bytes", "Writes are refused below it.",
                     storage.engine.disk_reserve_bytes);
}

void AddLogArchive(const LogArchiveStatus& archive, Families* families) {
  families->AddGauge("commitlog_archive_behind_bytes",
                     "Durable in the log, and not in its archive.",
                     archive.bytes_behind);
  families->AddGauge("commitlog_archive_behind_seconds",
                     "For how long the oldest of them is.",
                     static_cast<double>(archive.behind_ns) / 1e9);
  families->AddGauge("commitlog_archive_held_bytes",
                     "Of log files that wait for the archive to be used again.",
                     archive.bytes_held);
  families->AddCounter("commitlog_archive_files_total",
                       "Segments written there, whole or in part.",
                       archive.segments_written);
  families->AddGauge("commitlog_archive_failing",
                     "1 while the last try to write there has failed.",
                     archive.failure.ok() ? 0 : 1);
}

void AddNode(const NodeFacts& facts, const StorageMetrics& storage,
             Families* families) {
  constexpr std::array<std::string_view, 4> kStates = {"starting", "serving",
                                                       "read_only", "stopping"};
  NodeState state = facts.state.load();
  const bool failed = !storage.engine.failure.empty();
  const bool full = !storage.engine.disk_full.empty();
  if ((failed || full) && state == NodeState::kServing) {
    state = NodeState::kReadOnly;
  }
  auto stopped = families->Gauge("writes_stopped",
                                 "1 while writes are refused for the reason.");
  stopped.Add({{"reason", "failure"}}, failed ? 1 : 0);
  stopped.Add({{"reason", "disk_full"}}, full ? 1 : 0);
  auto states =
      families->Gauge("node_state", "1 for the state the node is in.");
  for (size_t i = 0; i < kStates.size(); ++i) {
    states.Add({{"state", std::string(kStates[i])}},
               static_cast<size_t>(state) == i ? 1 : 0);
  }
  families->AddGauge("clock_offset_seconds",
                     "How far timestamps run ahead of the wall clock.",
                     static_cast<double>(storage.clock_ahead_us) / 1e6);
  families->Gauge("build_info", "Always 1; see the labels.")
      .Add({{"version", std::string(kRowanVersion)}}, 1);
}

}  // namespace

std::string ExposeMetrics(const Metrics& metrics, const NodeFacts& facts,
                          const StorageMetrics& storage) {
  Families families;
  AddRequests(metrics, &families);
  AddWritePath(storage.engine, &families);
  AddReadPath(storage.engine.reads, &families);
  AddBackground(storage.engine, &families);
  AddDamage(storage.engine, &families);
  AddConditional(storage.conditional, &families);
  AddFiles(storage, &families);
  if (storage.log_archive) AddLogArchive(*storage.log_archive, &families);
  AddNode(facts, storage, &families);
  // And this one.
  families.AddGauge("metrics_series", "Series in this answer.",
                    families.series() + 1);
  return families.Text();
}

}  // namespace rowan
