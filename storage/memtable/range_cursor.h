// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_MEMTABLE_RANGE_CURSOR_H_
#define ROWAN_STORAGE_MEMTABLE_RANGE_CURSOR_H_

#include <cstddef>
#include <string_view>
#include <vector>

#include "storage/memtable/range_deletions.h"
#include "storage/model/row_iterator.h"

namespace rowan {

// Walks the changes of several RangeDeletions as if they were one: where they
// overlap, what supersedes the others is in force.
//
// Thread-compatible. Cost: Seek a binary search in each of them, a step one
// comparison with each.
class RangeCursor {
 public:
  struct Change {
    std::string_view position;
    DeletionTime below;  // in force just below, and just above `position`
    DeletionTime above;
  };

  // Then Seek. What is added outlives its use.
  void Clear();
  void Add(const RangeDeletions& changes);

  // Forward: to the first change at or after `bound`; reverse: to the last one
  // below it.
  void Seek(std::string_view bound, Direction direction);
  // In force right at the place of Seek, before the change that follows.
  DeletionTime open() const { return open_; }

  bool HasChange() const { return has_change_; }
  // REQUIRES: HasChange().
  const Change& change() const { return change_; }
  void Next() { Find(); }

 private:
  // One run, and its first change that lies ahead in forward travel (behind in
  // reverse).
  struct Run {
    const RangeDeletions* changes;
    size_t next;
  };

  void Find();
  bool FindPosition(std::string_view* position) const;
  void Cross(std::string_view position);
  DeletionTime InForce() const;

  std::vector<Run> runs_;
  Direction direction_ = Direction::kForward;
  DeletionTime open_;
  bool has_change_ = false;
  Change change_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_MEMTABLE_RANGE_CURSOR_H_
