// SPDX-License-Identifier: Apache-2.0
#include "storage/model/schema_change.h"

#include <algorithm>
#include <utility>

namespace rowan {
namespace {

absl::Status NoColumn(std::string_view name) {
  return absl::NotFoundError("the table has no column '" +
                             std::string(name.substr(0, 64)) + "'");
}

}  // namespace

absl::Status AddColumn(Column column, Schema* schema) {
  if (IsKey(column.role)) {
    return absl::InvalidArgumentError(
        "only static and regular columns can be added; the key is what rows "
        "are found by");
  }
  column.id = schema->NextColumnId();
  if (column.id.value > kColumnIdMax) {
    return absl::ResourceExhaustedError(
        "the table has given out all of its 65535 column ids; copy its rows to "
        "a new one");
  }
  std::vector<Column>& columns = schema->columns;
  const auto behind =
      std::find_if(columns.begin(), columns.end(),
                   [&](const Column& each) { return each.role > column.role; });
  columns.insert(behind, std::move(column));
  return absl::OkStatus();
}

absl::Status DropColumn(std::string_view name, Schema* schema) {
  const Column* const column = schema->FindColumn(name);
  if (column == nullptr) return NoColumn(name);
  if (IsKey(column->role)) {
    return absl::InvalidArgumentError("column '" + column->name +
                                      "' is part of the key and stays");
  }
  std::vector<ColumnId>& dropped = schema->dropped;
  dropped.insert(std::upper_bound(dropped.begin(), dropped.end(), column->id),
                 column->id);
  schema->columns.erase(schema->columns.begin() +
                        (column - schema->columns.data()));
  return absl::OkStatus();
}

absl::Status RenameColumns(
    const std::map<std::string, std::string, std::less<>>& names,
    Schema* schema) {
  for (const auto& [from, to] : names) {
    if (schema->FindColumn(from) == nullptr) return NoColumn(from);
  }
  for (Column& column : schema->columns) {
    const auto renamed = names.find(column.name);
    if (renamed != names.end()) column.name = renamed->second;
  }
  return absl::OkStatus();
}

absl::Status CheckAlteration(const Schema& before, const Schema& after) {
  if (before.counts() == after.counts()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      before.counts()
          ? "a table of counters keeps at least one; drop the table instead"
          : "counters are of tables that were made with counters; make one for "
            "them");
}

}  // namespace rowan
