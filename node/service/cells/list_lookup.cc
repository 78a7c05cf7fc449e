// SPDX-License-Identifier: Apache-2.0
#include "node/service/cells/list_lookup.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/service/wire/request_error.h"
#include "storage/model/composite/composite_codec.h"

namespace rowan {

void ListLookup::AskIndex(std::string_view position, ColumnId column,
                          uint32_t index) {
  rows_[std::string(position)][column.value].paths.try_emplace(index);
}

void ListLookup::AskEqual(std::string_view position, const Column& column,
                          std::string_view bytes) {
  List& list = rows_[std::string(position)][column.id.value];
  list.values.emplace(bytes);
  const ColumnType& element = column.type.arguments->types[0];
  if (HoldsFields(element)) list.element = element;
}

bool ListLookup::Asks(ColumnId column) const {
  return std::any_of(rows_.begin(), rows_.end(), [column](const auto& row) {
    return row.second.contains(column.value);
  });
}

void ListLookup::Take(std::string_view position, const Row& row) {
  const auto lists = rows_.find(position);
  if (lists == rows_.end()) return;
  for (auto& [column, list] : lists->second) {
    if (std::exchange(list.taken, true)) continue;
    TakeList(ColumnId{column}, row, &list);
  }
}

void ListLookup::Take(const ResultRow& row) {
  if (row.static_row != nullptr) Take("", *row.static_row);
  if (row.row != nullptr) Take(row.position, *row.row);
}

void ListLookup::TakeList(ColumnId column, const Row& row, List* list) {
  auto wanted = list->paths.begin();
  auto cell =
      std::lower_bound(row.cells.begin(), row.cells.end(), column,
                       [](const Cell& a, ColumnId b) { return a.column < b; });
  for (; cell != row.cells.end() && cell->column == column; ++cell) {
    if (wanted != list->paths.end() && wanted->first == list->length) {
      wanted->second = cell->path;
      ++wanted;
    }
    ++list->length;
    if (!IsWanted(*list, cell->value)) continue;
    if (++removals_ <= kListRemovalsMax) list->equal.emplace_back(cell->path);
  }
}

bool ListLookup::IsWanted(const List& list, std::string_view element) {
  if (list.values.empty()) return false;
  if (IsComposite(list.element.kind)) {
    return list.values.contains(NormalForm(list.element, element));
  }
  return list.values.contains(
      absl::string_view(element.data(), element.size()));
}

absl::StatusOr<std::string> ListLookup::PathAt(std::string_view position,
                                               ColumnId column,
                                               uint32_t index) const {
  const List& list = rows_.find(position)->second.at(column.value);
  if (index < list.length) return list.paths.at(index);
  absl::Status status = RequestError(
      absl::StatusCode::kOutOfRange, "INDEX_OUT_OF_RANGE",
      absl::StrCat("the list has ", list.length, " elements, none at index ",
                   index, "; nothing was written"));
  status = WithMetadata(std::move(status), "index", std::to_string(index));
  return WithMetadata(std::move(status), "length", std::to_string(list.length));
}

absl::StatusOr<std::vector<std::string>> ListLookup::TakeEqual(
    std::string_view position, ColumnId column) {
  if (removals_ > kListRemovalsMax) {
    return OverLimit(absl::StatusCode::kResourceExhausted,
                     "number of list elements that one write removes",
                     removals_, kListRemovalsMax);
  }
  return std::exchange(rows_.find(position)->second.at(column.value).equal, {});
}

}  // namespace rowan
