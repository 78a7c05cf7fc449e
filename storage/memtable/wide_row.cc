// SPDX-License-Identifier: Apache-2.0
#include "storage/memtable/wide_row.h"

#include <cstring>
#include <limits>
#include <new>

#include "storage/base/check.h"

namespace rowan {
namespace {

// Spreads the bits of `value` (the finaliser of SplitMix64).
uint64_t Mix(uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

}  // namespace

// The wide-row tombstone in force from `version` on: the one that supersedes
// all older ones.
struct WideRow::DeletionDelta {
  const DeletionDelta* older;
  WideRowVersion version;
  DeletionTime deletion;
};

// A range tombstone; start and end follow the struct.
struct WideRow::RangeDelta {
  const RangeDelta* older;
  DeletionTime deletion;
  WideRowVersion version;
  uint32_t number;  // 1 is the oldest
  uint32_t start_size;
  uint32_t end_size;

  char* bytes() const {
    return reinterpret_cast<char*>(const_cast<RangeDelta*>(this) + 1);
  }
  RangeTombstone tombstone() const {
    return {{bytes(), start_size}, {bytes() + start_size, end_size}, deletion};
  }
};

WideRow* WideRow::Create(Token token, std::string_view key, int height,
                         Arena* arena) {
  const size_t size = sizeof(WideRow) +
                      static_cast<size_t>(height) * sizeof(void*) + key.size();
  WideRow* const row = new (arena->Allocate(size)) WideRow(
      token, static_cast<uint32_t>(key.size()), static_cast<uint8_t>(height));
  for (int level = 0; level < height; ++level) {
    new (&row->link(level)) std::atomic<WideRow*>(nullptr);
  }
  std::memcpy(const_cast<char*>(row->key().data()), key.data(), key.size());
  return row;
}

uint64_t WideRow::Apply(MutationReader parts, Arena* arena) {
  const WideRowVersion old = version_.load(std::memory_order_relaxed);
  ROWAN_CHECK(old < std::numeric_limits<WideRowVersion>::max());
  const WideRowVersion version = old + 1;
  uint64_t new_rows = 0;
  MutationPart part;
  while (parts.HasPart()) {
    ROWAN_CHECK(parts.ReadPart(&part).ok());
    switch (part.kind) {
      case MutationPart::Kind::kWideRowDeletion:
        AddDeletion(version, part.deletion, arena);
        break;
      case MutationPart::Kind::kRangeTombstone:
        AddRange(version, part, arena);
        break;
      case MutationPart::Kind::kStaticRow:
        MakeHead(arena)->static_row.Prepend(version, part.row_image, arena);
        break;
      case MutationPart::Kind::kRow:
        new_rows += AddRow(version, parts.parts_left(), part, arena) ? 1 : 0;
        break;
    }
  }
  version_.store(version, std::memory_order_release);
  return new_rows;
}

WideRow::Head* WideRow::MakeHead(Arena* arena) {
  Head* head = head_.load(std::memory_order_relaxed);
  if (head == nullptr) {
    head = new (arena->Allocate(sizeof(Head))) Head;
    head_.store(head, std::memory_order_release);
  }
  return head;
}

void WideRow::AddDeletion(WideRowVersion version, const DeletionTime& deletion,
                          Arena* arena) {
  if (deletion.none()) return;
  Head* const head = MakeHead(arena);
  const DeletionDelta* const older =
      head->deletion.load(std::memory_order_relaxed);
  if (older != nullptr && !deletion.Supersedes(older->deletion)) return;
  head->deletion.store(new (arena->Allocate(sizeof(DeletionDelta)))
                           DeletionDelta{older, version, deletion},
                       std::memory_order_release);
}

void WideRow::AddRange(WideRowVersion version, const MutationPart& part,
                       Arena* arena) {
  if (part.deletion.none() || part.start >= part.end) return;
  Head* const head = MakeHead(arena);
  const size_t size = sizeof(RangeDelta) + part.start.size() + part.end.size();
  const RangeDelta* const older = head->ranges.load(std::memory_order_relaxed);
  RangeDelta* const range = new (arena->Allocate(size))
      RangeDelta{older,
                 part.deletion,
                 version,
                 older == nullptr ? 1 : older->number + 1,
                 static_cast<uint32_t>(part.start.size()),
                 static_cast<uint32_t>(part.end.size())};
  std::memcpy(range->bytes(), part.start.data(), part.start.size());
  std::memcpy(range->bytes() + part.start.size(), part.end.data(),
              part.end.size());
  head->ranges.store(range, std::memory_order_release);
}

bool WideRow::AddRow(WideRowVersion version, uint32_t part_number,
                     const MutationPart& part, Arena* arena) {
  // Heights are drawn from a number that no two parts share: as good as random
  // and yet the same in every run.
  const uint64_t random =
      Mix(token_.value ^ (uint64_t{version} << 32 | part_number));
  bool inserted;
  RowNode* const row = rows_.FindOrInsert(part.start, random, arena, &inserted);
  row->deltas.Prepend(version, part.row_image, arena);
  return inserted;
}

DeletionTime WideRow::DeletionAt(WideRowVersion version) const {
  const Head* const head = head_.load(std::memory_order_acquire);
  if (head == nullptr) return {};
  const DeletionDelta* delta = head->deletion.load(std::memory_order_acquire);
  while (delta != nullptr && delta->version > version) delta = delta->older;
  return delta == nullptr ? DeletionTime{} : delta->deletion;
}

const Delta* WideRow::static_deltas() const {
  const Head* const head = head_.load(std::memory_order_acquire);
  return head == nullptr ? nullptr : head->static_row.newest();
}

// The newest one that `version` shows, or null. Newer ones were added since the
// reader took its version.
const WideRow::RangeDelta* WideRow::RangesAt(WideRowVersion version) const {
  const Head* const head = head_.load(std::memory_order_acquire);
  if (head == nullptr) return nullptr;
  const RangeDelta* range = head->ranges.load(std::memory_order_acquire);
  while (range != nullptr && range->version > version) range = range->older;
  return range;
}

uint32_t WideRow::RangeTombstonesShown(WideRowVersion version) const {
  const RangeDelta* const newest = RangesAt(version);
  return newest == nullptr ? 0 : newest->number;
}

void WideRow::RangeTombstonesAt(WideRowVersion version, uint32_t known,
                                std::vector<RangeTombstone>* found) const {
  found->clear();
  const RangeDelta* range = RangesAt(version);
  if (range == nullptr || range->number <= known) return;
  found->reserve(range->number - known);
  for (; range != nullptr && range->number > known; range = range->older) {
    found->push_back(range->tombstone());
  }
}

}  // namespace rowan
