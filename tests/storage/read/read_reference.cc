// SPDX-License-Identifier: Apache-2.0
#include "tests/storage/read/read_reference.h"

#include <algorithm>
#include <ostream>
#include <set>
#include <tuple>
#include <utility>

namespace rowan {
namespace {

using Name = std::pair<uint64_t, std::string>;
using Place = std::pair<uint32_t, std::string>;  // column, path

Place PlaceOf(const Cell& cell) {
  return {cell.column.value, std::string(cell.path)};
}

std::string TextOf(const Cell& cell) {
  std::string text = std::to_string(cell.column.value);
  if (!cell.path.empty()) text += "[" + std::string(cell.path) + "]";
  return text + "=" + std::string(cell.value);
}

std::vector<std::string> CellsOf(const Row* row) {
  std::vector<std::string> cells;
  if (row == nullptr) return cells;
  for (const Cell& cell : row->cells) cells.push_back(TextOf(cell));
  return cells;
}

// All writes of one wide row.
class WideRowReference {
 public:
  WideRowReference(std::span<const MutationBuilder> writes, const Name& name,
                   const ReadCommand& command)
      : command_(command) {
    for (const MutationBuilder& write : writes) {
      const Mutation& mutation = write.mutation();
      if (mutation.token.value == name.first &&
          mutation.partition_key == name.second) {
        writes_.push_back(&mutation);
      }
    }
  }

  // The positions of rows ever written.
  std::set<std::string> Positions() const {
    std::set<std::string> positions;
    for (const Mutation* write : writes_) {
      for (const RowChange& change : write->rows) {
        positions.emplace(change.position);
      }
    }
    return positions;
  }

  // Whether a reader sees the row; its cells then (empty position: static).
  bool Show(const std::string& position, std::vector<std::string>* shown) {
    shown->clear();
    live_.Clear();
    const int64_t hidden = HiddenUpTo(position);
    bool visible = MarkerLives(position, hidden);
    std::set<Place> places;
    ForEachRow(position, [&](const Row& row) {
      for (const Cell& cell : row.cells) places.insert(PlaceOf(cell));
    });
    for (const Place& place : places) {
      const Cell* best =
          BestCell(position, place,
                   std::max(hidden, ColumnHiddenUpTo(position, place.first)));
      if (best == nullptr || best->kind == CellKind::kTombstone ||
          (best->kind == CellKind::kExpiring &&
           best->local_time_s <= command_.now_s)) {
        continue;
      }
      visible = true;
      live_.cells.push_back(*best);
      if (Asked(place.first)) shown->push_back(TextOf(*best));
    }
    return visible;
  }
  // All live cells of what was shown last, asked for or not.
  const Row& live() const { return live_; }

 private:
  template <typename Visit>
  void ForEachRow(const std::string& position, Visit visit) const {
    for (const Mutation* write : writes_) {
      if (position.empty() && write->static_row) visit(*write->static_row);
      for (const RowChange& change : write->rows) {
        if (change.position == position) visit(change.row);
      }
    }
  }

  // Everything at or below this timestamp is deleted.
  int64_t HiddenUpTo(const std::string& position) const {
    int64_t hidden = kNoTimestamp;
    for (const Mutation* write : writes_) {
      hidden = std::max(hidden, write->wide_row_deletion.timestamp);
      if (position.empty()) continue;
      for (const RangeTombstone& range : write->range_tombstones) {
        if (position < range.start || position >= range.end) continue;
        hidden = std::max(hidden, range.deletion.timestamp);
      }
    }
    ForEachRow(position, [&](const Row& row) {
      hidden = std::max(hidden, row.deletion.timestamp);
    });
    return hidden;
  }

  bool MarkerLives(const std::string& position, int64_t hidden) const {
    std::tuple<int64_t, bool, uint32_t> best{hidden, true, 0};
    bool found = false;
    ForEachRow(position, [&](const Row& row) {
      const Liveness& marker = row.liveness;
      if (marker.none() || marker.timestamp <= hidden) return;
      best = std::max(best,
                      {marker.timestamp, marker.ttl_s != 0, marker.expiry_s});
      found = true;
    });
    return found && (!std::get<1>(best) || std::get<2>(best) > command_.now_s);
  }

  // Everything of the column at or below this timestamp is deleted.
  int64_t ColumnHiddenUpTo(const std::string& position, uint32_t column) const {
    int64_t hidden = kNoTimestamp;
    ForEachRow(position, [&](const Row& row) {
      for (const Cell& cell : row.cells) {
        if (cell.kind != CellKind::kColumnDeletion) continue;
        if (cell.column.value != column) continue;
        hidden = std::max(hidden, cell.timestamp);
      }
    });
    return hidden;
  }

  const Cell* BestCell(const std::string& position, const Place& place,
                       int64_t hidden) const {
    // Later is better, from left to right.
    const auto worth = [](const Cell& cell) {
      return std::tuple(cell.timestamp, cell.kind != CellKind::kLive,
                        cell.kind == CellKind::kTombstone, cell.local_time_s,
                        -static_cast<int64_t>(cell.ttl_s), cell.value);
    };
    const Cell* best = nullptr;
    ForEachRow(position, [&](const Row& row) {
      for (const Cell& cell : row.cells) {
        if (cell.kind == CellKind::kColumnDeletion) continue;
        if (PlaceOf(cell) != place || cell.timestamp <= hidden) continue;
        if (best == nullptr || worth(cell) > worth(*best)) best = &cell;
      }
    });
    return best;
  }

