// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/log_replayer.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/epoch.h"
#include "storage/base/status_macros.h"
#include "storage/engine/background/partition_flush.h"
#include "storage/engine/engine.h"
#include "storage/engine/state/log_scope.h"
#include "storage/manifest/format.h"

namespace rowan {
namespace {

// A few milliseconds of inserting.
constexpr int64_t kBatchBytesMax = 256 << 10;
constexpr size_t kBatchesWaitingMax = 16;
// With a record of this size and more in it, a batch doesn't wait beside
// others.
constexpr size_t kHugeBatchBytes = 1 << 20;

// Batches that wait must stay small beside the memtables.
size_t BatchBytes(const EngineCore& core) {
  return static_cast<size_t>(
      std::clamp<int64_t>(core.budget.limit_bytes() / 256, 1, kBatchBytesMax));
}

}  // namespace

struct LogReplayer::Batch {
  struct Record {
    LogPosition position;
    size_t begin, size;  // in `bytes`
  };
  std::string_view BytesOf(const Record& record) const {
    return std::string_view(bytes).substr(record.begin, record.size);
  }
  std::vector<Record> records;
  std::string bytes;
};

LogReplayer::LogReplayer(EngineCore* core, LogPosition accepted)
    : core_(core),
      accepted_(accepted),
      batch_bytes_(BatchBytes(*core)),
      filling_(std::make_unique<Batch>()),
      work_(core->world.foreground, kBatchesWaitingMax) {}

LogReplayer::~LogReplayer() = default;

LogNeed LogReplayer::Need() const {
  LogNeed need{{UINT64_MAX}, {0}};
  for (const auto& table : core_->tables.All()) {
    for (const auto& partition : table->partitions()) {
      need.from = std::min(need.from, partition->flushed_to());
      need.known = std::max(need.known, partition->flushed_to());
    }
  }
  need.from = std::min(need.from, need.known);
  return need;
}

absl::Status LogReplayer::OnRecord(LogPosition position,
                                   std::string_view record) {
  if (filling_->bytes.size() >= batch_bytes_) {
    RETURN_IF_ERROR(SubmitBatch());
    RETURN_IF_ERROR(FlushWhatIsFull(position));
  }
  filling_->records.push_back(
      {position, filling_->bytes.size(), record.size()});
  filling_->bytes += record;
  return absl::OkStatus();
}

absl::Status LogReplayer::Finish() {
  RETURN_IF_ERROR(SubmitBatch());
  return work_.Drain();
}

absl::Status LogReplayer::SubmitBatch() {
  auto batch = std::exchange(filling_, std::make_unique<Batch>());
  const bool huge = batch->bytes.size() > kHugeBatchBytes;
  RETURN_IF_ERROR(work_.Add(
      [this, batch = std::move(batch)] { return InsertBatch(*batch); }));
  return huge ? work_.Drain() : absl::OkStatus();
}

absl::Status LogReplayer::InsertBatch(const Batch& batch) {
  struct Place {
    Token token;
    uint32_t record;
  };
  std::vector<Place> places;
  places.reserve(batch.records.size());
  for (const Batch::Record& record : batch.records) {
    MutationReader reader(batch.BytesOf(record));
    RETURN_IF_ERROR(reader.ReadHeader());
    places.push_back({reader.token(), static_cast<uint32_t>(places.size())});
  }
  // Neighbours in the memtable are inserted together: their misses overlap.
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return std::tie(a.token, a.record) < std::tie(b.token, b.record);
  });
  for (const Place& place : places) {
    const Batch::Record& record = batch.records[place.record];
    RETURN_IF_ERROR(InsertRecord(record.position, batch.BytesOf(record)));
  }
  return absl::OkStatus();
}

absl::Status LogReplayer::InsertRecord(LogPosition position,
                                       std::string_view record) {
  MutationReader reader(record);
  while (!reader.AtEnd()) {
    RETURN_IF_ERROR(reader.ReadHeader());
    const std::shared_ptr<Table> table = core_->tables.Find(reader.table());
    RETURN_IF_ERROR(InsertMutation(position, table.get(), &reader));
  }
  return absl::OkStatus();
}

