// SPDX-License-Identifier: Apache-2.0
#include "storage/memtable/range_cache.h"

#include <utility>

#include "storage/memtable/range_cursor.h"
#include "storage/model/key_codec.h"

namespace rowan {
namespace {

RangeDeletions Merged(const RangeDeletions& a, const RangeDeletions& b) {
  RangeCursor cursor;
  cursor.Add(a);
  cursor.Add(b);
  RangeDeletions merged;
  for (cursor.Seek({}, Direction::kForward); cursor.HasChange();
       cursor.Next()) {
    merged.Append(cursor.change().position, cursor.change().above);
  }
  return merged;
}

}  // namespace

void RangeCache::Bytes::Add(int64_t bytes) {
  used.fetch_add(bytes, std::memory_order_relaxed);
  budget->Charge(bytes);
}

std::shared_ptr<const RangeDeletions> RangeCache::Charged(
    RangeDeletions changes) {
  changes.ShrinkToFit();
  bytes_.Add(changes.memory_bytes());
  return {new RangeDeletions(std::move(changes)),
          [this](const RangeDeletions* made) {
            bytes_.Add(-made->memory_bytes());
            delete made;
          }};
}

std::vector<RangeRun> RangeCache::KeptFor(const WideRow& wide_row) {
  MutexLock lock(mutex_);
  const auto found = kept_.find(&wide_row);
  return found == kept_.end() ? std::vector<RangeRun>() : found->second;
}

void RangeCache::Keep(const WideRow& wide_row, std::vector<RangeRun> runs) {
  MutexLock lock(mutex_);
  std::vector<RangeRun>& kept = kept_[&wide_row];
  // Another reader may have seen more. What is replaced is freed with `runs`,
  // behind the lock.
  if (kept.empty() || kept.back().end < runs.back().end) kept.swap(runs);
}

std::vector<RangeRun> RangeCache::Read(const WideRow& wide_row,
                                       WideRowVersion version,
                                       RangeDeletions* rest) {
  const uint32_t shown = wide_row.RangeTombstonesShown(version);
  std::vector<RangeRun> runs;
  if (shown >= kept_min_) runs = KeptFor(wide_row);
  // A reader of a newer version may have been here.
  while (!runs.empty() && runs.back().end > shown) runs.pop_back();
  std::vector<RangeTombstone> tombstones;
  wide_row.RangeTombstonesAt(version, runs.empty() ? 0 : runs.back().end,
                             &tombstones);
  const auto count = static_cast<uint32_t>(tombstones.size());
  rest->Assign(&tombstones);
  if (count < kept_min_) return runs;
  RangeRun run{Charged(std::move(*rest)), count, shown};
  rest->Clear();
  while (!runs.empty() && runs.back().tombstones <= 2 * run.tombstones) {
    run.changes = Charged(Merged(*runs.back().changes, *run.changes));
    run.tombstones += runs.back().tombstones;
    runs.pop_back();
  }
  runs.push_back(std::move(run));
  Keep(wide_row, runs);
  return runs;
}

}  // namespace rowan