  bool Asked(uint32_t column) const {
    return !command_.columns.has_value() ||
           std::count(command_.columns->begin(), command_.columns->end(),
                      ColumnId{column}) > 0;
  }

  const ReadCommand& command_;
  std::vector<const Mutation*> writes_;
  Row live_;
};

bool InSlices(const std::string& position, const ReadCommand& command) {
  if (command.slices.empty()) return true;
  for (const ClusteringSlice& slice : command.slices) {
    if (slice.start <= position && position < slice.end) return true;
  }
  return false;
}

bool Wanted(const ReadCommand& command, Token token, const std::string& key) {
  if (command.partition_key.has_value()) {
    return token == command.token && key == *command.partition_key;
  }
  if (command.wide_rows.empty()) {
    return command.first_token <= token && token <= command.last_token;
  }
  return std::count(command.wide_rows.begin(), command.wide_rows.end(),
                    WideRowKey{token, key}) > 0;
}

// Where the pages before ended inside this wide row.
const ReadPosition* PlaceIn(const ReadCommand& command, const Name& name) {
  const auto& place = command.resume;
  const bool inside = place.has_value() && !place->position.empty() &&
                      place->token.value == name.first &&
                      place->partition_key == name.second;
  return inside ? &*place : nullptr;
}

bool IsBehind(const ReadCommand& command, const Name& name) {
  const auto& place = command.resume;
  if (!place.has_value() || PlaceIn(command, name) != nullptr) return true;
  return name > Name(place->token.value, place->partition_key);
}

void ReadWideRow(std::span<const MutationBuilder> writes, const Name& name,
                 const ReadCommand& command, std::vector<ShownRow>* shown) {
  WideRowReference reference(writes, name, command);
  ShownRow row{name.first, name.second, "", {}, {}};
  const bool static_visible = reference.Show("", &row.static_cells);
  const Row statics = reference.live();
  const RowFilter* filter = command.filter.get();
  if (filter != nullptr &&
      !*filter->HoldsForWideRow(name.second,
                                static_visible ? &statics : nullptr)) {
    return;
  }
  const std::set<std::string> all = reference.Positions();
  std::vector<std::string> positions(all.begin(), all.end());
  if (command.reverse) std::reverse(positions.begin(), positions.end());
  const ReadPosition* place = PlaceIn(command, name);
  if (place != nullptr) {
    std::erase_if(positions, [&](const std::string& position) {
      return command.reverse ? position >= place->position
                             : position <= place->position;
    });
  }
  if (command.distinct) {
    std::vector<std::string> cells;
    const bool live = std::any_of(
        positions.begin(), positions.end(),
        [&](const auto& position) { return reference.Show(position, &cells); });
    if (live || static_visible) shown->push_back(row);
    return;
  }
  bool any_live = place != nullptr && place->row_fell_through;
  uint64_t rows = place == nullptr ? 0
                                   : command.per_wide_row_limit -
                                         place->rows_left_in_wide_row;
  for (const std::string& position : positions) {
    if (rows == command.per_wide_row_limit) break;
    if (!InSlices(position, command)) continue;
    if (!reference.Show(position, &row.cells)) continue;
    any_live = true;
    if (filter != nullptr &&
        !*filter->HoldsForRow(position, &reference.live())) {
      continue;
    }
    row.position = position;
    shown->push_back(row);
    ++rows;
  }
  if (rows > 0 || any_live || !static_visible || !command.slices.empty()) {
    return;
  }
  if (filter != nullptr && !*filter->HoldsForRow({}, nullptr)) return;
  row.position.clear();
  row.cells.clear();
  shown->push_back(row);
}

}  // namespace

ShownRow ShownRowOf(const ResultRow& row) {
  return {row.token.value, std::string(row.partition_key),
          std::string(row.position), CellsOf(row.row), CellsOf(row.static_row)};
}

std::ostream& operator<<(std::ostream& out, const ShownRow& row) {
  out << row.token << "/" << row.partition_key << "/";
  if (row.position.size() > 1) out << int{row.position[1]};
  for (const std::string& cell : row.cells) out << " " << cell;
  for (const std::string& cell : row.static_cells) out << " static " << cell;
  return out;
}

std::vector<ShownRow> ReferenceRead(std::span<const MutationBuilder> writes,
                                    const ReadCommand& command) {
  std::set<Name> names;
  for (const MutationBuilder& write : writes) {
    const Mutation& mutation = write.mutation();
    const std::string key(mutation.partition_key);
    const Name name(mutation.token.value, key);
    if (Wanted(command, mutation.token, key) && IsBehind(command, name)) {
      names.insert(name);
    }
  }
  std::vector<ShownRow> shown;
  for (const Name& name : names) ReadWideRow(writes, name, command, &shown);
  if (shown.size() > command.limit) shown.resize(command.limit);
  return shown;
}

}  // namespace rowan
