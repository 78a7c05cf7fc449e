// SPDX-License-Identifier: Apache-2.0
#ifndef ROWAN_STORAGE_READ_ROW_KEY_H_
#define ROWAN_STORAGE_READ_ROW_KEY_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/model/composite/value_parts.h"
#include "storage/model/schema.h"

namespace rowan {

// A key column, and its place among those of its role.
struct KeyColumn {
  ColumnRole role;
  size_t place;
};

inline bool IsKeyColumn(const Column& column) {
  return column.role == ColumnRole::kPartitionKey ||
         column.role == ColumnRole::kClustering;
}
// REQUIRES: IsKeyColumn(column), a column of `schema`.
KeyColumn KeyColumnOf(const Schema& schema, const Column& column);

// The key columns of one row of a read as values, decoded when the first of
// their role is asked for. Thread-compatible; all that it is given outlives it,
// and what it gives lives as long as it.
class RowKey {
 public:
  // `position` empty: the clustering columns are null.
  RowKey(const Schema& schema, std::string_view partition_key,
         std::string_view position)
      : schema_(schema), partition_key_(partition_key), position_(position) {}

  // kDataLoss when the key is none of the schema.
  absl::StatusOr<ValuePart> ValueOf(KeyColumn column);

 private:
  const Schema& schema_;
  const std::string_view partition_key_;
  const std::string_view position_;
  std::vector<std::string_view> partition_;  // empty: not decoded yet
  std::vector<std::string> clustering_;
};

}  // namespace rowan

#endif  // ROWAN_STORAGE_READ_ROW_KEY_H_
