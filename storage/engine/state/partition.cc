// SPDX-License-Identifier: Apache-2.0
#include "storage/engine/state/partition.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/base/check.h"
#include "storage/manifest/format.h"

namespace rowan {

Partition::Partition(TableId table, PartitionId id, MemoryBudget* budget,
                     EpochDomain* epochs)
    : table_(table), id_(id), budget_(budget), epochs_(epochs) {
  current_ = std::make_shared<PartitionView>();
  current_->active = std::make_shared<MemtableSlot>(id, budget);
  view_.store(current_.get());
}

Partition::~Partition() = default;

std::shared_ptr<const PartitionView> Partition::HoldView() const {
  EpochDomain::Guard guard(*epochs_);
  return view()->shared_from_this();
}

MemtableSlot* Partition::Pin(const MutationLog& log, bool* last_gone) {
  EpochDomain::Guard guard(*epochs_);
  for (;;) {
    MemtableSlot* slot = view_.load()->active.get();
    slot->pins.fetch_add(1);
    if (view_.load()->active.get() != slot) {
      if (Unpin(slot)) *last_gone = true;  // sealed meanwhile: once more
      continue;
    }
    uint64_t none = MemtableSlot::kNoPosition;
    if (slot->first_position.load() == none) {
      slot->first_position.compare_exchange_strong(none, log.Tail().value);
    }
    return slot;
  }
}

bool Partition::IsActive(const MemtableSlot* slot) const {
  EpochDomain::Guard guard(*epochs_);
  return view()->active.get() == slot;
}

uint64_t Partition::Seal(absl::FunctionRef<LogPosition()> tail) {
  MutexLock lock(mutex_);
  MemtableSlot* old = current_->active.get();
  if (old->memtable.empty() && old->pins.load() == 0) return sealed_count_;
  auto next = std::make_shared<PartitionView>();
  next->active = std::make_shared<MemtableSlot>(id_, budget_);
  next->flushing = current_->flushing;
  next->flushing.insert(next->flushing.begin(), current_->active);
  next->sstables = current_->sstables;
  // Read before the new memtable is public: all of its records lie at or after
  // it. Those of the old one below it are inserted before the last pin is gone.
  sealed_.push_back({current_->active, tail()});
  Publish(std::move(next));
  return ++sealed_count_;
}

uint64_t Partition::flushed_count() const {
  MutexLock lock(mutex_);
  return flushed_count_;
}

std::optional<Partition::Sealed> Partition::OldestSealed() const {
  MutexLock lock(mutex_);
  if (sealed_.empty()) return std::nullopt;
  return Sealed{sealed_.front().slot, sealed_.front().flushed_to};
}

void Partition::FlushCommitted(std::shared_ptr<SSTable> file,
                               LogPosition flushed_to) {
  MutexLock lock(mutex_);
  ROWAN_CHECK(!sealed_.empty() && !current_->flushing.empty());
  ROWAN_CHECK(current_->flushing.back() == sealed_.front().slot);
  auto next = std::make_shared<PartitionView>();
  next->active = current_->active;
  next->flushing = current_->flushing;
  next->flushing.pop_back();
  next->sstables = current_->sstables;
  if (file) next->sstables.insert(next->sstables.begin(), std::move(file));
  sealed_.erase(sealed_.begin());
  flushed_to_.store(std::max(flushed_to_.load(), flushed_to.value));
  ++flushed_count_;
  Publish(std::move(next));
}

void Partition::CompactionCommitted(
    std::span<const FileId> removed,
    std::span<const std::shared_ptr<SSTable>> added) {
  MutexLock lock(mutex_);
  auto next = std::make_shared<PartitionView>();
  next->active = current_->active;
  next->flushing = current_->flushing;
  bool placed = false;
  for (const auto& file : current_->sstables) {
    const bool gone = std::find(removed.begin(), removed.end(),
                                file->statistics().file) != removed.end();
    if (!gone) {
      next->sstables.push_back(file);
    } else if (!placed) {
      next->sstables.insert(next->sstables.end(), added.begin(), added.end());
      placed = true;
    }
  }
  Publish(std::move(next));
}

void Partition::Restore(std::vector<std::shared_ptr<SSTable>> sstables,
                        LogPosition flushed_to) {
  MutexLock lock(mutex_);
  auto next = std::make_shared<PartitionView>();
  next->active = current_->active;
  next->sstables = std::move(sstables);
  flushed_to_.store(flushed_to.value);
  Publish(std::move(next));
}

void Partition::SetLost(std::string_view how) {
  how = how.substr(0, manifest_format::kLostBytesMax);
  lost_how_ = std::string(how);
  lost_ = how.empty()
              ? absl::OkStatus()
              : absl::DataLossError(absl::StrCat(
                    "partition ", static_cast<int>(id_.prefix_length), ":",
                    id_.prefix_bits, " of table ", table_.value,
                    " may have lost records of the commit log: ",
                    absl::string_view(how.data(), how.size()),
                    "; to read what is left, restart the node once with "
                    "--accept-data-loss"));
}

uint64_t Partition::FirstNeededPosition() const {
  MutexLock lock(mutex_);
  uint64_t first = MemtableSlot::kNoPosition;
  auto consider = [&first](const MemtableSlot& slot) {
    // Pins first: a writer inserts before it lets go. An append that failed
    // leaves a first position behind, but nothing that needs it.
    if (slot.pins.load() == 0 && slot.memtable.empty()) return;
    first = std::min(first, slot.first_position.load());
  };
  consider(*current_->active);
  for (const auto& slot : current_->flushing) consider(*slot);
  return first;
}

void Partition::Publish(std::shared_ptr<PartitionView> next) {
  std::vector<LostRanges::OfFile> lossy;
  for (const auto& file : next->sstables) {
    if (file->losses().empty()) continue;
    lossy.push_back({&file->schema(), file->losses()});
  }
  next->lost = LostRanges::Of(lossy);
  auto old = std::exchange(current_, std::move(next));
  view_.store(current_.get());
  epochs_->Retire([old = std::move(old)]() mutable { old.reset(); });
}

}  // namespace rowan
