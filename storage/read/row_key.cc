// SPDX-License-Identifier: Apache-2.0
#include "storage/read/row_key.h"

#include <utility>

#include "storage/base/status_macros.h"
#include "storage/model/key_codec.h"

namespace rowan {

KeyColumn KeyColumnOf(const Schema& schema, const Column& column) {
  KeyColumn key{column.role, 0};
  for (const Column& other : schema.columns) {
    if (other.id == column.id) break;
    if (other.role == column.role) ++key.place;
  }
  return key;
}

absl::StatusOr<ValuePart> RowKey::ValueOf(KeyColumn column) {
  if (column.role == ColumnRole::kPartitionKey) {
    if (partition_.empty()) {
      ASSIGN_OR_RETURN(partition_, DecodePartitionKey(schema_, partition_key_));
    }
    return partition_.at(column.place);
  }
  if (position_.empty()) return std::nullopt;
  if (clustering_.empty()) {
    ASSIGN_OR_RETURN(DecodedPosition decoded,
                     DecodePosition(schema_, position_));
    clustering_ = std::move(decoded.components);
  }
  if (column.place >= clustering_.size()) {
    return absl::DataLossError("a stored row has an incomplete key");
  }
  return clustering_[column.place];
}

}  // namespace rowan
