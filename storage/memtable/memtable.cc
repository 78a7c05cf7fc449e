// SPDX-License-Identifier: Apache-2.0
#include "storage/memtable/memtable.h"

#include <limits>

#include "storage/base/status_macros.h"
#include "storage/memtable/arena.h"
#include "storage/memtable/memtable_iterator.h"
#include "storage/memtable/range_cache.h"
#include "storage/memtable/wide_row_list.h"
#include "storage/model/key_codec.h"
#include "storage/model/row_summary.h"

namespace rowan {
namespace {

absl::Status CheckPart(const MutationPart& part, RowSummary* summary) {
  switch (part.kind) {
    case MutationPart::Kind::kWideRowDeletion:
      summary->AddDeletion(part.deletion);
      return absl::OkStatus();
    case MutationPart::Kind::kRangeTombstone:
      if (!IsBound(part.start) || !IsBound(part.end)) {
        return absl::DataLossError("range tombstone without bounds");
      }
      summary->AddDeletion(part.deletion);
      return absl::OkStatus();
    case MutationPart::Kind::kRow:
      if (part.start.empty() || IsBound(part.start)) {
        return absl::DataLossError("row at a bound");
      }
      return summary->AddRowImage(part.row_image);
    case MutationPart::Kind::kStaticRow:
      return summary->AddRowImage(part.row_image);
  }
  return absl::DataLossError("mutation part of unknown kind");
}

// Reads `reader` to the end of its mutation. After this nothing about the
// mutation can fail.
absl::Status CheckParts(MutationReader* reader, RowSummary* summary) {
  MutationPart part;
  while (reader->HasPart()) {
    RETURN_IF_ERROR(reader->ReadPart(&part));
    RETURN_IF_ERROR(CheckPart(part, summary));
  }
  return absl::OkStatus();
}

void LowerTo(int64_t value, std::atomic<int64_t>* minimum) {
  int64_t seen = minimum->load(std::memory_order_relaxed);
  while (value < seen && !minimum->compare_exchange_weak(
                             seen, value, std::memory_order_relaxed)) {
  }
}

}  // namespace

struct Memtable::Impl {
  Impl(PartitionId partition, MemoryBudget* memory_budget,
       uint32_t kept_ranges_min)
      : budget(memory_budget),
        arena(budget),
        wide_rows(partition, &arena),
        range_cache(budget, kept_ranges_min) {}

  // Applies the mutation as a whole to its wide row, old or new.
  absl::Status Apply(const MutationReader& mutation, uint64_t* new_rows);
  absl::Status ApplyTo(WideRow* wide_row, const MutationReader& mutation,
                       uint64_t* new_rows);

  MemoryBudget* const budget;
  Arena arena;
  WideRowList wide_rows;
  RangeCache range_cache;
  std::atomic<uint64_t> rows{0};
  std::atomic<int64_t> min_timestamp{std::numeric_limits<int64_t>::max()};
};

absl::Status Memtable::Impl::Apply(const MutationReader& mutation,
                                   uint64_t* new_rows) {
  const WideRowList::Place place =
      wide_rows.FindPlace(mutation.token(), mutation.partition_key());
  if (place.found) return ApplyTo(place.at, mutation, new_rows);
  // Filled before it is linked: nobody sees a wide row without its content.
  WideRow* const made =
      wide_rows.Create(mutation.token(), mutation.partition_key());
  *new_rows = made->Apply(mutation, &arena);
  WideRow* const linked = wide_rows.Link(made, place);
  if (linked == made) return absl::OkStatus();
  // Another thread linked this key meanwhile; `made` is left to the arena.
  return ApplyTo(linked, mutation, new_rows);
}

absl::Status Memtable::Impl::ApplyTo(WideRow* wide_row,
                                     const MutationReader& mutation,
                                     uint64_t* new_rows) {
  if (!wide_row->lock().TryLock()) {
    return absl::UnavailableError("wide row is being written");
  }
  *new_rows = wide_row->Apply(mutation, &arena);
  wide_row->lock().Unlock();
  return absl::OkStatus();
}

Memtable::Memtable(PartitionId partition, MemoryBudget* budget,
                   uint32_t kept_ranges_min)
    : partition_(partition),
      impl_(std::make_unique<Impl>(partition, budget, kept_ranges_min)) {
  budget->Charge(sizeof(Memtable) + sizeof(Impl));
}

Memtable::~Memtable() {
  impl_->budget->Release(sizeof(Memtable) + sizeof(Impl));
}

absl::Status Memtable::Insert(MutationReader* reader) {
  if (!partition_.Contains(reader->token())) {
    return absl::DataLossError("token outside of the memtable's partition");
  }
  RowSummary summary;
  MutationReader end = *reader;
  RETURN_IF_ERROR(CheckParts(&end, &summary));
  if (reader->HasPart()) {
    // Before anything is visible: who sees a write knows that it is this old.
    LowerTo(summary.min_timestamp, &impl_->min_timestamp);
    uint64_t new_rows = 0;
    RETURN_IF_ERROR(impl_->Apply(*reader, &new_rows));
    impl_->rows.fetch_add(new_rows, std::memory_order_relaxed);
  }
  *reader = end;
  return absl::OkStatus();
}

bool Memtable::IsBusy(const absl::Status& status) {
  return absl::IsUnavailable(status);
}

std::unique_ptr<RowIterator> Memtable::NewIterator() const {
  return std::make_unique<MemtableIterator>(&impl_->wide_rows,
                                            &impl_->range_cache);
}

bool Memtable::Contains(Token token, std::string_view partition_key) const {
  const WideRow* const found =
      impl_->wide_rows.FindAtOrAfter(token, partition_key);
  return found != nullptr && found->Is(token, partition_key);
}

int64_t Memtable::memory_bytes() const {
  return static_cast<int64_t>(sizeof(Memtable) + sizeof(Impl)) +
         impl_->arena.memory_bytes() + impl_->range_cache.memory_bytes();
}

uint64_t Memtable::wide_row_count() const { return impl_->wide_rows.count(); }

uint64_t Memtable::row_count() const {
  return impl_->rows.load(std::memory_order_relaxed);
}

int64_t Memtable::min_timestamp() const {
  return impl_->min_timestamp.load(std::memory_order_relaxed);
}

}  // namespace rowan
