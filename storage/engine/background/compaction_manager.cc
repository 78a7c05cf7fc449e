// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/background/compaction_manager.h"

#include <iterator>
#include <utility>

#include "storage/base/status_macros.h"
#include "storage/engine/background/partition_compaction.h"

namespace rowan {

struct CompactionManager::Run {
  Run(EngineCore* core, const std::shared_ptr<Table>& of_table,
      Partition* of_partition, std::vector<DoneCallback> asked)
      : table(of_table),
        partition(of_partition),
        waiters(std::move(asked)),
        job(core, of_table, of_partition, /*all=*/!waiters.empty()) {}

  const std::shared_ptr<Table> table;
  Partition* const partition;
  std::vector<DoneCallback> waiters;
  PartitionCompaction job;
};

CompactionManager::CompactionManager(EngineCore* core) : core_(core) {}

uint64_t CompactionManager::PendingBytes(const Partition& partition,
                                         const Schema& schema) const {
  return PlanCompaction(partition, schema, core_->world.clock->WallSeconds())
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
                     core_->world.clock->WallSeconds());
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
      starts.push_back(std::make_shared<Run>(
          core_, next->table, next->partition, std::move(next->all)));
      next->all.clear();
    }
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
  Entry* best = nullptr;
  for (const auto& entry : entries_) {
    if (entry->running) continue;
    if (entry->all.empty() && entry->overlap == 0) continue;
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
  run.reset();  // its files and its view of them
  {
    MutexLock lock(mutex_);
    --running_;
    Entry* const entry = FindOrAdd(table, partition);
    entry->running = false;
    if (status.ok()) {
      Refresh(entry);
    } else {
      pending_bytes_.fetch_sub(entry->pending_bytes);
      entry->overlap = entry->pending_bytes = 0;
    }
    EraseIfDone(entry);
  }
  if (!status.ok() && !table->dropped() && !core_->activity.stopping()) {
    core_->ReportBackgroundFailure(Annotate(status, "compaction"));
  }
  core_->reclaimer.Collect();
  for (DoneCallback& done : waiters) done(status);
  StartSome();
  core_->activity.End();
}

}  // namespace rowan
