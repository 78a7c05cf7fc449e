// SPDX-License-Identifier: Apache-2.0
#include "storage/model/reconcile.h"

#include <algorithm>
#include <cstddef>

namespace rowan {
namespace {

// Rules 2 and 3: at one timestamp, the higher rank stays.
int Rank(CellKind kind) {
  switch (kind) {
    case CellKind::kLive:
      return 0;
    case CellKind::kExpiring:
      return 1;
    case CellKind::kTombstone:
      return 2;
    case CellKind::kColumnDeletion:
      return 3;
  }
  return 0;
}

// Places of `from` that `into` doesn't have; both ascending.
size_t CountNewPlaces(const std::vector<Cell>& from,
                      const std::vector<Cell>& into) {
  size_t count = 0;
  size_t at = 0;
  for (const Cell& cell : from) {
    int order = -1;
    while (at < into.size() && (order = ComparePlaces(into[at], cell)) < 0) {
      ++at;
    }
    if (at == into.size() || order != 0) ++count;
  }
  return count;
}

// From the back, so that the cells of `into` move at most once and in place.
void MergeCells(const std::vector<Cell>& from, std::vector<Cell>* into) {
  size_t old_left = into->size();
  size_t new_left = from.size();
  size_t out = old_left + CountNewPlaces(from, *into);
  into->resize(out);
  std::vector<Cell>& cells = *into;
  while (new_left > 0) {
    const Cell& theirs = from[new_left - 1];
    const int order =
        old_left == 0 ? -1 : ComparePlaces(cells[old_left - 1], theirs);
    if (order < 0) {
      cells[--out] = theirs;
      --new_left;
    } else if (order == 0) {
      const Cell& winner = Winner(cells[old_left - 1], theirs);
      cells[--out] = winner;
      --old_left;
      --new_left;
    } else {
      cells[--out] = cells[--old_left];
    }
  }
}

// A column's deletion stands before its cells.
void ApplyColumnDeletions(std::vector<Cell>* cells) {
  const auto first = std::find_if(
      cells->begin(), cells->end(),
      [](const Cell& cell) { return cell.kind == CellKind::kColumnDeletion; });
  if (first == cells->end()) return;
  ColumnId column;
  DeletionTime deletion;
  const auto hidden = [&](const Cell& cell) {
    if (cell.kind != CellKind::kColumnDeletion) {
      return cell.column == column && deletion.Hides(cell.timestamp);
    }
    column = cell.column;
    deletion = cell.column_deletion();
    return false;
  };
  cells->erase(std::remove_if(first, cells->end(), hidden), cells->end());
}

}  // namespace

const Cell& Winner(const Cell& a, const Cell& b) {
  if (a.timestamp != b.timestamp) return a.timestamp > b.timestamp ? a : b;
  if (a.kind != b.kind) return Rank(a.kind) > Rank(b.kind) ? a : b;
  if (a.kind != CellKind::kLive && a.local_time_s != b.local_time_s) {
    return a.local_time_s > b.local_time_s ? a : b;
  }
  if (a.kind == CellKind::kExpiring && a.ttl_s != b.ttl_s) {
    return a.ttl_s < b.ttl_s ? a : b;
  }
  return a.value >= b.value ? a : b;
}

const Liveness& Winner(const Liveness& a, const Liveness& b) {
  if (a.timestamp != b.timestamp) return a.timestamp > b.timestamp ? a : b;
  if (a.expiring() != b.expiring()) return a.expiring() ? a : b;
  if (a.expiry_s != b.expiry_s) return a.expiry_s > b.expiry_s ? a : b;
  return a.ttl_s <= b.ttl_s ? a : b;
}

void MergeRow(const Row& from, Row* into) {
  into->liveness = Winner(from.liveness, into->liveness);
  into->deletion = Newer(from.deletion, into->deletion);
  MergeCells(from.cells, &into->cells);
}

void ApplyDeletion(const DeletionTime& outer, Row* row) {
  const DeletionTime newest = Newer(outer, row->deletion);
  if (!row->deletion.Supersedes(outer)) row->deletion = {};
  if (!newest.none()) {
    if (newest.Hides(row->liveness.timestamp)) row->liveness = {};
    std::erase_if(row->cells, [&newest](const Cell& cell) {
      return newest.Hides(cell.timestamp);
    });
  }
  ApplyColumnDeletions(&row->cells);
}

bool RemoveColumns(std::span<const ColumnId> columns, Row* row) {
  if (columns.empty()) return false;
  auto gone = columns.begin();
  return std::erase_if(row->cells, [&](const Cell& cell) {
           while (gone != columns.end() && *gone < cell.column) ++gone;
           return gone != columns.end() && *gone == cell.column;
         }) > 0;
}

bool KeepLive(uint32_t now_s, Row* row) {
  row->deletion = {};
  if (!row->liveness.LiveAt(now_s)) row->liveness = {};
  std::erase_if(row->cells,
                [now_s](const Cell& cell) { return !cell.LiveAt(now_s); });
  return !row->empty();
}

}  // namespace rowan
