// SPDX-License-Identifier: Apache-2.0
#include "tests/model/list_reads.h"

namespace rowan {
namespace {

// Whether a reader may find that path, or none, at the index: `cells` are those
// of the list, of which some need not be seen.
bool MayBeAt(const std::vector<const SeenCell*>& cells, int64_t index,
             const std::optional<int64_t>& path) {
  int64_t least = 0, most = 0;  // of live elements before
  for (const SeenCell* cell : cells) {
    if (path == cell->path) return least <= index && index <= most;
    least += cell->must ? 1 : 0;
    ++most;
  }
  return !path.has_value() && least <= index;
}

}  // namespace

void ListReads::OnRow(const ResultRow& row) {
  if (row.static_row != nullptr) Take("", *row.static_row);
  if (row.row != nullptr) Take(std::string(row.position), *row.row);
}

// The static row comes with every row.
void ListReads::Take(const std::string& position, const Row& row) {
  std::map<ColumnId, std::vector<int64_t>> lists;
  for (const Cell& cell : row.cells) {
    const Column* const column = schema_->FindColumn(cell.column);
    if (column == nullptr || column->type.kind != TypeKind::kList ||
        !HasCellPerElement(column->type)) {
      continue;
    }
    lists[cell.column].push_back(ListPathOf(cell.path));
  }
  for (auto& [column, paths] : lists) {
    lists_[{position, column}] = std::move(paths);
  }
}

std::optional<int64_t> ListReads::PathAt(const RowName& row,
                                         const ColumnName& column,
                                         int64_t index) const {
  const auto found = lists_.find({row.fixed ? "" : RowPosition(*schema_, row),
                                  FindColumn(*schema_, column)->id});
  if (found == lists_.end() ||
      index >= static_cast<int64_t>(found->second.size())) {
    return std::nullopt;
  }
  return found->second[static_cast<size_t>(index)];
}

std::optional<std::string> ListReads::WrongIn(const WriteOperation& write,
                                              const SeenWideRow& seen) const {
  for (const WritePart& part : write.parts) {
    if (!ReadsFirst(part) || FindColumn(*schema_, part.column) == nullptr) {
      continue;
    }
    std::vector<const SeenCell*> cells;
    const auto gather = [&](const SeenRow& row) {
      for (const SeenCell& cell : row.cells) {
        if (cell.column == part.column) cells.push_back(&cell);
      }
    };
    if (part.row.fixed && seen.fixed.has_value()) gather(*seen.fixed);
    for (const SeenRow& row : seen.rows) {
      if (!part.row.fixed && row.name == part.row) gather(row);
    }
    if (!MayBeAt(cells, part.path, PathAt(part.row, part.column, part.path))) {
      return "a list has another element number " + std::to_string(part.path);
    }
  }
  return std::nullopt;
}

}  // namespace rowan
