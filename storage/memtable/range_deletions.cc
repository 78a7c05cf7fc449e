// SPDX-License-Identifier: Apache-2.0
#include "storage/memtable/range_deletions.h"

#include <algorithm>

namespace rowan {
namespace {

// Orders a heap so that the tombstone in force is in front.
bool Superseded(const RangeTombstone& a, const RangeTombstone& b) {
  return b.deletion.Supersedes(a.deletion);
}

}  // namespace

void RangeDeletions::Append(std::string_view position,
                            const DeletionTime& above) {
  if (above == Below(changes_.size())) return;
  changes_.push_back({position, above});
}

// Sweeps over the starts and ends in order, with a heap of the tombstones that
// cover the current place (and some that have ended, below its front).
void RangeDeletions::Assign(std::vector<RangeTombstone>* tombstones) {
  changes_.clear();
  std::sort(tombstones->begin(), tombstones->end(),
            [](const RangeTombstone& a, const RangeTombstone& b) {
              return a.start < b.start;
            });
  std::vector<RangeTombstone> covering;
  size_t next = 0;
  while (next < tombstones->size() || !covering.empty()) {
    // The next place where the front may change.
    std::string_view place;
    if (covering.empty() || (next < tombstones->size() &&
                             (*tombstones)[next].start < covering[0].end)) {
      place = (*tombstones)[next].start;
    } else {
      place = covering[0].end;
    }
    for (; next < tombstones->size() && (*tombstones)[next].start == place;
         ++next) {
      covering.push_back((*tombstones)[next]);
      std::push_heap(covering.begin(), covering.end(), Superseded);
    }
    while (!covering.empty() && covering[0].end <= place) {
      std::pop_heap(covering.begin(), covering.end(), Superseded);
      covering.pop_back();
    }
    Append(place, covering.empty() ? DeletionTime{} : covering[0].deletion);
  }
}

size_t RangeDeletions::LowerBound(std::string_view position) const {
  const auto found =
      std::lower_bound(changes_.begin(), changes_.end(), position,
                       [](const Change& change, std::string_view p) {
                         return change.position < p;
                       });
  return static_cast<size_t>(found - changes_.begin());
}

}  // namespace rowan
