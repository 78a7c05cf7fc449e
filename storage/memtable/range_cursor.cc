// SPDX-License-Identifier: Apache-2.0
#include "storage/memtable/range_cursor.h"

namespace rowan {

void RangeCursor::Clear() {
  runs_.clear();
  has_change_ = false;
}

void RangeCursor::Add(const RangeDeletions& changes) {
  if (changes.size() > 0) runs_.push_back({&changes, 0});
}

void RangeCursor::Seek(std::string_view bound, Direction direction) {
  direction_ = direction;
  for (Run& run : runs_) run.next = run.changes->LowerBound(bound);
  open_ = InForce();
  Find();
}

// Places where the newest of all stays the same are no changes.
void RangeCursor::Find() {
  const bool forward = direction_ == Direction::kForward;
  while ((has_change_ = FindPosition(&change_.position))) {
    const DeletionTime behind = InForce();
    Cross(change_.position);
    const DeletionTime ahead = InForce();
    change_.below = forward ? behind : ahead;
    change_.above = forward ? ahead : behind;
    if (behind != ahead) return;
  }
}

// The nearest place in the direction of travel where some run changes.
bool RangeCursor::FindPosition(std::string_view* position) const {
  bool found = false;
  for (const Run& run : runs_) {
    if (direction_ == Direction::kForward) {
      if (run.next == run.changes->size()) continue;
      const std::string_view at = (*run.changes)[run.next].position;
      if (!found || at < *position) *position = at;
    } else {
      if (run.next == 0) continue;
      const std::string_view at = (*run.changes)[run.next - 1].position;
      if (!found || at > *position) *position = at;
    }
    found = true;
  }
  return found;
}

void RangeCursor::Cross(std::string_view position) {
  for (Run& run : runs_) {
    if (direction_ == Direction::kForward) {
      if (run.next < run.changes->size() &&
          (*run.changes)[run.next].position == position) {
        ++run.next;
      }
    } else if (run.next > 0 &&
               (*run.changes)[run.next - 1].position == position) {
      --run.next;
    }
  }
}

DeletionTime RangeCursor::InForce() const {
  DeletionTime newest;
  for (const Run& run : runs_) {
    const DeletionTime below = run.changes->Below(run.next);
    if (below.Supersedes(newest)) newest = below;
  }
  return newest;
}

}  // namespace rowan
