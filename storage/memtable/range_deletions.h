// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MEMTABLE_RANGE_DELETIONS_H_
#define ROWAN_STORAGE_MEMTABLE_RANGE_DELETIONS_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "storage/model/deletion_time.h"
#include "storage/model/mutation.h"

namespace rowan {

// Range tombstones that overlap in any way, turned into the places where the
// deletion in force changes, in position order. Where several cover a place the
// one that supersedes the others is in force.
//
// Thread-compatible. Positions are views of the tombstones' own.
class RangeDeletions {
 public:
  struct Change {
    std::string_view position;
    DeletionTime above;  // in force from `position` on
  };

  // Replaces the contents. `tombstones` is reordered. O(n log n).
  void Assign(std::vector<RangeTombstone>* tombstones);
  void Clear() { changes_.clear(); }
  // The next change, behind all others; nothing when it changes nothing.
  void Append(std::string_view position, const DeletionTime& above);
  void ShrinkToFit() { changes_.shrink_to_fit(); }
  int64_t memory_bytes() const {
    return static_cast<int64_t>(sizeof(*this) +
                                changes_.capacity() * sizeof(Change));
  }

  // Invariants: positions ascend strictly, neighbours differ, the last change
  // ends in none().
  size_t size() const { return changes_.size(); }
  const Change& operator[](size_t index) const { return changes_[index]; }
  // In force just below change `index`; `index` may be size().
  DeletionTime Below(size_t index) const {
    return index == 0 ? DeletionTime{} : changes_[index - 1].above;
  }
  // The first change at or after `position`, size() if none.
  size_t LowerBound(std::string_view position) const;

 private:
  std::vector<Change> changes_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_MEMTABLE_RANGE_DELETIONS_H_
