// SPDX-License-Identifier: Apache-2.0
#include "storage/memtable/token_directory.h"

#include <algorithm>
#include <new>

namespace rowan {

WideRow* TokenDirectory::Find(Token token) const {
  for (const Array* array = newest_.load(std::memory_order_acquire);
       array != nullptr; array = array->older) {
    // What is before a slot to the left is before this one too.
    const uint64_t slot = SlotOf(token, array->bits);
    const uint64_t last = slot - std::min(slot, kNeighboursMax - 1);
    for (uint64_t i = slot + 1; i-- > last;) {
      WideRow* const row = array->slots()[i].load(std::memory_order_acquire);
      if (row != nullptr) return row;
    }
  }
  return nullptr;
}

Token TokenDirectory::SlotStart(Token token) const {
  const Array* const array = newest_.load(std::memory_order_acquire);
  if (array == nullptr) return partition_.first();
  const int low_bits = 64 - partition_.prefix_length - array->bits;
  return Token{token.value >> low_bits << low_bits};
}

void TokenDirectory::Offer(Token token, WideRow* row) {
  const Array* const array = newest_.load(std::memory_order_acquire);
  if (array == nullptr) return;
  std::atomic<WideRow*>& slot = array->slots()[SlotOf(token, array->bits)];
  // A lost race leaves the older of two hints: both are good.
  if (slot.load(std::memory_order_relaxed) != row) {
    slot.store(row, std::memory_order_release);
  }
}

void TokenDirectory::Grow(uint64_t wide_rows) {
  if (wide_rows < kWideRowsMin) return;
  const Array* newest = newest_.load(std::memory_order_acquire);
  const auto large_enough = [&] {
    return newest != nullptr && (newest->bits + kBitsStep > kBitsMax ||
                                 wide_rows < kWideRowsPerSlot << newest->bits);
  };
  if (large_enough()) return;
  if (growing_.exchange(true, std::memory_order_acquire)) return;
  newest = newest_.load(std::memory_order_acquire);
  if (!large_enough()) {
    const int bits = newest == nullptr ? kBitsMin : newest->bits + kBitsStep;
    const size_t size =
        sizeof(Array) + (size_t{1} << bits) * sizeof(std::atomic<WideRow*>);
    // Zero bytes are empty slots.
    newest_.store(new (arena_->AllocateZeroed(size)) Array{newest, bits},
                  std::memory_order_release);
  }
  growing_.store(false, std::memory_order_release);
}

uint64_t TokenDirectory::slot_count() const {
  const Array* const array = newest_.load(std::memory_order_acquire);
  return array == nullptr ? 0 : uint64_t{1} << array->bits;
}

}  // namespace rowan
