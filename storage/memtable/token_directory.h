// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MEMTABLE_TOKEN_DIRECTORY_H_
#define ROWAN_STORAGE_MEMTABLE_TOKEN_DIRECTORY_H_

#include <atomic>
#include <cstdint>

#include "partitioner/partition_id.h"
#include "partitioner/token.h"
#include "storage/memtable/arena.h"
#include "storage/memtable/wide_row.h"

namespace rowan {

// Where to enter the outer list for a token: an array indexed by the token's
// bits below the partition's prefix. A slot holds a wide row that lies strictly
// before the slot's first token. Tokens are uniform, so from there it is a step
// or two, however long the list is.
//
// Invariant: a hint may be old, and then a search walks further; it is never
// wrong, because wide rows are not unlinked.
//
// Growth: a new array, all empty, goes in front; a slot that is empty asks its
// neighbours to the left, then the array behind. Hints move over as inserts
// search, so nothing is copied and nobody waits. Old arrays are a third of the
// newest at most, and stay with the arena.
//
// Thread-safe, lock-free.
class TokenDirectory {
 public:
  TokenDirectory(PartitionId partition, Arena* arena)
      : partition_(partition), arena_(arena) {}

  // A wide row before SlotStart(token), or null when none is known.
  WideRow* Find(Token token) const;
  // The first token of the slot of `token`.
  Token SlotStart(Token token) const;
  // REQUIRES: `row` is linked and before a SlotStart(token) seen earlier.
  void Offer(Token token, WideRow* row);
  // Makes room for a list of `wide_rows`.
  void Grow(uint64_t wide_rows);

  // Of the newest array; 0 while the list is too short for one.
  uint64_t slot_count() const;

 private:
  struct Array {
    const Array* older;
    int bits;  // slots = 2^bits
    std::atomic<WideRow*>* slots() const {
      return reinterpret_cast<std::atomic<WideRow*>*>(const_cast<Array*>(this) +
                                                      1);
    }
  };

  // No array below 16 wide rows: an empty memtable stays small.
  static constexpr uint64_t kWideRowsMin = 16;
  static constexpr int kBitsMin = 5;
  // Four times more slots whenever there are two wide rows a slot: between half
  // a wide row and two a slot, 5-21 bytes a wide row.
  static constexpr int kBitsStep = 2;
  static constexpr uint64_t kWideRowsPerSlot = 2;
  // 32 MiB of slots.
  static constexpr int kBitsMax = 22;
  // One cache line or two.
  static constexpr uint64_t kNeighboursMax = 8;

  uint64_t SlotOf(Token token, int bits) const {
    return (token.value << partition_.prefix_length) >> (64 - bits);
  }

  const PartitionId partition_;
  Arena* const arena_;
  std::atomic<Array*> newest_{nullptr};
  std::atomic<bool> growing_{false};
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_MEMTABLE_TOKEN_DIRECTORY_H_
