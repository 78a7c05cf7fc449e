// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/background/compaction_manager.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "storage/base/logging.h"
#include "storage/base/status_macros.h"
#include "storage/engine/background/partition_compaction.h"

namespace rowan {
namespace {

constexpr int64_t kRetryFirstMs = 1000;
constexpr int64_t kRetryMaxMs = 60'000;
// The longest that a timer keeps a stopping engine waiting.
constexpr int64_t kStopLookMs = 100;
constexpr int64_t kNanosPerMs = 1'000'000;

}  // namespace

struct CompactionManager::Run {
  Run(EngineCore* core, const std::shared_ptr<Table>& of_table,
      Partition* of_partition, DamagedFiles* damaged,
      std::vector<DoneCallback> asked)
      : table(of_table),
        partition(of_partition),
        waiters(std::move(asked)),
        job(core, of_table, of_partition, damaged,
            /*all=*/!waiters.empty()) {}

  const std::shared_ptr<Table> table;
  Partition* const partition;
  std::vector<DoneCallback> waiters;
  PartitionCompaction job;
};

CompactionManager::CompactionManager(EngineCore* core) : core_(core) {}

uint64_t CompactionManager::PendingBytes(const Partition& partition,
                                         const Schema& schema) const {
  return PlanCompaction(partition, schema, core_->world.clock->WallSeconds(),
                        damaged_)
      .input_bytes;
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
  pending_bytes_.fetch_add(plan.input_bytes - entry->pending_bytes);
  entry->pending_bytes = plan.input_bytes;
}

void CompactionManager::EraseIfDone(Entry* entry) {
  if (entry->running || !entry->all.empty() || entry->overlap != 0) return;
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
    FindOrAdd(table, partition)->all.push_back(std::move(done));
  }
  StartSome();
}

void CompactionManager::StartSome() {
  std::vector<std::shared_ptr<Run>> starts;
  std::vector<DoneCallback> refused;
  {
    MutexLock lock(mutex_);
    while (running_ < core_->options.compactions_max) {
      Entry* const next = MostUrgent();
      if (next == nullptr) break;
      if (!core_->activity.Begin()) {
        for (const auto& entry : entries_) {
          std::move(entry->all.begin(), entry->all.end(),
                    std::back_inserter(refused));
          entry->all.clear();
        }
        break;
      }
      next->running = true;
      ++running_;
      starts.push_back(std::make_shared<Run>(core_, next->table,
                                             next->partition, &damaged_,
                                             std::move(next->all)));
      next->all.clear();
    }
    RetryLater();
  }
  for (DoneCallback& done : refused) {
    done(absl::UnavailableError("the node is shutting down"));
  }
  for (auto& run : starts) {
    core_->world.background->Post(
        [this, run = std::move(run)]() mutable { Step(std::move(run)); });
  }
}

CompactionManager::Entry* CompactionManager::MostUrgent() {
  const int64_t now_ns = core_->world.clock->MonotonicNanos();
  Entry* best = nullptr;
  for (const auto& entry : entries_) {
    if (entry->running) continue;
    if (entry->all.empty() &&
        (entry->overlap == 0 || entry->not_before_ns > now_ns)) {
      continue;
    }
    // Who was asked for goes first, then the most overlapped: it costs readers
    // most.
    auto rank = [](const Entry& e) {
      return std::pair(!e.all.empty(), e.overlap);
    };
    if (best == nullptr || rank(*entry) > rank(*best)) best = entry.get();
  }
  return best;
}

void CompactionManager::Step(std::shared_ptr<Run> run) {
  absl::StatusOr<bool> finished =
      core_->activity.stopping()
          ? absl::UnavailableError("the node is shutting down")
          : run->job.Step();
  if (finished.ok() && !*finished) {
    core_->world.background->Post(
        [this, run = std::move(run)]() mutable { Step(std::move(run)); });
    return;
  }
  Finished(std::move(run), finished.status());
}

void CompactionManager::Finished(std::shared_ptr<Run> run,
                                 absl::Status status) {
  const std::shared_ptr<Table> table = run->table;
  if (table->dropped()) status = absl::CancelledError("the table was dropped");
  std::vector<DoneCallback> waiters = std::move(run->waiters);
  Partition* const partition = run->partition;
  const bool new_damage = absl::IsDataLoss(status) && run->job.RememberDamage();
  run.reset();  // its files and its view of them
  {
    MutexLock lock(mutex_);
    --running_;
    Entry* const entry = FindOrAdd(table, partition);
    entry->running = false;
    Settle(entry, status, new_damage);
  }
  if (new_damage) {
    Log(LogLevel::kError, "damaged SSTable is left out of merges",
        {{"table", table->id().value}, {"error", status}});
  }
  if (!status.ok() && !table->dropped() && !core_->activity.stopping()) {
    EngineCounters::Add(core_->counters.compactions_failed);
    core_->ReportBackgroundFailure(Annotate(status, "compaction"));
  }
  core_->reclaimer.Collect();
  for (DoneCallback& done : waiters) done(status);
  StartSome();
  core_->activity.End();
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
    entry->retry_ms =
        std::clamp(2 * entry->retry_ms, kRetryFirstMs, kRetryMaxMs);
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
