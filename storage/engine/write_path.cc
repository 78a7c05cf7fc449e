// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/write_path.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "storage/base/check.h"
#include "storage/base/status_macros.h"
#include "storage/engine/state/log_scope.h"
#include "storage/engine/write_refusal.h"

namespace rowan {
namespace {

// What a mutation takes in a memtable beyond its encoded bytes: an entry, a
// delta and their links.
constexpr uint64_t kMemtableOverheadBytes = 128;

}  // namespace

// One record on its way, from admission to the answer.
struct WritePath::PendingWrite : LogAppend {
  struct Target {
    std::shared_ptr<Table> table;
    Partition* partition = nullptr;
    MemtableSlot* slot = nullptr;  // pinned
  };

  std::span<const Mutation> mutations;
  absl::InlinedVector<Target, 1> targets;  // one per mutation
  size_t encoded_bytes = 0;
  uint64_t reserved_bytes = 0;
  size_t inserted = 0;  // targets whose mutation is in its memtable
  std::string kept;     // the record, when the log's buffer was given back
  MemtableSlot* rewritten = nullptr;  // whose contents these are
  DoneCallback done;
};

WritePath::WritePath(EngineCore* core, FlushManager* flushes,
                     DiskWatch* disk_watch)
    : core_(core),
      flushes_(flushes),
      disk_watch_(disk_watch),
      admission_(&core->budget, core->world.foreground, &core->activity,
                 core->options.write_queue_bytes_max) {
  flushes->SetAppender(this);
}

void WritePath::Write(std::span<const Mutation> mutations, DoneCallback done) {
  if (!core_->activity.Begin()) {
    done(absl::UnavailableError("the node is shutting down"));
    return;
  }
  EngineCounters::Add(core_->counters.writes);
  auto write = std::make_unique<PendingWrite>();
  write->mutations = mutations;
  write->done = std::move(done);
  absl::Status status = Resolve(write.get());
  if (status.ok()) status = WriteRefusal(*core_, mutations);
  if (!status.ok()) {
    if (absl::IsResourceExhausted(status)) {
      EngineCounters::Add(core_->counters.writes_refused);
    }
    Complete(std::move(write), status);
    return;
  }
  disk_watch_->OnWrite();
  write->reserved_bytes =
      write->encoded_bytes + kMemtableOverheadBytes * mutations.size();
  if (admission_.TryAdmit(write->reserved_bytes)) {
    Append(std::move(write));
    return;
  }
  EngineCounters::Add(core_->counters.writes_delayed);
  flushes_->MaybeFlush();
  const uint64_t bytes = write->reserved_bytes;
  admission_.Queue(
      bytes, [this, write = std::move(write)](absl::Status status) mutable {
        if (status.ok()) {
          Append(std::move(write));
          return;
        }
        if (absl::IsResourceExhausted(status)) {
          EngineCounters::Add(core_->counters.writes_refused);
        }
        write->reserved_bytes = 0;
        Complete(std::move(write), status);
      });
}

absl::Status WritePath::Resolve(PendingWrite* write) const {
  write->scope = 0;
  for (const Mutation& mutation : write->mutations) {
    std::shared_ptr<Table> table = core_->tables.Find(mutation.table);
    if (!table) {
      return absl::NotFoundError(absl::StrCat("no table with id ",
                                              mutation.table.value,
                                              "; it was dropped or truncated"));
    }
    Partition* partition = &table->PartitionOf(mutation.token);
    write->targets.push_back({std::move(table), partition, nullptr});
    write->scope |= LogScopeOf(mutation.table, mutation.token);
    write->encoded_bytes += EncodedMutationSize(mutation);
  }
  const size_t limit = core_->log->RecordSizeMax();
  if (write->encoded_bytes > limit) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the write takes ", write->encoded_bytes,
        " bytes in the commit log, the limit is ", limit, "; split it"));
  }
  return absl::OkStatus();
}

void WritePath::AppendAgain(MemtableSlot* slot,
                            std::span<const Mutation> mutations,
                            DoneCallback done) {
  if (!core_->activity.Begin()) {
    done(absl::UnavailableError("the node is shutting down"));
    return;
  }
  auto write = std::make_unique<PendingWrite>();
  write->mutations = mutations;
  write->done = std::move(done);
  write->rewritten = slot;
  write->scope = 0;
  for (const Mutation& mutation : mutations) {
    write->scope |= LogScopeOf(mutation.table, mutation.token);
    write->encoded_bytes += EncodedMutationSize(mutation);
  }
  Append(std::move(write));
}

