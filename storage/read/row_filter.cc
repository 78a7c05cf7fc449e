// SPDX-License-Identifier: Apache-2.0
#include "storage/read/row_filter.h"

#include "storage/base/status_macros.h"

namespace rowan {
namespace {

absl::StatusOr<bool> HoldForCells(const std::vector<Predicate>& predicates,
                                  const Row* row) {
  for (const Predicate& predicate : predicates) {
    ASSIGN_OR_RETURN(const bool holds, predicate.HoldsFor(row));
    if (!holds) return false;
  }
  return true;
}

}  // namespace

RowFilter::RowFilter(std::shared_ptr<const Schema> schema,
                     std::vector<Predicate> predicates)
    : schema_(std::move(schema)) {
  for (Predicate& predicate : predicates) {
    const Column& column = *schema_->FindColumn(predicate.column());
    switch (column.role) {
      case ColumnRole::kPartitionKey:
        partition_key_.emplace_back(KeyColumnOf(*schema_, column),
                                    std::move(predicate));
        break;
      case ColumnRole::kClustering:
        clustering_.emplace_back(KeyColumnOf(*schema_, column),
                                 std::move(predicate));
        break;
      case ColumnRole::kStatic:
        statics_.push_back(std::move(predicate));
        break;
      case ColumnRole::kRegular:
        regular_.push_back(std::move(predicate));
        break;
    }
  }
}

absl::StatusOr<bool> RowFilter::HoldForKey(const std::vector<OfKey>& predicates,
                                           RowKey* key) {
  for (const auto& [column, predicate] : predicates) {
    ASSIGN_OR_RETURN(const ValuePart value, key->ValueOf(column));
    ASSIGN_OR_RETURN(const bool holds, predicate.Holds(value));
    if (!holds) return false;
  }
  return true;
}

absl::StatusOr<bool> RowFilter::HoldsForWideRow(std::string_view partition_key,
                                                const Row* static_row) const {
  RowKey key(*schema_, partition_key, {});
  ASSIGN_OR_RETURN(const bool holds, HoldForKey(partition_key_, &key));
  return holds ? HoldForCells(statics_, static_row) : false;
}

absl::StatusOr<bool> RowFilter::HoldsForRow(std::string_view position,
                                            const Row* row) const {
  RowKey key(*schema_, {}, position);
  ASSIGN_OR_RETURN(const bool holds, HoldForKey(clustering_, &key));
  return holds ? HoldForCells(regular_, row) : false;
}

}  // namespace rowan
