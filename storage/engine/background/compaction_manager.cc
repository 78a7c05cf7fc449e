// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/background/compaction_manager.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "storage/base/logging.h"
#include "storage/base/status_macros.h"
#include "storage/engine/background/partition_compaction.h"
#include "storage/engine/background/partition_scrub.h"
#include "storage/engine/background/retry_delay.h"

namespace rowan {
namespace {

constexpr int64_t kNanosPerMs = 1'000'000;

uint64_t FileBytes(const Partition& partition) {
  uint64_t bytes = 0;
  for (const auto& file : partition.HoldView()->sstables) {
    bytes += file->file_bytes();
  }
  return bytes;
}

}  // namespace

struct CompactionManager::Run {
  const std::shared_ptr<Table> table;
  Partition* const partition;
  const size_t size_class;
  const bool scrubs;
  std::vector<DoneCallback> waiters;
  std::unique_ptr<PartitionJob> job;
};

CompactionManager::CompactionManager(EngineCore* core)
    : core_(core), pace_(core->options.memtable_limit_bytes) {}

uint64_t CompactionManager::PendingBytes(const Partition& partition,
                                         const Schema& schema) const {
  return PlanCompaction(partition, schema, core_->world.clock->WallSeconds(),
                        damaged_)
      .debt_bytes;
}

TaskCounts CompactionManager::tasks() const {
  MutexLock lock(mutex_);
  const auto running = static_cast<uint64_t>(
      std::count_if(entries_.begin(), entries_.end(),
                    [](const auto& entry) { return entry->running; }));
  return {running, entries_.size() - running};
}

CompactionManager::Entry* CompactionManager::FindOrAdd(
    const std::shared_ptr<Table>& table, Partition* partition) {
  for (const auto& entry : entries_) {
    if (entry->partition == partition) return entry.get();
  }
  entries_.push_back(std::make_unique<Entry>());
  entries_.back()->table = table;
  entries_.back()->partition = partition;
  return entries_.back().get();
}

void CompactionManager::Refresh(Entry* entry) {
  const CompactionPlan plan =
      PlanCompaction(*entry->partition, *entry->table->schema(),
                     core_->world.clock->WallSeconds(), damaged_);
  entry->overlap = plan.inputs.size();
  entry->merge_bytes = plan.input_bytes;
  uint64_t debt = plan.debt_bytes;
  if (!entry->all.empty() || entry->merging_all) {
    debt = entry->merge_bytes = FileBytes(*entry->partition);
  }
  pending_bytes_.fetch_add(debt - entry->pending_bytes);
  entry->pending_bytes = debt;
}

void CompactionManager::EraseIfDone(Entry* entry) {
  if (entry->running || entry->AskedFor() || entry->overlap != 0) return;
  std::erase_if(entries_, [&](const auto& e) { return e.get() == entry; });
}

void CompactionManager::Consider(const std::shared_ptr<Table>& table,
                                 Partition* partition) {
  {
    MutexLock lock(mutex_);
    Entry* const entry = FindOrAdd(table, partition);
    Refresh(entry);
    EraseIfDone(entry);
  }
  StartSome();
}

void CompactionManager::CompactAll(const std::shared_ptr<Table>& table,
                                   Partition* partition, DoneCallback done) {
  {
    MutexLock lock(mutex_);
    Entry* const entry = FindOrAdd(table, partition);
    entry->all.push_back(std::move(done));
    Refresh(entry);
  }
  StartSome();
}

void CompactionManager::Scrub(const std::shared_ptr<Table>& table,
                              Partition* partition, const ScrubOrder& order,
                              TableScrub* report, DoneCallback done) {
  {
    MutexLock lock(mutex_);
    Entry* const entry = FindOrAdd(table, partition);
    entry->scrubs.push_back({order, report, std::move(done)});
    Refresh(entry);
  }
  StartSome();
}

std::shared_ptr<CompactionManager::Run> CompactionManager::OpenRun(
    Entry* entry) {
  const size_t size_class = SizeClass(entry->merge_bytes);
  entry->running = true;
  ++open_[size_class];
  if (!entry->scrubs.empty()) {
    ScrubWanted wanted = std::move(entry->scrubs.front());
    entry->scrubs.pop_front();
    auto run = std::make_shared<Run>(
        Run{entry->table, entry->partition, size_class, true, {}, nullptr});
    run->waiters.push_back(std::move(wanted.done));
    run->job = std::make_unique<PartitionScrub>(core_, entry->table,
                                                entry->partition, &damaged_,
                                                wanted.order, wanted.report);
    return run;
  }
  entry->merging_all = !entry->all.empty();
  return std::make_shared<Run>(Run{entry->table, entry->partition, size_class,
                                   false, std::exchange(entry->all, {}),
                                   std::make_unique<PartitionCompaction>(
                                       core_, entry->table, entry->partition,
                                       &damaged_, entry->merging_all)});
}

void CompactionManager::StartSome() {
  int new_workers = 0;
  std::vector<DoneCallback> refused;
  {
    MutexLock lock(mutex_);
    while (Entry* const next = MostUrgent()) {
      if (workers_ < core_->options.compactions_max) {
        if (!core_->activity.Begin()) {
          refused = TakeWaiters();
          break;
        }
        ++workers_;
        ++new_workers;
      }
      turns_.push_back(OpenRun(next));
    }
    RetryLater();
  }
  for (DoneCallback& done : refused) {
    done(absl::UnavailableError("the node is shutting down"));
  }
  for (; new_workers > 0; --new_workers) {
    core_->world.background->Post([this] { Turn(); });
  }
}

std::vector<DoneCallback> CompactionManager::TakeWaiters() {
  std::vector<DoneCallback> waiters;
  for (const auto& entry : entries_) {
    std::move(entry->all.begin(), entry->all.end(),
              std::back_inserter(waiters));
    entry->all.clear();
    for (ScrubWanted& wanted : entry->scrubs) {
      waiters.push_back(std::move(wanted.done));
    }
    entry->scrubs.clear();
  }
  return waiters;
}

size_t CompactionManager::SizeClass(uint64_t bytes) {
  size_t size_class = 0;
  for (uint64_t rest = bytes / kSmallBytes;
       rest > 0 && size_class + 1 < kSizeClasses; rest /= kClassFactor) {
    ++size_class;
  }
  return size_class;
}

CompactionManager::Entry* CompactionManager::MostUrgent() {
  const int64_t now_ns = core_->world.clock->MonotonicNanos();
  Entry* best = nullptr;
  for (const auto& entry : entries_) {
    if (entry->running) continue;
    if (!entry->AskedFor() &&
        (entry->overlap == 0 || entry->not_before_ns > now_ns)) {
      continue;
    }
    if (open_[SizeClass(entry->merge_bytes)] >=
        core_->options.compactions_max) {
      continue;
    }
    // Who was asked for goes first, then the most overlapped: it costs readers
    // most.
    auto rank = [](const Entry& e) {
      return std::pair(e.AskedFor(), e.overlap);
    };
    if (best == nullptr || rank(*entry) > rank(*best)) best = entry.get();
  }
  return best;
}

void CompactionManager::Turn() {
  std::shared_ptr<Run> run = TakeTurn();
  if (!run) {
    core_->activity.End();
    return;
  }
  const Clock& clock = *core_->world.clock;
  const int64_t began_ns = clock.MonotonicNanos();
  absl::StatusOr<bool> finished =
      core_->activity.stopping()
          ? absl::UnavailableError("the node is shutting down")
          : run->job->Step();
  const int64_t pause_ns = PauseNanos(began_ns, clock.MonotonicNanos());
  if (finished.ok() && !*finished) {
    MutexLock lock(mutex_);
    turns_.push_back(std::move(run));
  } else {
    Finished(std::move(run), finished.status());
  }
  core_->world.background->PostAfter(std::chrono::nanoseconds(pause_ns),
                                     [this] { Turn(); });
}

std::shared_ptr<CompactionManager::Run> CompactionManager::TakeTurn() {
  MutexLock lock(mutex_);
  if (turns_.empty()) {
    --workers_;
    return nullptr;
  }
  std::shared_ptr<Run> run = std::move(turns_.front());
  turns_.pop_front();
  return run;
}

int64_t CompactionManager::PauseNanos(int64_t began_ns, int64_t ended_ns) {
  if (core_->activity.stopping()) return 0;
  const EngineCounters& counters = core_->counters;
  const bool idle = pace_.ForegroundIdle(
      counters.reads.Totals().pages() + counters.writes, ended_ns);
  return CompactionPace::PauseNanos(ended_ns - began_ns,
                                    pace_.Share(pending_bytes(), idle));
}

void CompactionManager::Finished(std::shared_ptr<Run> run,
                                 absl::Status status) {
  const std::shared_ptr<Table> table = run->table;
  if (table->dropped()) status = absl::CancelledError("the table was dropped");
  std::vector<DoneCallback> waiters = std::move(run->waiters);
  Partition* const partition = run->partition;
  const size_t size_class = run->size_class;
  const bool scrubbed = run->scrubs;
  const bool new_damage =
      absl::IsDataLoss(status) && run->job->RememberDamage();
  run.reset();  // its files and its view of them
  {
    MutexLock lock(mutex_);
    --open_[size_class];
    Entry* const entry = FindOrAdd(table, partition);
    entry->running = entry->merging_all = false;
    // A scrub that failed is told to who asked for it, and holds off no merge.
    Settle(entry, scrubbed ? absl::OkStatus() : status, new_damage);
  }
  if (new_damage) {
    Log(LogLevel::kError, "damaged SSTable is left out of merges",
        {{"table", table->id().value}, {"error", status}});
  }
  if (!status.ok() && !scrubbed && !table->dropped() &&
      !core_->activity.stopping()) {
    EngineCounters::Add(core_->counters.compactions_failed);
    core_->ReportBackgroundFailure(Annotate(status, "compaction"));
  }
  core_->reclaimer.Collect();
  for (DoneCallback& done : waiters) done(status);
  StartSome();
}

void CompactionManager::Settle(Entry* entry, const absl::Status& status,
                               bool new_damage) {
  if (entry->table->dropped()) {
    pending_bytes_.fetch_sub(entry->pending_bytes);
    entry->overlap = entry->pending_bytes = 0;
  } else {
    Refresh(entry);
  }
  // New damage is not waited for: the plan is another one now.
  if (status.ok() || new_damage) {
    entry->retry_ms = 0;
  } else {
    entry->retry_ms = NextRetryMs(entry->retry_ms);
    entry->not_before_ns =
        core_->world.clock->MonotonicNanos() + entry->retry_ms * kNanosPerMs;
  }
  EraseIfDone(entry);
}

void CompactionManager::RetryLater() {
  const bool waiting =
      std::any_of(entries_.begin(), entries_.end(), [](const auto& entry) {
        return !entry->running && entry->retry_ms > 0 && entry->overlap > 0;
      });
  if (!waiting || retry_timer_ || !core_->activity.Begin()) return;
  retry_timer_ = true;
  core_->world.foreground->PostAfter(std::chrono::milliseconds(kStopLookMs),
                                     [this] {
                                       {
                                         MutexLock lock(mutex_);
                                         retry_timer_ = false;
                                       }
                                       StartSome();
                                       core_->activity.End();
                                     });
}

}  // namespace rowan
