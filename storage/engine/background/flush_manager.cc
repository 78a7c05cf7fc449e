// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/background/flush_manager.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "storage/base/status_macros.h"
#include "storage/engine/background/retry_delay.h"

namespace rowan {
namespace {

// A look at all partitions that found nothing to flush holds until the memory
// in use has changed by this part of the limit, or a flush has ended.
constexpr int64_t kLookShare = 64;

}  // namespace

FlushManager::FlushManager(EngineCore* core, CompactionManager* compactions)
    : core_(core),
      compactions_(compactions),
      rewriter_(core, [this] { PinsGone(); }) {}

FlushManager::Entry* FlushManager::Find(const Partition* partition) {
  for (const auto& entry : entries_) {
    if (entry->partition == partition) return entry.get();
  }
  return nullptr;
}

void FlushManager::Request(const std::shared_ptr<Table>& table,
                           Partition* partition, DoneCallback done) {
  const uint64_t ticket =
      partition->Seal([this] { return core_->log->Tail(); });
  bool already = false;
  {
    MutexLock lock(mutex_);
    already = partition->flushed_count() >= ticket;
    if (!already) {
      Entry* entry = Find(partition);
      if (entry == nullptr) {
        entries_.push_back(std::make_unique<Entry>());
        entry = entries_.back().get();
        entry->table = table;
        entry->partition = partition;
      }
      if (done) entry->waiters.push_back({ticket, std::move(done)});
    }
  }
  if (already) {
    if (done) done(absl::OkStatus());
    return;
  }
  StartSome();
}

void FlushManager::StartSome() {
  std::vector<std::shared_ptr<PartitionFlush>> starts;
  std::vector<Waiter> refused;
  {
    MutexLock lock(mutex_);
    // Published before the pins are read: who drops the last pin afterwards
    // sees it and calls PinsGone, who dropped it before is seen here.
    waiting_for_pins_.store(1);
    bool waiting = false;
    for (const auto& entry : entries_) {
      if (running_.load() >= core_->options.flushes_max) break;
      if (entry->running || entry->retry_ms < 0) continue;
      std::optional<Partition::Sealed> sealed =
          entry->partition->OldestSealed();
      if (!sealed) continue;
      if (sealed->slot->pins.load() != 0) {
        waiting = true;
        continue;
      }
      if (!core_->activity.Begin()) break;
      entry->running = true;
      running_.fetch_add(1);
      starts.push_back(std::make_shared<PartitionFlush>(
          core_, entry->table, entry->partition, *std::move(sealed)));
    }
    if (!waiting) waiting_for_pins_.store(0);
    if (core_->activity.stopping()) refused = TakeIdleWaiters();
  }
  for (Waiter& waiter : refused) {
    waiter.done(absl::UnavailableError("the node is shutting down"));
  }
  for (auto& flush : starts) {
    core_->world.background->Post(
        [this, flush = std::move(flush)]() mutable { Step(std::move(flush)); });
  }
}

std::vector<FlushManager::Waiter> FlushManager::TakeIdleWaiters() {
  std::vector<Waiter> idle;
  for (const auto& entry : entries_) {
    if (entry->running) continue;
    std::move(entry->waiters.begin(), entry->waiters.end(),
              std::back_inserter(idle));
    entry->waiters.clear();
  }
  return idle;
}

void FlushManager::PinsGone() {
  if (waiting_for_pins_.load() != 0) StartSome();
}

TaskCounts FlushManager::tasks() const {
  MutexLock lock(mutex_);
  const auto running = static_cast<uint64_t>(running_.load());
  return {running, entries_.size() - running};
}

void FlushManager::Step(std::shared_ptr<PartitionFlush> flush) {
  absl::StatusOr<bool> finished =
      core_->activity.stopping()
          ? absl::UnavailableError("the node is shutting down")
          : flush->Step();
  if (finished.ok() && !*finished) {
    core_->world.background->Post(
        [this, flush = std::move(flush)]() mutable { Step(std::move(flush)); });
    return;
  }
  if (!finished.ok()) return Finished(std::move(flush), finished.status());
  const LogPosition flushed_to = flush->flushed_to();
  core_->log->WhenDurable(flushed_to, [this, flush = std::move(flush)](
                                          const absl::Status& durable) mutable {
    core_->world.background->Post(
        [this, flush = std::move(flush), durable]() mutable {
          const absl::Status status = durable.ok() ? flush->Commit() : durable;
          Finished(std::move(flush), status);
        });
  });
}

void FlushManager::Finished(std::shared_ptr<PartitionFlush> flush,
                            absl::Status status) {
  std::shared_ptr<Table> table = flush->table();
  Partition* const partition = flush->partition();
  if (table->dropped()) status = absl::CancelledError("the table was dropped");
  flush.reset();
  std::vector<Waiter> answered;
  int64_t retry_ms = 0;
  {
    MutexLock lock(mutex_);
    Entry* entry = Find(partition);
    entry->running = false;
    running_.fetch_sub(1);
    answered = TakeAnswered(entry, status);
    if (status.ok()) entry->retry_ms = 0;
    if (!status.ok() && !table->dropped()) {
      retry_ms = NextRetryMs(entry->retry_ms);
      entry->retry_ms = -retry_ms;
    } else if (table->dropped() || !partition->OldestSealed()) {
      std::erase_if(entries_, [&](const auto& e) { return e.get() == entry; });
    } else {
      // Its next memtable waits behind the other partitions.
      const auto at =
          std::find_if(entries_.begin(), entries_.end(),
                       [entry](const auto& e) { return e.get() == entry; });
      std::rotate(at, std::next(at), entries_.end());
    }
  }
  looked_at_bytes_.store(0);
  log_flush_requested_.store(false);
  if (status.ok()) {
    ReleaseLog();
    core_->reclaimer.Collect();
    compactions_->Consider(table, partition);
  } else if (retry_ms != 0 && !core_->activity.stopping()) {
    EngineCounters::Add(core_->counters.flushes_failed);
    core_->ReportBackgroundFailure(Annotate(status, "flush"));
    RetryLater(retry_ms, partition);
  }
  for (Waiter& waiter : answered) waiter.done(status);
  StartSome();
  MaybeFlush();
  // Tables must be let go before the engine may end.
  answered.clear();
  table.reset();
  core_->activity.End();
}

std::vector<FlushManager::Waiter> FlushManager::TakeAnswered(
    Entry* entry, const absl::Status& status) {
  const uint64_t flushed = entry->partition->flushed_count();
  const auto first = std::partition(
      entry->waiters.begin(), entry->waiters.end(), [&](const Waiter& waiter) {
        return status.ok() && waiter.ticket > flushed;
      });
  std::vector<Waiter> answered(std::make_move_iterator(first),
                               std::make_move_iterator(entry->waiters.end()));
  entry->waiters.erase(first, entry->waiters.end());
  return answered;
}

void FlushManager::RetryLater(int64_t delay_ms, const Partition* partition) {
  if (!core_->activity.Begin()) return;
  const int64_t wait_ms = std::min(delay_ms, kStopLookMs);
  core_->world.foreground->PostAfter(
      std::chrono::milliseconds(wait_ms),
      [this, left_ms = delay_ms - wait_ms, partition] {
        if (left_ms > 0 && !core_->activity.stopping()) {
          RetryLater(left_ms, partition);
        } else {
          {
            MutexLock lock(mutex_);
            if (Entry* entry = Find(partition)) {
              entry->retry_ms = -entry->retry_ms;
            }
          }
          StartSome();
        }
        core_->activity.End();
      });
}

void FlushManager::MaybeFlush() {
  if (running_.load() >= core_->options.flushes_max) return;
  const int64_t used = core_->budget.used_bytes();
  const int64_t limit = core_->budget.limit_bytes();
  if (used > limit / 2 &&
      std::abs(used - looked_at_bytes_.load()) >= limit / kLookShare) {
    FlushLargest();
  }
  if (core_->log->BytesInUse() > core_->options.log_bytes_max &&
      !log_flush_requested_.load()) {
    FlushOldest();
  }
}

void FlushManager::FlushLargest() {
  std::shared_ptr<Table> largest_table;
  Partition* largest = nullptr;
  int64_t largest_bytes = 0, active_bytes = 0;
  for (const auto& table : core_->tables.All()) {
    EpochDomain::Guard guard(core_->epochs);
    for (const auto& partition : table->partitions()) {
      const Memtable& active = partition->view()->active->memtable;
      if (active.empty()) continue;
      const int64_t bytes = active.memory_bytes();
      active_bytes += bytes;
      if (bytes > largest_bytes) {
        largest_bytes = bytes;
        largest = partition.get();
        largest_table = table;
      }
    }
  }
  // What is sealed is on its way already: only the rest counts.
  if (largest != nullptr && active_bytes > core_->budget.limit_bytes() / 2) {
    Request(largest_table, largest, nullptr);
  } else {
    looked_at_bytes_.store(core_->budget.used_bytes());
  }
}

void FlushManager::FlushOldest() {
  if (rewriter_.running()) return;  // its end looks again
  std::shared_ptr<Table> oldest_table;
  Partition* oldest = nullptr;
  uint64_t oldest_position = MemtableSlot::kNoPosition;
  for (const auto& table : core_->tables.All()) {
    for (const auto& partition : table->partitions()) {
      const uint64_t first = partition->FirstNeededPosition();
      if (first < oldest_position) {
        oldest_position = first;
        oldest = partition.get();
        oldest_table = table;
      }
    }
  }
  if (oldest == nullptr) return ReleaseLog();
  // One at a time, and not what is on its way already: its end frees the log
  // and looks again.
  log_flush_requested_.store(true);
  if (oldest->OldestSealed()) {
    // Of a dropped table, whose flush may have ended already, none will.
    if (oldest_table->dropped()) log_flush_requested_.store(false);
    return;
  }
  const bool rewriting =
      rewriter_.Start(oldest_table, oldest,
                      [this, oldest_table, oldest](const absl::Status& status) {
                        Rewritten(oldest_table, oldest, status);
                      });
  if (rewriting) return;
  Request(oldest_table, oldest, nullptr);
  if (!oldest->OldestSealed()) log_flush_requested_.store(false);
}

void FlushManager::Rewritten(const std::shared_ptr<Table>& table,
                             Partition* partition, const absl::Status& status) {
  log_flush_requested_.store(false);
  if (core_->activity.stopping()) return;
  if (status.ok()) {
    ReleaseLog();
  } else if (!table->dropped()) {
    Request(table, partition, nullptr);
  }
  MaybeFlush();
}

void FlushManager::ReleaseLog() {
  // The tail is read first: a record appended later than that, by a writer that
  // a partition doesn't show yet, is above it.
  uint64_t head = core_->log->Tail().value;
  for (const auto& table : core_->tables.All()) {
    for (const auto& partition : table->partitions()) {
      head = std::min(head, partition->FirstNeededPosition());
    }
  }
  core_->log->Release(LogPosition{head});
}

}  // namespace rowan
