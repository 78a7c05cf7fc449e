// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/log_replayer.h"

#include <algorithm>
#include <utility>

#include "storage/base/status_macros.h"
#include "storage/engine/background/partition_flush.h"
#include "storage/engine/state/log_scope.h"

namespace rowan {
namespace {

// Of a hole's description in the manifest; a path and numbers fit.
constexpr size_t kLostTextBytesMax = 1000;

}  // namespace

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
  MutationReader reader(record);
  while (!reader.AtEnd()) {
    RETURN_IF_ERROR(reader.ReadHeader());
    RETURN_IF_ERROR(Insert(position, &reader));
  }
  return absl::OkStatus();
}

absl::Status LogReplayer::Insert(LogPosition position, MutationReader* reader) {
  const std::shared_ptr<Table> table = core_->tables.Find(reader->table());
  Partition* partition = table ? &table->PartitionOf(reader->token()) : nullptr;
  if (partition == nullptr || position < partition->flushed_to()) {
    ++skipped_;
    MutationPart part;
    while (reader->HasPart()) RETURN_IF_ERROR(reader->ReadPart(&part));
    return absl::OkStatus();
  }
  ++replayed_;
  const auto view = partition->HoldView();
  MemtableSlot& slot = *view->active;
  if (slot.first_position.load() == MemtableSlot::kNoPosition) {
    slot.first_position.store(position.value);
  }
  RETURN_IF_ERROR(slot.memtable.Insert(reader));
  // The end of the record is not known here; one past its start is enough to
  // tell it from the flushed position, which is always a record's start.
  slot.end_position.store(position.value + 1);
  return FlushIfFull(table, partition, position);
}

absl::Status LogReplayer::FlushIfFull(const std::shared_ptr<Table>& table,
                                      Partition* partition,
                                      LogPosition position) {
  const auto bytes = partition->HoldView()->active->memtable.memory_bytes();
  if (bytes > core_->options.partition_memtable_bytes_max) {
    return FlushNow(table, partition, position);
  }
  if (core_->budget.used_bytes() <= core_->budget.limit_bytes() / 2) {
    return absl::OkStatus();
  }
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
  if (all_bytes <= core_->budget.limit_bytes() / 2) return absl::OkStatus();
  return FlushNow(largest_table, largest, position);
}

absl::Status LogReplayer::FlushNow(const std::shared_ptr<Table>& table,
                                   Partition* partition, LogPosition position) {
  // The record at `position` may hold more mutations of this partition: it is
  // kept below the line and replayed again if it comes to that.
  partition->Seal([position] { return position; });
  PartitionFlush flush(core_, table, partition, *partition->OldestSealed());
  for (;;) {
    ASSIGN_OR_RETURN(const bool finished, flush.Step());
    if (finished) break;
  }
  core_->epochs.Collect();
  return absl::OkStatus();
}

absl::Status LogReplayer::OnHole(const LogHole& hole) {
  if (core_->options.accept_data_loss || hole.to <= accepted_) {
    notes_.push_back(absl::StrCat("damaged: ", hole.what, "; accepted"));
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const uint64_t marked, MarkLost(hole));
  notes_.push_back(absl::StrCat(
      "damaged: ", hole.what,
      marked == 0 ? "; all of them are in SSTables"
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
      part.lost = hole.what.substr(0, kLostTextBytesMax);
      fresh.push_back(partition.get());
    }
    if (fresh.empty()) continue;
    RETURN_IF_ERROR(core_->manifest->Commit(*table, std::move(edit)));
    for (Partition* partition : fresh) partition->SetLost(hole.what);
  }
  return marked;
}

}  // namespace rowan
