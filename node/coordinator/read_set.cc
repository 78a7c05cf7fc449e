// SPDX-License-Identifier: Apache-2.0
#include "node/coordinator/read_set.h"

#include <algorithm>
#include <string>
#include <utility>

#include "storage/model/key_codec.h"

namespace rowan {
namespace {

// A few milliseconds of work, and more than most conditional writes ask for:
// these see what they read at one moment.
constexpr uint64_t kStepLooksMax = 10'000;

// Holds no row: the first one lies above.
constexpr std::string_view kBelowAllRows{"\x21", 1};

// Ascending, and what overlaps joined.
void Join(std::vector<ClusteringSlice>* slices) {
  std::sort(slices->begin(), slices->end(),
            [](const ClusteringSlice& a, const ClusteringSlice& b) {
              return a.start < b.start;
            });
  size_t kept = 0;
  for (size_t i = 1; i < slices->size(); ++i) {
    ClusteringSlice& last = (*slices)[kept];
    ClusteringSlice& slice = (*slices)[i];
    if (slice.start < last.end) {
      last.end = std::max(last.end, slice.end);
    } else {
      ++kept;
      if (kept != i) (*slices)[kept] = std::move(slice);
    }
  }
  if (!slices->empty()) slices->resize(kept + 1);
}

}  // namespace

void ReadSet::AddRow(std::string_view position) {
  if (position.empty()) return;
  ClusteringSlice& slice = slices_.emplace_back();
  slice.start = slice.end = position;
  slice.start.back() = position::kBefore;
  slice.end.back() = position::kAfter;
}

void ReadSet::AddChanges(const Mutation& mutation) {
  if (!mutation.wide_row_deletion.none()) slices_.emplace_back();
  for (const RangeTombstone& range : mutation.range_tombstones) {
    slices_.push_back({std::string(range.start), std::string(range.end)});
  }
  for (const RowChange& change : mutation.rows) AddRow(change.position);
}

ReadCommand ReadSet::Command() && {
  // Without slices all rows would be read.
  if (slices_.empty()) {
    slices_.push_back({std::string(kFirstBound), std::string(kBelowAllRows)});
  }
  Join(&slices_);
  ReadCommand command;
  command.slices = std::move(slices_);
  command.static_alone = true;
  command.want_newest = true;
  BoundSteps(&command);
  return command;
}

void BoundSteps(ReadCommand* command) {
  command->page_rows_max = kStepLooksMax;
  command->page_tombstones_max = kStepLooksMax;
  command->page_idle_looks_max = kStepLooksMax;
}

}  // namespace rowan
