// SPDX-License-Identifier: Apache-2.0
#include "tests/model/reference/row_check.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/escaping.h"

namespace rowan {
namespace {

using Wrong = std::optional<std::string>;

std::string DescribeValue(const Seen& seen) {
  std::string text =
      seen.value.size() > 8
          ? std::to_string(seen.value.size()) + " bytes"
          : "'" + std::string(absl::CHexEscape(seen.value)) + "'";
  text += "@" + std::to_string(seen.timestamp);
  if (seen.ttl_s == 0) return text;
  return text + " ttl " + std::to_string(seen.ttl_s) + " until " +
         std::to_string(seen.expiry_s);
}

std::string DescribeComponents(const std::vector<int>& components) {
  std::string text;
  for (const int component : components) {
    text += (text.empty() ? "" : ".") + std::to_string(component);
  }
  return text.empty() ? "-" : text;
}

std::string DescribeCells(const std::vector<GotCell>& cells) {
  std::string text;
  for (const GotCell& cell : cells) {
    text += " column " + std::to_string(cell.column.value);
    if (!cell.path.empty()) {
      text += "/" + std::string(absl::CHexEscape(cell.path));
    }
    text += "=" + DescribeValue(cell.seen);
  }
  return text;
}

}  // namespace

Wrong RowCheck::Row(const SeenRow& expected, const GotRow& got) const {
  if (got.marker.has_value()) {
    if (got.marker != expected.marker) return "another marker";
  } else if (expected.marker.has_value() && expected.marker_must) {
    return "no marker " + DescribeValue(*expected.marker);
  }
  return Cells(expected.cells, got.cells);
}

Wrong RowCheck::Fixed(const std::optional<SeenRow>& expected,
                      const GotRow& got) const {
  Wrong wrong =
      Cells(expected.has_value() ? expected->cells : std::vector<SeenCell>(),
            got.fixed);
  if (wrong) return "static row: " + *wrong;
  return std::nullopt;
}

// An answer's cells come in the order of the columns' ids.
Wrong RowCheck::Cells(const std::vector<SeenCell>& expected,
                      const std::vector<GotCell>& got) const {
  std::map<std::pair<ColumnId, int64_t>, const SeenCell*> places;
  for (const SeenCell& cell : expected) {
    const ColumnId id = FindColumn(now_, cell.column)->id;
    if (!Asked(id)) continue;
    places[{id, cell.path}] = &cell;
  }
  auto next = got.begin();
  for (const auto& [place, cell] : places) {
    const ColumnKind kind = KindOf(shape_, cell->column);
    if (next != got.end() && next->column == place.first &&
        next->path == PathBytes(kind, place.second)) {
      if (next->seen != cell->seen) {
        return NameOf(cell->column) + " wants " + DescribeValue(cell->seen);
      }
      ++next;
    } else if (cell->must) {
      return NameOf(cell->column) + " lost " + DescribeValue(cell->seen);
    }
  }
  if (next == got.end()) return std::nullopt;
  return "not expected:" + DescribeCells({*next});
}

bool RowCheck::Asked(ColumnId column) const {
  return !columns_.has_value() || std::find(columns_->begin(), columns_->end(),
                                            column) != columns_->end();
}

std::string DescribeSeen(int key, const SeenRow& row) {
  std::string text =
      "key " + std::to_string(key) + " row " +
      (row.name.fixed ? "s" : DescribeComponents(row.name.components));
  if (row.marker.has_value()) text += " marker " + DescribeValue(*row.marker);
  for (const SeenCell& cell : row.cells) {
    text += " " + NameOf(cell.column);
    if (cell.path >= 0) text += "/" + std::to_string(cell.path);
    text += "=" + DescribeValue(cell.seen);
  }
  return text;
}

std::string DescribeGot(const TableShape& shape, const Schema& schema,
                        const GotRow& row) {
  std::string text = "key '" + row.key + "' row ";
  if (row.position.empty()) {
    text += "s";
  } else {
    const absl::StatusOr<Place> place = PlaceOf(shape, schema, row.position);
    text += place.ok() ? DescribeComponents(place->components)
                       : std::string(place.status().message());
  }
  if (row.marker.has_value()) text += " marker " + DescribeValue(*row.marker);
  text += DescribeCells(row.cells);
  if (!row.fixed.empty()) text += ", static" + DescribeCells(row.fixed);
  return text;
}

}  // namespace rowan
