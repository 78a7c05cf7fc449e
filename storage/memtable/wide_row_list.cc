// SPDX-License-Identifier: Apache-2.0
#include "storage/memtable/wide_row_list.h"

#include <algorithm>
#include <bit>

namespace rowan {

WideRow* WideRowList::Descend(Token token, std::string_view key,
                              int level) const {
  WideRow* before = nullptr;
  for (int i = kHeightMax - 1; i >= level; --i) {
    WideRow* next = Next(before, i);
    while (next != nullptr && next->IsBefore(token, key)) {
      before = next;
      next = Next(before, i);
    }
  }
  return before;
}

// From `start` (null: the head), which is before (token, key), along the lowest
// level. `*hint` becomes the last wide row seen before `slot_start`.
WideRowList::Place WideRowList::Walk(WideRow* start, Token token,
                                     std::string_view key, Token slot_start,
                                     WideRow** hint) const {
  WideRow* before = start;
  WideRow* next = Next(before, 0);
  for (int steps = 0; next != nullptr && next->IsBefore(token, key); ++steps) {
    if (steps == kStepsMax) {
      before = Descend(token, key, 0);
    } else {
      if (next->token() < slot_start) *hint = next;
      before = next;
    }
    next = Next(before, 0);
  }
  return {before, next, next != nullptr && next->Is(token, key)};
}

const WideRow* WideRowList::FindAtOrAfter(Token token,
                                          std::string_view key) const {
  // The directory knows tokens by their bits below the prefix only.
  if (token > partition_.last()) return nullptr;
  if (token < partition_.first())
    return head_[0].load(std::memory_order_acquire);
  const Token slot_start = directory_.SlotStart(token);
  WideRow* start = directory_.Find(token);
  if (start == nullptr) start = Descend(slot_start, {}, 0);
  WideRow* hint = start;
  return Walk(start, token, key, slot_start, &hint).at;
}

WideRowList::Place WideRowList::FindPlace(Token token, std::string_view key) {
  const Token slot_start = directory_.SlotStart(token);
  WideRow* hint = directory_.Find(token);
  if (hint == nullptr) hint = Descend(slot_start, {}, 0);
  const Place place = Walk(hint, token, key, slot_start, &hint);
  if (hint != nullptr) directory_.Offer(token, hint);
  return place;
}

WideRow* WideRowList::Create(Token token, std::string_view key) {
  // The count makes the heights of equal tokens differ.
  uint64_t random = (token.value ^ count()) * 0x9e3779b97f4a7c15;
  random ^= random >> 32;
  const int height =
      std::min(kHeightMax, 1 + std::countr_zero(random) / kBitsPerLevel);
  return WideRow::Create(token, key, height, arena_);
}

WideRow* WideRowList::Link(WideRow* row, Place place) {
  row->link(0).store(place.at, std::memory_order_relaxed);
  while (!LinkOf(place.before, 0)
              .compare_exchange_strong(place.at, row, std::memory_order_release,
                                       std::memory_order_relaxed)) {
    WideRow* unused = nullptr;
    place = Walk(place.before, row->token(), row->key(), Token::Min(), &unused);
    if (place.found) return place.at;
    row->link(0).store(place.at, std::memory_order_relaxed);
  }
  for (int level = 1; level < row->height(); ++level) LinkAbove(row, level);
  directory_.Grow(count_.fetch_add(1, std::memory_order_relaxed) + 1);
  return row;
}

void WideRowList::LinkAbove(WideRow* row, int level) {
  WideRow* next;
  WideRow* before;
  do {
    before = Descend(row->token(), row->key(), level);
    next = Next(before, level);
    // A neighbour that came in between is below `row`: descend again.
    while (next != nullptr && next->IsBefore(row->token(), row->key())) {
      before = next;
      next = Next(before, level);
    }
    row->link(level).store(next, std::memory_order_relaxed);
  } while (!LinkOf(before, level)
                .compare_exchange_strong(next, row, std::memory_order_release,
                                         std::memory_order_relaxed));
}

}  // namespace rowan