void WritePath::Append(std::unique_ptr<PendingWrite> write) {
  bool last_gone = false;
  for (PendingWrite::Target& target : write->targets) {
    target.slot = target.partition->Pin(*core_->log, &last_gone);
  }
  if (last_gone) flushes_->PinsGone();
  const auto encode = [&write](std::span<char> out) {
    char* to = out.data();
    for (const Mutation& mutation : write->mutations) {
      to = EncodeMutation(mutation, to);
    }
    ROWAN_CHECK(to == out.data() + out.size());
  };
  // Once appended the write belongs to the log's list, and may be completed
  // before Append returns.
  PendingWrite* const raw = write.get();
  const absl::Status status =
      core_->log->Append(raw->encoded_bytes, encode, raw);
  if (status.ok()) {
    (void)write.release();
  } else {
    if (absl::IsResourceExhausted(status)) {
      EngineCounters::Add(core_->counters.writes_refused);
    }
    Complete(std::move(write),
             absl::IsUnavailable(status) ? ReadOnlyError() : status);
  }
}

void WritePath::OnDurable(LogAppend* first, const absl::Status& status) {
  std::vector<PendingWrite*> batch;
  for (LogAppend* append = first; append != nullptr; append = append->next) {
    batch.push_back(static_cast<PendingWrite*>(append));
  }
  if (!status.ok()) {
    for (PendingWrite* write : batch) {
      Complete(std::unique_ptr<PendingWrite>(write), OutcomeUnknownError());
    }
    return;
  }
  // Neighbours in the memtable are inserted together: their misses overlap.
  std::stable_sort(batch.begin(), batch.end(),
                   [](const PendingWrite* a, const PendingWrite* b) {
                     return a->mutations[0].token < b->mutations[0].token;
                   });
  for (PendingWrite* raw : batch) {
    std::unique_ptr<PendingWrite> write(raw);
    absl::Status inserted;
    if (Insert(write.get(), &inserted)) {
      Complete(std::move(write), inserted);
    } else {
      write->kept = std::string(write->record);
      write->record = write->kept;
      InsertLater(std::move(write));
    }
  }
  flushes_->MaybeFlush();
}

bool WritePath::Insert(PendingWrite* write, absl::Status* status) {
  MutationReader reader(write->record);
  for (size_t i = 0; i < write->targets.size(); ++i) {
    *status = reader.ReadHeader();
    if (!status->ok()) return true;
    if (i < write->inserted) {
      MutationPart part;
      while (reader.HasPart()) {
        *status = reader.ReadPart(&part);
        if (!status->ok()) return true;
      }
      continue;
    }
    MemtableSlot* slot = write->targets[i].slot;
    *status = slot->memtable.Insert(&reader);
    if (Memtable::IsBusy(*status)) return false;
    if (!status->ok()) return true;
    slot->RaiseEnd({write->position.value + write->encoded_bytes});
    write->inserted = i + 1;
  }
  return true;
}

void WritePath::InsertLater(std::unique_ptr<PendingWrite> write) {
  core_->world.foreground->Post([this, write = std::move(write)]() mutable {
    absl::Status status;
    if (Insert(write.get(), &status)) {
      Complete(std::move(write), status);
    } else {
      InsertLater(std::move(write));
    }
  });
}

void WritePath::Complete(std::unique_ptr<PendingWrite> write,
                         const absl::Status& status) {
  if (write->rewritten != nullptr) {
    // Also after an error: the record may be on the disk.
    write->rewritten->RaiseEnd({write->position.value + write->encoded_bytes});
  }
  bool last_gone = false;
  for (PendingWrite::Target& target : write->targets) {
    if (target.slot == nullptr) continue;
    // Only who finds it active switches it: all of a chunk's writers may find
    // it full.
    if (target.slot->memtable.memory_bytes() >
            core_->options.partition_memtable_bytes_max &&
        target.partition->IsActive(target.slot)) {
      flushes_->Request(target.table, target.partition, nullptr);
    }
    if (Partition::Unpin(target.slot)) last_gone = true;
  }
  if (last_gone) flushes_->PinsGone();
  admission_.Finish(write->reserved_bytes);
  DoneCallback done = std::move(write->done);
  write.reset();
  done(status);
  core_->activity.End();
}

}  // namespace rowan