absl::Status LogReplayer::InsertMutation(LogPosition position, Table* table,
                                         MutationReader* reader) {
  Partition* partition = table ? &table->PartitionOf(reader->token()) : nullptr;
  if (partition == nullptr || position < partition->flushed_to()) {
    skipped_.fetch_add(1, std::memory_order_relaxed);
    MutationPart part;
    while (reader->HasPart()) RETURN_IF_ERROR(reader->ReadPart(&part));
    return absl::OkStatus();
  }
  replayed_.fetch_add(1, std::memory_order_relaxed);
  EpochDomain::Guard guard(core_->epochs);
  MemtableSlot& slot = *partition->view()->active;
  slot.LowerFirst(position);
  // The end of the record is not known here; one past its start is enough to
  // tell it from the flushed position, which is always a record's start.
  slot.RaiseEnd({position.value + 1});
  const MutationReader begin = *reader;
  absl::Status status;
  do {  // ends: whoever holds the wide row inserts on a thread of its own
    *reader = begin;
    status = slot.memtable.Insert(reader);
  } while (Memtable::IsBusy(status));
  if (slot.memtable.memory_bytes() >
      core_->options.partition_memtable_bytes_max) {
    partition_full_.store(true, std::memory_order_relaxed);
  }
  return status;
}

absl::Status LogReplayer::FlushWhatIsFull(LogPosition position) {
  const int64_t half = core_->budget.limit_bytes() / 2;
  if (!partition_full_.load() && core_->budget.used_bytes() <= half) {
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(work_.Drain());
  partition_full_.store(false);
  for (const auto& table : core_->tables.All()) {
    for (const auto& partition : table->partitions()) {
      if (partition->HoldView()->active->memtable.memory_bytes() <=
          core_->options.partition_memtable_bytes_max) {
        continue;
      }
      RETURN_IF_ERROR(FlushNow(table, partition.get(), position));
    }
  }
  bool flushed = true;
  while (flushed && core_->budget.used_bytes() > half) {
    RETURN_IF_ERROR(FlushLargest(position, &flushed));
  }
  return absl::OkStatus();
}

absl::Status LogReplayer::FlushLargest(LogPosition position, bool* flushed) {
  std::shared_ptr<Table> largest_table;
  Partition* largest = nullptr;
  int64_t largest_bytes = 0, all_bytes = 0;
  for (const auto& each : core_->tables.All()) {
    for (const auto& one : each->partitions()) {
      const auto view = one->HoldView();
      if (view->active->memtable.empty()) continue;
      const int64_t held = view->active->memtable.memory_bytes();
      all_bytes += held;
      if (held <= largest_bytes) continue;
      largest_bytes = held;
      largest_table = each;
      largest = one.get();
    }
  }
  // Memtables without records can't be flushed: only the rest counts.
  *flushed = all_bytes > core_->budget.limit_bytes() / 2;
  if (!*flushed) return absl::OkStatus();
  return FlushNow(largest_table, largest, position);
}

absl::Status LogReplayer::FlushNow(const std::shared_ptr<Table>& table,
                                   Partition* partition, LogPosition position) {
  partition->Seal([position] { return position; });
  PartitionFlush flush(core_, table, partition, *partition->OldestSealed());
  for (;;) {
    ASSIGN_OR_RETURN(const bool finished, flush.Step());
    if (finished) break;
  }
  // The log has synced what it replays.
  RETURN_IF_ERROR(flush.Commit());
  core_->epochs.Collect();
  return absl::OkStatus();
}

absl::Status LogReplayer::FlushAll(LogPosition tail) {
  for (const auto& table : core_->tables.All()) {
    for (const auto& partition : table->partitions()) {
      if (partition->HoldView()->active->memtable.empty()) continue;
      RETURN_IF_ERROR(FlushNow(table, partition.get(), tail));
    }
  }
  return absl::OkStatus();
}

absl::Status LogReplayer::OnHole(const LogHole& hole) {
  if (core_->options.accept_data_loss || hole.to <= accepted_) {
    notes_.push_back(std::string(kDamagedNote) + hole.what + "; accepted");
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const uint64_t marked, MarkLost(hole));
  notes_.push_back(
      std::string(kDamagedNote) + hole.what +
      (marked == 0 ? "; no partition needs them any more"
                   : absl::StrCat("; reads of ", marked,
                                  " partitions answer DATA_LOSS until the node "
                                  "is started with --accept-data-loss")));
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> LogReplayer::MarkLost(const LogHole& hole) {
  uint64_t marked = 0;
  for (const auto& table : core_->tables.All()) {
    ManifestEdit edit;
    std::vector<Partition*> fresh;
    for (const auto& partition : table->partitions()) {
      if (partition->flushed_to() >= hole.to ||
          !LogScopeHolds(hole.scope, table->id(), partition->id())) {
        continue;
      }
      ++marked;
      if (!partition->lost().ok()) continue;
      ManifestEdit::PartitionEdit& part = edit.partitions.emplace_back();
      part.table = table->id();
      part.partition = partition->id();
      part.lost = hole.what.substr(0, manifest_format::kLostBytesMax);
      fresh.push_back(partition.get());
    }
    if (fresh.empty()) continue;
    RETURN_IF_ERROR(core_->manifest->Commit(*table, std::move(edit)));
    for (Partition* partition : fresh) partition->SetLost(hole.what);
  }
  return marked;
}

}  // namespace rowan
