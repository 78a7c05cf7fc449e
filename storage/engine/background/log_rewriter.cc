// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/background/log_rewriter.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "storage/engine/background/memtable_mutations.h"

namespace rowan {
namespace {

// A cold memtable has no writers; one that has them at every look is not cold.
constexpr int kLooksMax = 16;
constexpr std::chrono::milliseconds kLookEvery{1};

}  // namespace

struct LogRewriter::Rewrite {
  Rewrite(const std::shared_ptr<Table>& of_table,
          std::shared_ptr<MemtableSlot> of_slot, DoneCallback when_done)
      : table(of_table),
        slot(std::move(of_slot)),
        contents(&slot->memtable, table->id()),
        done(std::move(when_done)) {}

  const std::shared_ptr<Table> table;
  const std::shared_ptr<MemtableSlot> slot;  // pinned
  MemtableMutations contents;
  DoneCallback done;
  int looks = 0;
  LogPosition tail;
  std::vector<Mutation> record;  // under way
  size_t record_bytes = 0;
};

bool LogRewriter::Start(const std::shared_ptr<Table>& table,
                        Partition* partition, DoneCallback done) {
  std::shared_ptr<MemtableSlot> slot = partition->HoldView()->active;
  if (slot->memtable.memory_bytes() > kBytesMax ||
      slot->rewrites.load() >= kRewritesMax) {
    return false;
  }
  if (running_.exchange(true)) return false;
  if (!core_->activity.Begin()) {
    running_.store(false);
    return false;
  }
  slot->pins.fetch_add(1);
  auto rewrite =
      std::make_shared<Rewrite>(table, std::move(slot), std::move(done));
  const bool sealed = !partition->IsActive(rewrite->slot.get());
  core_->world.background->Post(
      [this, rewrite = std::move(rewrite), sealed]() mutable {
        if (sealed) {  // lost the race against a flush
          Finish(std::move(rewrite),
                 absl::AbortedError("the memtable is being flushed"));
        } else {
          AwaitWriters(std::move(rewrite));
        }
      });
  return true;
}

void LogRewriter::AwaitWriters(std::shared_ptr<Rewrite> rewrite) {
  rewrite->tail = core_->log->Tail();
  // The pins are read behind the tail: see the README.
  if (rewrite->slot->pins.load() == 1) {
    Step(std::move(rewrite));
    return;
  }
  if (++rewrite->looks == kLooksMax || core_->activity.stopping()) {
    Finish(std::move(rewrite), absl::UnavailableError("writers are busy"));
    return;
  }
  core_->world.background->PostAfter(
      kLookEvery, [this, rewrite = std::move(rewrite)]() mutable {
        AwaitWriters(std::move(rewrite));
      });
}

void LogRewriter::Step(std::shared_ptr<Rewrite> rewrite) {
  if (core_->activity.stopping() || rewrite->table->dropped()) {
    Finish(std::move(rewrite), absl::CancelledError("stopped or dropped"));
    return;
  }
  auto record = rewrite->contents.Next(
      std::min(kRecordBytes, core_->log->RecordSizeMax()));
  if (!record.ok()) return Finish(std::move(rewrite), record.status());
  if (record->empty()) return Finish(std::move(rewrite), absl::OkStatus());
  rewrite->record = *std::move(record);
  rewrite->record_bytes = 0;
  for (const Mutation& mutation : rewrite->record) {
    rewrite->record_bytes += EncodedMutationSize(mutation);
  }
  Rewrite* const raw = rewrite.get();
  appender_->AppendAgain(
      raw->slot.get(), raw->record,
      [this, rewrite = std::move(rewrite)](absl::Status status) mutable {
        if (status.ok()) {
          EngineCounters::Add(core_->counters.log_rewrite_bytes,
                              rewrite->record_bytes);
        }
        core_->world.background->Post(
            [this, rewrite = std::move(rewrite), status]() mutable {
              if (status.ok()) {
                Step(std::move(rewrite));
              } else {
                Finish(std::move(rewrite), status);
              }
            });
      });
}

void LogRewriter::Finish(std::shared_ptr<Rewrite> rewrite,
                         const absl::Status& status) {
  if (status.ok()) {
    rewrite->slot->first_position.store(rewrite->tail.value);
    rewrite->slot->rewrites.fetch_add(1);
    EngineCounters::Add(core_->counters.log_rewrites);
  }
  if (Partition::Unpin(rewrite->slot.get())) pins_gone_();
  running_.store(false);
  DoneCallback done = std::move(rewrite->done);
  // Tables must be let go before the engine may end.
  rewrite.reset();
  done(status);
  done = nullptr;
  core_->activity.End();
}

}  // namespace rowan
