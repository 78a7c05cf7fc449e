// SPDX-License-Identifier: Apache-2.0
#include "storage/read/purger.h"

#include <vector>  // std::erase_if

namespace rowan {

void Purger::EnterWideRow(Token token, std::string_view partition_key) {
  token_ = token;
  partition_key_ = partition_key;
  max_purgeable_.reset();
}

bool Purger::MayDrop(const DeletionTime& deletion) {
  if (deletion.none() || deletion.local_time_s >= before_s_) return false;
  if (!max_purgeable_.has_value()) {
    max_purgeable_ = oracle_->MaxPurgeableTimestamp(token_, partition_key_);
  }
  return deletion.timestamp < *max_purgeable_;
}

bool Purger::PurgeRow(Row* row) {
  bool changed = false;
  if (MayDrop(row->deletion)) {
    row->deletion = {};
    changed = true;
  }
  const Liveness& marker = row->liveness;
  if (!marker.none() && !marker.LiveAt(now_s_) &&
      MayDrop(marker.timestamp, marker.expiry_s)) {
    row->liveness = {};
    changed = true;
  }
  changed |= std::erase_if(row->cells, [&](const Cell& cell) {
               return !cell.LiveAt(now_s_) &&
                      MayDrop(cell.timestamp, cell.PurgeTime());
             }) > 0;
  for (Cell& cell : row->cells) {
    if (cell.kind != CellKind::kExpiring || cell.LiveAt(now_s_)) continue;
    cell.local_time_s = cell.PurgeTime();
    cell.kind = CellKind::kTombstone;
    cell.ttl_s = 0;
    cell.value = {};
    changed = true;
  }
  return changed;
}

}  // namespace rowan
